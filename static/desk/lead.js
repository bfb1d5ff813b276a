/**
 * One tab leads: it alone rings, notifies and answers by itself.
 *
 * A lock of the browser says which, so the lead passes on when its tab closes or freezes. A visible tab that may
 * sound takes the lead; others queue. Where the browser has no such locks, the tab that was shown last leads.
 */
import { config } from "./config.js";
import { effect, signal } from "./html.js";
import { used } from "./input.js";
import { hear, tell } from "./tabs.js";

const LEAD = `parley:lead:${config.user}`;
const SHOWN = `parley:shown:${config.user}`;
const { locks } = navigator;

export const leads = signal(false);
const shown = signal(document.visibilityState === "visible");
let queued = null;
let letGo = null;

export function watchLead() {
  document.addEventListener("visibilitychange", () => (shown.value = document.visibilityState === "visible"));
  if (!locks) return byTurns();
  document.addEventListener("freeze", () => letGo?.());
  document.addEventListener("resume", queue);
  hear("who can ring", () => used.peek() && take());
  effect(saySo);
  effect(() => (shown.value && used.value ? take() : leads.peek() || queue()));
}

/** Is any tab of the workspace in view? */
export async function somebodyLooks() {
  if (!locks) return shown.peek();
  return (await locks.query()).held.some((one) => one.name === SHOWN);
}

function take() {
  if (leads.peek()) return;
  queued?.abort();
  queued = null;
  request({ steal: true });
}

function queue() {
  if (queued || leads.peek()) return;
  queued = new AbortController();
  request({ signal: queued.signal });
}

function request(how) {
  locks.request(LEAD, how, lead).catch(() => (how.signal?.aborted ? null : lost()));
}

function lead() {
  queued = null;
  leads.value = true;
  if (!used.peek()) tell("who can ring");
  return new Promise((resolve) => {
    letGo = () => {
      leads.value = false;
      resolve();
    };
  });
}

/** Another tab took it. */
function lost() {
  leads.value = false;
  queue();
}

let hide = null;
let turn = 0;

/** A lock that comes when the tab has turned again is given back. */
function saySo() {
  hide?.();
  hide = null;
  turn += 1;
  const mine = turn;
  if (shown.value) locks.request(SHOWN, { mode: "shared" }, () => mine === turn && new Promise((resolve) => (hide = resolve)));
}

function byTurns() {
  hear("I lead", () => (leads.value = false));
  hear("who leads", () => leads.peek() || (leads.value = true));
  addEventListener("pagehide", () => leads.peek() && tell("who leads"));
  effect(() => {
    if (!shown.value) return;
    leads.value = true;
    tell("I lead");
  });
}
