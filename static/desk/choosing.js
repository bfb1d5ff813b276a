/** Dispositions on their way: the last choice is the one that must arrive, before anything freezes it. */
import { setDisposition } from "./commands.js";

const wanted = new Map();
const running = new Map();

/** The choice that is meant, while it is on its way. */
export const wantedOf = (id) => wanted.get(id);

/** True when the server has the last choice. Arrows in a radio list choose at each step: steps between may be left out. */
export function chooseOutcome(view, codes) {
  wanted.set(view.id, codes);
  if (!running.has(view.id)) running.set(view.id, arrive(view).finally(() => running.delete(view.id)));
  return running.get(view.id);
}

/** Waits for the choice that is on its way; true when there is none, or it has arrived. */
export const outcomeArrived = async (id) => (await running.get(id)) ?? true;

async function arrive(view) {
  let sent, answer;
  do {
    sent = wanted.get(view.id);
    answer = await setDisposition(view, sent);
  } while (answer && wanted.get(view.id) !== sent);
  wanted.delete(view.id);
  return Boolean(answer);
}
