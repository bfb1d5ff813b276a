/** When somebody last used a key or the pointer here, in any tab of this browser; the server hears of it while it matters. */
import { signal } from "./html.js";
import { live, lock, onEvent, options, socket } from "./state.js";
import { hear, tell } from "./tabs.js";

const KINDS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"];
const TELL_TABS = 3000;
const TELL_SERVER = 15_000;

/** Browsers allow sound after the first key or click. */
export const used = signal(!!navigator.userActivation?.hasBeenActive);

let last = 0;
let toldTabs = 0;
let toldServer = 0;

export const idleSeconds = () => Math.floor((Date.now() - last) / 1000);

export function watchInput() {
  for (const kind of KINDS) addEventListener(kind, note, { capture: true, passive: true });
  hear("input", ({ at }) => (last = Math.max(last, at)));
  onEvent(({ type }) => type === "welcome" && last > toldServer && tellServer());
}

/** Something that shows that somebody is there: a key, the pointer, a call. */
export function note({ type }) {
  last = Date.now();
  if (type === "keydown" || type === "pointerdown") used.value = true;
  if (last - toldTabs >= TELL_TABS) tell("input", { at: (toldTabs = last) });
  if (last - toldServer >= TELL_SERVER) tellServer();
}

function tellServer() {
  if (!live.peek() || lock.peek() || !options.peek().lock_minutes) return;
  if (socket.send({ type: "input" })) toldServer = Date.now();
}
