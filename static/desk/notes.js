/** Notes on their way: saved by themselves after a pause, kept until the server has them. */
import { change } from "./commands.js";
import { signal } from "./html.js";
import { api, desk, live } from "./state.js";

const PAUSE = 800;

/** {interaction: text not saved yet}: outlives the panel, so that a change of chat loses nothing. */
const unsaved = signal({});
const timers = new Map();
const running = new Map();

export const place = (id) => `note ${id}`;
export const textOf = (view) => unsaved.value[view.id] ?? view.segment.note;
export const isUnsaved = (view) => unsaved.value[view.id] !== undefined;

export function writeNote(id, text) {
  unsaved.value = { ...unsaved.value, [id]: text };
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => saveNote(id), PAUSE));
}

/** Back after a lock or a loss: what waited is saved. */
export const saveAllNotes = () => Object.keys(unsaved.peek()).forEach(saveNote);

/** True when nothing is left to save. Whoever asks while a save runs waits for it, and for what was typed meanwhile. */
export function saveNote(id) {
  clearTimeout(timers.get(id));
  if (!running.has(id)) running.set(id, saveAll(id).finally(() => running.delete(id)));
  return running.get(id);
}

async function saveAll(id) {
  while (unsaved.peek()[id] !== undefined) {
    const text = unsaved.peek()[id];
    if (!live.peek() || !desk.peek().interactions[id]) return false;
    if (!(await change(place(id), () => api.put(`interactions/${id}/note`, { text })))) return false;
    if (unsaved.peek()[id] === text) settle(id);
  }
  return true;
}

function settle(id) {
  const { [id]: saved, ...rest } = unsaved.peek();
  unsaved.value = rest;
}
