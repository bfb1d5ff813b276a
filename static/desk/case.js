/** Case data on its way: what was typed, and the value that was seen then, kept until the server has it. */
import { forget, refusals } from "./asking.js";
import { change } from "./commands.js";
import { signal } from "./html.js";
import { api, live } from "./state.js";

/** {place: {value, expect}}: outlives the panel, so that a change of chat loses nothing. */
const typed = signal({});
const running = new Map();

export const place = (id, key) => `case ${id} ${key}`;
export const valueOf = (view, item) => typed.value[place(view.id, item.key)]?.value ?? item.value;
export const isTyped = (view, item) => typed.value[place(view.id, item.key)] !== undefined;

/** Somebody else's value, where it came while one was typing: one of the two has to be chosen. */
export function quarrel(view, item) {
  const at = place(view.id, item.key);
  const [mine, error] = [typed.value[at], refusals.value[at]];
  if (!mine || error?.code !== "case_changed") return null;
  return { mine: mine.value.trim(), theirs: item.value === mine.expect ? error.detail.value : item.value };
}

/** What was seen when the first letter was typed is what may be replaced. */
export function write(view, item, value) {
  const at = place(view.id, item.key);
  typed.value = { ...typed.value, [at]: { value, expect: typed.peek()[at]?.expect ?? item.value } };
}

export function drop(view, item) {
  const { [place(view.id, item.key)]: gone, ...rest } = typed.peek();
  typed.value = rest;
  forget(place(view.id, item.key));
}

/** Mine after all: the other value has been seen now. */
export function insist(view, item) {
  const { mine, theirs } = quarrel(view, item);
  drop(view, item);
  typed.value = { ...typed.value, [place(view.id, item.key)]: { value: mine, expect: theirs } };
  return save(view, item);
}

/**
 * True when nothing is left to save. What waits for the connection is sent when it is back. Whoever asks while a save runs
 * waits for it, and for what was typed meanwhile.
 */
export function save(view, item) {
  const at = place(view.id, item.key);
  if (!running.has(at)) running.set(at, arrive(view, item).finally(() => running.delete(at)));
  return running.get(at);
}

async function arrive(view, item) {
  const at = place(view.id, item.key);
  const mine = typed.peek()[at];
  if (!mine) return true;
  if (mine.value.trim() === item.value) return drop(view, item) ?? true;
  if (!live.peek() || quarrel(view, item)) return false;
  const answer = await change(at, () => api.put(`interactions/${view.id}/case`, { key: item.key, ...mine }));
  if (!answer) return false;
  if (typed.peek()[at] === mine) return drop(view, item) ?? true;
  return arrive(answer, saved(at, answer, item.key));
}

/** What was typed while this was on its way may replace it: it is one's own. */
function saved(at, answer, name) {
  const item = answer.case.find(({ key }) => key === name);
  const since = typed.peek()[at];
  if (since) typed.value = { ...typed.peek(), [at]: { ...since, expect: item.value } };
  return item;
}

/** Before Mark Done freezes them, and when the connection is back. */
export async function saveAll(view) {
  const saved = await Promise.all(view.case.filter((item) => isTyped(view, item)).map((item) => save(view, item)));
  return saved.every(Boolean);
}
