/** The note of one's own segment: saved by itself, never lost while it could not be. */
import { OFFLINE, refusals, saveNote } from "../commands.js";
import { html, signal, useEffect, useRef } from "../html.js";
import { live, view as chosen } from "../state.js";
import { Icon } from "./basic.js";

const PAUSE = 800;

/** {interaction: text not saved yet}: outlives the panel, so that a change of chat loses nothing. */
const unsaved = signal({});
const timers = new Map();

export function Note({ view }) {
  const text = unsaved.value[view.id] ?? view.segment.note;
  const can = view.can.note;
  const online = live.value;
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && online) save(view.id);
    first.current = false;
  }, [online]);
  return html`<label class="field"><span>Note <span class="meta">for the next who opens this history</span></span>
    <textarea rows="4" value=${text} readOnly=${can !== true} title=${can === true ? undefined : can} onInput=${(event) => change(view, event.target.value)} onBlur=${() => save(view.id)} />
  </label>
  <p class="meta saved" role="status"><${State} view=${view} /></p>`;
}

function State({ view }) {
  const error = refusals.value[`note ${view.id}`];
  const open = unsaved.value[view.id] !== undefined;
  if (error) return html`<span class="need hard"><${Icon} name="warn" />Not saved: ${error.message}</span>`;
  if (open) return live.value ? "Saving" : `${OFFLINE} to be saved; it is kept here`;
  return view.segment.note ? "Saved" : "";
}

function change(view, text) {
  unsaved.value = { ...unsaved.value, [view.id]: text };
  clearTimeout(timers.get(view.id));
  timers.set(view.id, setTimeout(() => save(view.id, view), PAUSE));
}

async function save(id, given) {
  const text = unsaved.peek()[id];
  const chat = given ?? chosen.peek();
  clearTimeout(timers.get(id));
  if (text === undefined || !live.peek() || chat?.id !== id) return;
  const answer = await saveNote(chat, text);
  if (!answer || unsaved.peek()[id] !== text) return;
  const { [id]: gone, ...rest } = unsaved.peek();
  unsaved.value = rest;
}
