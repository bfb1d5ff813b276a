/** What is asked of the server: once at a time, and its refusal stays, in words, at the place where it was given. Knows no verb. */
import { signal } from "./html.js";

/** {place: ApiError}; places are named by those who show them. */
export const refusals = signal({});
/** What is on its way: {place, what}. */
const busy = signal([]);

export const isBusy = (place) => busy.value.some((one) => one.place === place);

export function forget(place) {
  const { [place]: gone, ...rest } = refusals.value;
  refusals.value = rest;
}

const turns = {};

/** What is wished for last at this place is done last. */
export function inTurn(place, run) {
  turns[place] = Promise.resolve(turns[place]).then(() => ask(place, run, `${place} in turn`));
  return turns[place];
}

/**
 * Returns the answer, or null when it was refused. `what` is what runs once at a time, however often it is clicked: where
 * several things can be asked for at one place each has its own, or the second would be lost without a word.
 */
export async function ask(place, run, what = place) {
  if (busy.peek().some((one) => one.what === what)) return null;
  forget(place);
  const mine = { place, what };
  busy.value = [...busy.peek(), mine];
  try {
    return await run();
  } catch (error) {
    refusals.value = { ...refusals.peek(), [place]: error };
    return null;
  } finally {
    busy.value = busy.peek().filter((one) => one !== mine);
  }
}
