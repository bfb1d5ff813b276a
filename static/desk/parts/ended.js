/** Below the transcript of a chat that is over for this agent. */
import { copy } from "../copy.js";
import { html } from "../html.js";
import { now } from "../state.js";
import { at, endedAt, holder, isConsulted, holdsSlot, needsOutcome, whoHasIt } from "../store/views.js";
import { clock, exact, timeOf } from "../words.js";
import { draftOf, setDraft } from "../writing.js";
import { Icon } from "./basic.js";

export function Ended({ view }) {
  const other = holder(view);
  return html`<section class="ended" aria-label="Ended">
    <p><b>Ended <time title=${exact(endedAt(view))}>${timeOf(endedAt(view))}</time>.</b> ${whoHasIt(view)}</p>
    <${Left} view=${view} />
    <p class="meta">${other ? "You read it up to here. " : ""}<${Slot} view=${view} /> <${Closes} view=${view} /></p>
  </section>`;
}

/** A draft never changes its lane: what was not sent is copied or thrown away. */
function Left({ view }) {
  return html`<${LeftOver} view=${view} lane="public" /><${LeftOver} view=${view} lane="internal" where=", agents only" />`;
}

export function LeftOver({ view, lane, where = "" }) {
  const text = draftOf(view.id, lane);
  if (!text.trim()) return null;
  return html`<p class="left-over"><span class="need"><${Icon} name="warn" />Not sent${where}:</span>
    <span class="cut" title=${text}>${text}</span>
    <button type="button" class="link" onClick=${() => copy(text)}>Copy</button>
    <button type="button" class="link" onClick=${() => setDraft(view.id, lane, "")}>Throw away</button></p>`;
}

function Slot({ view }) {
  if (isConsulted(view)) return html`It needs no outcome: Mark Done puts it away.`;
  if (!holdsSlot(view, now.value)) return html`Your slot is free. Mark Done puts it away.`;
  return html`Your slot is free in <time>${clock((at(view.segment.slot_until) - now.value) / 1000)}</time>, or at Mark Done.`;
}

/** Said before it happens, with what becomes of an outcome that is missing. */
function Closes({ view }) {
  const { closes_at } = view.segment;
  if (!closes_at) return null;
  const left = clock(Math.max(0, at(closes_at) - now.value) / 1000);
  return html`It closes by itself in <time title=${exact(closes_at)}>${left}</time>${needsOutcome(view) ? ", its outcome kept as “not set”" : ""}.`;
}
