/** Chats that are answered by themselves: by the tab that leads, while it is in view and somebody is at it. */
import { warn } from "./announce.js";
import { acceptByItself } from "./commands.js";
import { effect, signal, untracked } from "./html.js";
import { idleSeconds } from "./input.js";
import { leads } from "./lead.js";
import { play } from "./sounds.js";
import { desk, live, now } from "./state.js";
import { answersIn } from "./store/views.js";

const INPUT_WITHIN = 60;
const tried = new Set();

/** Answered without a preview: ids that are on their way. */
export const hushed = signal(new Set());

export const somebodyHere = () => document.visibilityState === "visible" && idleSeconds() <= INPUT_WITHIN;

export function watchAuto() {
  effect(() => {
    const due = Object.values(desk.value.invitations).filter((one) => answersIn(one, now.value) === 0);
    if (leads.value && live.value) untracked(() => due.forEach(answer));
  });
}

/** Each ring once: refused, it goes on ringing for a person. */
async function answer(one) {
  const key = `${one.id} ${one.rang_at}`;
  if (tried.has(key) || !somebodyHere()) return;
  tried.add(key);
  if (one.auto_answer === 0) hushed.value = new Set([...hushed.value, one.id]);
  const state = { visible: true, idle_seconds: idleSeconds() };
  if (await acceptByItself(one, state)) tellOf(one);
  hushed.value = new Set([...hushed.value].filter((id) => id !== one.id));
}

function tellOf(one) {
  play("offer");
  warn(`Answered by itself: ${one.contact}.`);
}
