/** Sets of codes, fetched once per revision and shared by all chats. */
import { signal } from "./html.js";
import { api } from "./state.js";
import { grow } from "./store/outcomes.js";

/** {set: {revision, tree}} and {set: ApiError}. */
const sets = signal({});
const failures = signal({});
const flights = new Set();

/** The tree of a rule's set: an older one while the new one is on its way, null while there is none. */
export const treeOf = (rule) => sets.value[rule.set]?.tree ?? null;
export const failureOf = (rule) => failures.value[rule.set] ?? null;

const isHeld = (rule) => sets.peek()[rule.set]?.revision >= rule.revision;

/** Fetch what the rule offers unless this revision is here. Again is harmless. */
export async function want(rule) {
  if (isHeld(rule) || flights.has(rule.set)) return;
  flights.add(rule.set);
  try {
    const { revision, nodes } = await api.get(`disposition-sets/${rule.set}`);
    sets.value = { ...sets.peek(), [rule.set]: { revision, tree: grow(nodes) } };
    failures.value = { ...failures.peek(), [rule.set]: null };
  } catch (error) {
    failures.value = { ...failures.peek(), [rule.set]: error };
  } finally {
    flights.delete(rule.set);
  }
}
