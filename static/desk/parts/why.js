/** "Why this agent?": each routing decision with its candidates and why each was or was not chosen. */
import { html, useEffect, useState } from "../html.js";
import { api } from "../state.js";
import { exact, timeOf } from "../words.js";
import { Icon } from "./basic.js";

export function Why({ view }) {
  const [answer, setAnswer] = useState(null);
  const [error, setError] = useState(null);
  const read = () => {
    setError(null);
    api.get(`interactions/${view.id}/routing`).then(({ results }) => setAnswer(results), setError);
  };
  useEffect(read, [view.version]);
  if (error) return html`<div class="ask" role="alert"><span>${error.message}</span><button type="button" class="btn" onClick=${read}>Read again</button></div>`;
  if (!answer) return html`<p class="none" aria-busy="true">Reading</p>`;
  if (!answer.length) return html`<p class="none">No routing decision: this chat was given directly.</p>`;
  return html`<ol class="why">${answer.map((decision) => html`<${Decision} key=${decision.at} decision=${decision} />`)}</ol>`;
}

function Decision({ decision }) {
  return html`<li>
    <h2>${decision.chosen ?? "Nobody"} <time class="meta" title=${exact(decision.at)}>${timeOf(decision.at)}</time></h2>
    <p class="meta">${[decision.queue, ...decision.notes].join(", ")}</p>
    <ul>${decision.candidates.map((one) => html`<li key=${one.agent} data-chosen=${one.chosen ? "" : undefined}>
      ${one.chosen ? html`<${Icon} name="check" />` : html`<${Icon} name="x" />`}<span><b>${one.name}</b> ${one.reason}</span>
    </li>`)}</ul>
  </li>`;
}
