/** The mail composer: a sheet addressed to one party. It goes beyond the desk, so it says who will read it. */
import { forget, refusals } from "../asking.js";
import { usable } from "../commands.js";
import { html, useRef, useState } from "../html.js";
import { PLACE, closeMail, draftOf, keepDraft, sendMail, sending, writing } from "../mailing.js";
import { settings } from "../settings.js";
import { desk } from "../state.js";
import { subjectFor } from "../store/mails.js";
import { partyOf } from "../store/views.js";
import { Act, Icon, Refusal } from "./basic.js";
import { Dialog } from "./dialog.js";

const SUBJECT = 150;
const TEXT = 20_000;

export function Mail() {
  const to = writing.value;
  const view = to && desk.value.interactions[to.interaction];
  const party = view && partyOf(view, to.party);
  return party ? html`<${Composer} key=${`${to.interaction} ${to.party}`} to=${to} view=${view} party=${party} />` : null;
}

function Composer({ to, view, party }) {
  const [draft, setDraft] = useState(() => begun(to, view, party));
  const form = useRef(null);
  const write = (change) => {
    const next = { ...draft, ...change };
    setDraft(next);
    keepDraft(to, next);
  };
  const can = usable.value !== true ? usable.value : party.mail !== true ? party.mail : missing(draft);
  const submit = (event) => {
    event.preventDefault();
    if (can === true) sendMail(to, draft);
  };
  const throwAway = () => {
    keepDraft(to, null);
    closeMail();
  };
  const contact = party.kind === "contact";
  return html`<${Dialog} class="sheet mail" title="New E-mail" close=${closeMail}>
    <form ref=${form} onSubmit=${submit}>
      <p class="to"><span>To <b>${party.nickname}</b>${contact ? `, ${view.email}` : party.department ? `, ${party.department}` : ""}</span>
        <span class=${contact ? "meta" : "meta inner"}>${contact ? `${party.nickname} reads it; nothing of the chat is added` : `For colleagues: ${party.nickname} reads it, ${view.contact.name} does not`}</span></p>
      <label class="field"><span>Subject <span class="meta">the reference of the chat is added</span></span>
        <input type="text" maxlength=${SUBJECT} value=${draft.subject} onInput=${(event) => write({ subject: event.target.value })} /></label>
      <label class="field"><span>Text</span>
        <textarea rows="10" maxlength=${TEXT} spellcheck=${settings.value.spellcheck} value=${draft.text} onInput=${(event) => write({ text: event.target.value })} /></label>
      <${Refusal} error=${refusals.value[PLACE]} put=${() => forget(PLACE)} />
      <div class="tools">
        <button type="button" class="btn" onClick=${throwAway}>Throw away</button>
        <${Act} type="submit" class="btn primary" can=${sending.value ? "It is being handed over" : can}>Send e-mail<${Icon} name="send" /><//>
      </div>
      ${can !== true && html`<p class="meta" role="status">${can}</p>`}
    </form>
  <//>`;
}

function begun(to, view, party) {
  const draft = draftOf(to);
  return { ...draft, subject: draft.subject || subjectFor(view, party, desk.peek().agent) };
}

function missing({ subject, text }) {
  if (!subject.trim()) return "A mail needs a subject";
  return text.trim() ? true : "A mail needs some text";
}
