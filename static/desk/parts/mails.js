/** The mails about a chat, with what became of each and a way to try again. */
import { forget, refusals } from "../asking.js";
import { allowed } from "../commands.js";
import { html, useState } from "../html.js";
import { readMails, retryMail } from "../mailing.js";
import { origin, stateWords } from "../store/mails.js";
import { exact, timeOf } from "../words.js";
import { Act, Icon, Refusal } from "./basic.js";

export function Mails({ view }) {
  const [texts, setTexts] = useState(null);
  const [failed, setFailed] = useState(null);
  if (!view.mails.length) return null;
  const read = (event) => {
    const { id } = event.target.dataset;
    if (event.target.open && !texts?.[id]) readMails(view.id).then(setTexts, setFailed);
  };
  return html`<section class="mails" aria-labelledby="mails">
    <h2 id="mails">E-mail</h2>
    <${Refusal} error=${failed} put=${() => setFailed(null)} />
    <ul>${view.mails.map((mail) => html`<li key=${mail.id} data-state=${mail.state}>
      <details data-id=${mail.id} onToggle=${read}>
        <summary><b class="cut" title=${mail.subject}>${mail.subject}</b>
          <span class="meta">${origin(mail)}, <span title=${exact(mail.sent_at ?? mail.at)}>${stateWords(mail, timeOf)}</span></span></summary>
        <p class="text">${texts?.[mail.id]?.text ?? "Loading"}</p>
      </details>
      ${mail.problem && html`<p class="need hard"><${Icon} name="warn" />${mail.problem}</p>`}
      ${mail.state !== "sent" && mail.problem && html`<p><${Act} class="btn" can=${allowed(mail.retry)} aria-label=${`Try the mail to ${mail.to} again`} run=${() => retryMail(view.id, mail)}><${Icon} name="sync" />Try again now<//></p>`}
      <${Refusal} error=${refusals.value[`mail ${mail.id}`]} put=${() => forget(`mail ${mail.id}`)} />
    </li>`)}</ul>
  </section>`;
}
