/** What is being written: a draft per chat and lane, kept over reload, and the lane it will go to. */
import { Typing } from "../common/typing.js";
import { signal } from "./html.js";
import { desk, live, socket } from "./state.js";
import { loadDraft, saveDraft } from "./kept.js";

const drafts = signal({});
const chosen = signal({});

const keyOf = (id, lane) => `${id} ${lane}`;
const agent = () => desk.peek().agent.id;

export const laneOf = (id) => chosen.value[id] ?? "public";

export function chooseLane(id, lane) {
  typing.stop();
  chosen.value = { ...chosen.value, [id]: lane };
}

export const draftOf = (id, lane) => drafts.value[keyOf(id, lane)] ?? loadDraft(agent(), id, lane);

export function setDraft(id, lane, text) {
  drafts.value = { ...drafts.value, [keyOf(id, lane)]: text };
  saveDraft(agent(), id, lane, text);
}

// --- typing -----------------------------------------------------------------------------------

/** {id, lane}: where the last key went. */
let where = null;
const typing = new Typing({ tell: (on) => live.peek() && socket.send({ type: "typing", interaction: where.id, lane: where.lane, on }) });

export function typed(id, lane, text) {
  if (where?.id !== id || where.lane !== lane) typing.stop();
  where = { id, lane };
  if (text.trim()) typing.key();
  else typing.stop();
}

export const typingSent = () => typing.sent();
