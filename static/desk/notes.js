/** Notes on their way: saved by themselves after a pause, kept until the server has them. */
import { change } from "./commands.js";
import { signal } from "./html.js";
import { api, desk, live } from "./state.js";

const PAUSE = 800;

/** {interaction: text not saved yet}: outlives the panel, so that a change of chat loses nothing. */
const unsaved = signal({});
const timers = new Map();

export const place = (id) => `note ${id}`;
export const textOf = (view) => unsaved.value[view.id] ?? view.segment.note;
export const isUnsaved = (view) => unsaved.value[view.id] !== undefined;

export function writeNote(id, text) {
  unsaved.value = { ...unsaved.value, [id]: text };
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => saveNote(id), PAUSE));
}

/** True when nothing is left to save. What was typed meanwhile is saved by its own turn. */
export async function saveNote(id) {
  clearTimeout(timers.get(id));
  const text = unsaved.peek()[id];
  if (text === undefined) return true;
  if (!live.peek() || !desk.peek().interactions[id]) return false;
  const answer = await change(place(id), () => api.put(`interactions/${id}/note`, { text }));
  if (answer && unsaved.peek()[id] === text) settle(id);
  return !!answer;
}

function settle(id) {
  const { [id]: saved, ...rest } = unsaved.peek();
  unsaved.value = rest;
}
