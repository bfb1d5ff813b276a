/** Keys that work everywhere. Those of a part live with the part. */
import { now, desk, options, select, selected } from "./state.js";
import { longestWaiting } from "./store/views.js";
import { field, show } from "./parts/finder.js";
import { openHelp } from "./parts/help.js";
import { sorted } from "./parts/list.js";

const REGIONS = [".find input", ".list", "#work", ".side"];

export function watchKeys() {
  addEventListener("keydown", (event) => {
    const run = event.defaultPrevented ? null : GLOBAL[nameOf(event)];
    if (!run || run(event) === false) return;
    event.preventDefault();
  });
}

function nameOf(event) {
  const held = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && event.key.length > 1 && "Shift"];
  return [...held, event.key.length === 1 ? event.key.toLowerCase() : event.key].filter(Boolean).join(" ");
}

const GLOBAL = {
  "Ctrl k": communicator,
  F6: () => region(1),
  "Shift F6": () => region(-1),
  F8: preview,
  F9: longest,
  "Alt ArrowUp": () => step(-1),
  "Alt ArrowDown": () => step(1),
  "Ctrl .": lane,
  "?": (event) => (event.target.closest("input, textarea, select, dialog") ? false : openHelp()),
};

function communicator() {
  show();
  field().focus();
}

function lane() {
  const other = document.querySelector("#composer .lanes input:not(:checked)");
  if (!other) return false;
  other.click();
}

function step(by) {
  const { mine, unclosed } = sorted.peek();
  const ids = [...mine, ...unclosed].map((view) => view.id);
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
  requestAnimationFrame(() => (document.querySelector("#composer textarea") ?? document.querySelector("#work")).focus());
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

function region(by) {
  const all = REGIONS.map((selector) => document.querySelector(selector));
  const at = all.findIndex((one) => one?.contains(document.activeElement));
  const next = [...all.keys()].map((index) => all.at((at + by * (index + 1) + all.length * 2) % all.length));
  const goal = next.find((one) => one && getComputedStyle(one).display !== "none");
  goal?.focus();
}

