/** Below the transcript of a chat that is over for this agent. */
import { html } from "../html.js";
import { now } from "../state.js";
import { at, endedAt, holder, holdsSlot } from "../store/views.js";
import { clock, exact, timeOf } from "../words.js";

export function Ended({ view }) {
  const other = holder(view);
  const what = other ? `${other.nickname} has the chat.` : view.state === "ended" ? "The chat is over." : "The chat goes on.";
  return html`<section class="ended" aria-label="Ended">
    <p><b>Ended <time title=${exact(endedAt(view))}>${timeOf(endedAt(view))}</time>.</b> ${what}</p>
    <p class="meta">${other ? "You read it up to here. " : ""}<${Slot} view=${view} /></p>
  </section>`;
}

function Slot({ view }) {
  if (!holdsSlot(view, now.value)) return html`Your slot is free. Mark Done puts it away.`;
  return html`Your slot is free in <time>${clock((at(view.segment.slot_until) - now.value) / 1000)}</time>, or at Mark Done.`;
}
