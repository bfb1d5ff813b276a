/** What is being written: a draft per chat and lane, kept over reload, and the lane it will go to. */
import { signal } from "./html.js";
import { desk, live, socket } from "./state.js";
import { loadDraft, saveDraft } from "./kept.js";

const drafts = signal({});
const chosen = signal({});

const keyOf = (id, lane) => `${id} ${lane}`;
const agent = () => desk.peek().agent.id;

export const laneOf = (id) => chosen.value[id] ?? "public";

export function chooseLane(id, lane) {
  stopTyping();
  chosen.value = { ...chosen.value, [id]: lane };
}

export const draftOf = (id, lane) => drafts.value[keyOf(id, lane)] ?? loadDraft(agent(), id, lane);

export function setDraft(id, lane, text) {
  drafts.value = { ...drafts.value, [keyOf(id, lane)]: text };
  saveDraft(agent(), id, lane, text);
}

// --- typing: said at most every three seconds, taken back when the field is empty or rests ------

const AGAIN = 3000;
const REST = 10_000;
let said = null;
let rest = null;

export function typed(id, lane, text) {
  clearTimeout(rest);
  if (!text.trim()) return stopTyping();
  rest = setTimeout(stopTyping, REST);
  if (said && (said.id !== id || said.lane !== lane)) stopTyping();
  if (said && Date.now() - said.at < AGAIN) return;
  if (tell(id, lane, true)) said = { id, lane, at: Date.now() };
}

function stopTyping() {
  clearTimeout(rest);
  if (said) tell(said.id, said.lane, false);
  said = null;
}

/** A line ends typing by itself, for everybody who reads it. */
export function typingSent() {
  clearTimeout(rest);
  said = null;
}

function tell(interaction, lane, on) {
  return live.peek() && socket.send({ type: "typing", interaction, lane, on });
}
