/** Keys that work everywhere: what each of the map's does. Those of a part live with the part. */
import { lockNow } from "./commands.js";
import { global } from "./keymap.js";
import { goToMessages } from "./messaging.js";
import { desk, lock, now, options, select, selected, view } from "./state.js";
import { isLive, longestWaiting } from "./store/views.js";
import { openFor, summon } from "./parts/finder.js";
import { openHelp } from "./parts/help.js";
import { sorted } from "./parts/list.js";
import { openSettings } from "./parts/settings.js";
import { goToOutcome } from "./parts/side.js";

/** Who is only consulted writes beside the chat alone. */
const WRITE = ":is(#composer, .consult) textarea";
const REGIONS = [".find input", ".list", "#work", ".side"];

/** {id of the key: what it does; false where it has nothing to do, and the browser may have it}. */
export const RUN = {
  find: summon,
  preview,
  call,
  longest,
  previous: () => step(-1),
  next: () => step(1),
  region: () => region(1),
  "region back": () => region(-1),
  status: () => click(".top .status"),
  messages: goToMessages,
  settings: openSettings,
  lock: () => void lockNow(),
  help: openHelp,
  "help sign": openHelp,
  write: () => focusOn(WRITE),
  lane,
  conference: () => find("conference", "Control+I"),
  consult: () => find("consult", "Control+U"),
  transfer: () => find("transfer", "Control+G"),
  beside,
  end: () => focusOn(".toolbar .end"),
  outcome,
  done: () => focusOn(".toolbar .done"),
};

export function watchKeys() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || lock.peek() || document.querySelector("dialog[open]")) return;
    const key = global(event, { writing: writes(event.target) });
    if (key && RUN[key.id](event) !== false) event.preventDefault();
  });
}

const writes = (target) => !!target.closest?.("input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]");

function focusOn(selector) {
  const goal = document.querySelector(selector);
  if (!goal) return false;
  goal.focus();
}

function click(selector) {
  focusOn(selector);
  document.querySelector(selector)?.click();
}

/** What cannot be done now says so at its button. */
function find(mode, keys) {
  if (view.peek()?.can[mode] !== true) return focusOn(`.toolbar [aria-keyshortcuts='${keys}']`);
  openFor(view.peek(), mode);
}

/** Between what goes to the contact and what goes to whom one consults. */
function beside() {
  if (document.activeElement.closest(".consult")) return focusOn("#composer textarea");
  return focusOn(document.querySelector(".consult textarea") ? ".consult textarea" : ".consult .log");
}

function outcome(event) {
  if (!view.peek() || isLive(view.peek()) && !document.querySelector("#outcome")) return false;
  goToOutcome(event);
}

function lane() {
  const other = document.querySelector("#composer .lanes input:not(:checked)");
  if (!other) return false;
  other.click();
}

function step(by) {
  const { mine, unclosed } = sorted.peek();
  const ids = [...mine, ...unclosed].map((one) => one.id);
  if (!ids.length) return false;
  const at = ids.indexOf(selected.peek());
  select(ids.at((at + by) % ids.length));
  return follow();
}

function longest() {
  const id = longestWaiting(desk.peek(), options.peek(), now.peek());
  if (!id) return;
  select(id);
  follow();
}

/** Who changes chats by keys wants to write. */
function follow() {
  requestAnimationFrame(() => (document.querySelector(WRITE) ?? document.querySelector("#work")).focus());
}

let before = null;

/** To the newest preview; from there back to where one was. */
function preview() {
  const newest = [...document.querySelectorAll(".preview[data-id]")].at(-1);
  const inside = document.activeElement?.closest(".preview");
  if (inside) return before?.isConnected ? before.focus() : follow();
  if (!newest) return;
  before = document.activeElement;
  newest.focus();
}

let beforeCall = null;

/** To the call bar; from there back to where one was. */
function call() {
  const bar = document.querySelector("#call");
  if (bar?.contains(document.activeElement)) return beforeCall?.isConnected ? beforeCall.focus() : follow();
  if (!bar) return false;
  beforeCall = document.activeElement;
  bar.focus();
}

function region(by) {
  const all = REGIONS.map((selector) => document.querySelector(selector));
  const at = all.findIndex((one) => one?.contains(document.activeElement));
  const next = [...all.keys()].map((index) => all.at((at + by * (index + 1) + all.length * 2) % all.length));
  const goal = next.find((one) => one && getComputedStyle(one).display !== "none");
  goal?.focus();
}
