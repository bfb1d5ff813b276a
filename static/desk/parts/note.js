/** The note of one's own segment. */
import { refusals } from "../asking.js";
import { OFFLINE } from "../commands.js";
import { html, useEffect } from "../html.js";
import { isUnsaved, place, saveNote, textOf, writeNote } from "../notes.js";
import { live } from "../state.js";
import { exact, listed, timeOf } from "../words.js";
import { Icon } from "./basic.js";

export function Note({ view }) {
  const can = view.can.note;
  const online = live.value;
  useEffect(() => {
    if (online) saveNote(view.id);
  }, [online]);
  return html`<label class="field"><span>Note <span class="meta">for the next who opens this history</span></span>
    <textarea rows="4" value=${textOf(view)} readOnly=${can !== true} title=${can === true ? undefined : can} onInput=${(event) => writeNote(view.id, event.target.value)} onBlur=${() => saveNote(view.id)} />
  </label>
  <p class="meta saved" role="status"><${State} view=${view} /></p>
  ${view.earlier.map((stretch) => html`<${Earlier} key=${stretch.joined_at} stretch=${stretch} />`)}`;
}

/** Who was in the chat before reads here what they noted then; it stays as it was. */
function Earlier({ stretch }) {
  const { joined_at: from, left_at: to, disposition, note } = stretch;
  return html`<section class="earlier" aria-label=${`Your part from ${timeOf(from)}`}>
    <h3>Your part <time title=${exact(from)}>${timeOf(from)}</time>${to && html` to <time title=${exact(to)}>${timeOf(to)}</time>`}</h3>
    <p><span class="meta">Disposition</span> ${disposition.length ? listed(disposition) : "none set"}</p>
    <p><span class="meta">Note</span> <span class="text">${note || "none written"}</span></p>
  </section>`;
}

function State({ view }) {
  const error = refusals.value[place(view.id)];
  if (error) return html`<span class="need hard"><${Icon} name="warn" />Not saved: ${error.message}</span>`;
  if (isUnsaved(view)) return live.value ? "Saving" : `${OFFLINE} to be saved; it is kept here`;
  return view.segment.note ? "Saved" : "";
}
