/** Instant messages: which conversation is open, what is written in it, what was seen of it. */
import { uuid } from "../common/ids.js";
import { news } from "./announce.js";
import { batch, computed, effect, signal, untracked } from "./html.js";
import { loadTalkDraft, saveTalkDraft } from "./kept.js";
import { leads } from "./lead.js";
import { shown } from "./parts/narrow.js";
import { facing } from "./reading.js";
import { play } from "./sounds.js";
import { api, desk, feed, live, lock, now, onEvent, read, socket } from "./state.js";
import { isNewLine, linesOf } from "./store/inbox.js";

const NEWS_FOR = 8000;
const SEEN_AFTER = 300;
const FIELD = ".messages textarea";
const LIST = ".messages .talks .talk, .messages";

/** Is the panel open, and at which conversation: a colleague's id, or null for the list of them. */
export const open = signal(false);
export const colleague = signal(null);
/** Is the newest line of the open conversation in view? */
export const atEnd = signal(true);
/** What came last and nobody has looked at yet: shown quietly for a few seconds. */
export const latest = signal(null);
export const failure = signal(null);

export const talk = computed(() => desk.value.inbox.conversations[colleague.value] ?? null);
export const unread = computed(() => desk.value.inbox.unread);

let opener = null;

/** The list of conversations, or away with the panel. */
export function toggleMessages() {
  if (open.peek()) return closeMessages();
  show(null);
  focusOn(LIST);
}

/** By key: to the panel, wherever one is. */
export function goToMessages() {
  if (open.peek()) return focusOn(colleague.peek() ? FIELD : LIST);
  toggleMessages();
}

/** The conversation with a colleague; `interaction`: the chat in whose menu it was begun, which lines name until that is taken away. */
export function openConversation(agentId, { interaction = null } = {}) {
  show(agentId);
  if (interaction) aboutOf(agentId, interaction);
  focusOn(FIELD);
}

export function toList() {
  colleague.value = null;
  focusOn(LIST);
}

export function closeMessages() {
  batch(() => {
    open.value = false;
    colleague.value = null;
    if (shown.peek() === "messages") shown.value = "work";
  });
  const back = opener?.isConnected && opener !== document.body ? opener : document.querySelector(".top .letters");
  requestAnimationFrame(() => back?.focus());
}

function show(agentId) {
  if (!open.peek()) opener = document.activeElement;
  batch(() => {
    open.value = true;
    colleague.value = agentId;
    atEnd.value = true;
    latest.value = failure.value = null;
    shown.value = "messages";
  });
}

const focusOn = (selector) => requestAnimationFrame(() => document.querySelector(selector)?.focus());

// --- what is written --------------------------------------------------------------------------

const drafts = signal({});
/** {colleague: the chat that lines to them name} */
const abouts = signal({});
const me = () => desk.peek().agent;

export const draftTo = (agentId) => drafts.value[agentId] ?? loadTalkDraft(me().id, agentId);

export function setDraftTo(agentId, text) {
  drafts.value = { ...drafts.value, [agentId]: text };
  saveTalkDraft(me().id, agentId, text);
}

export const aboutIn = (agentId) => abouts.value[agentId] ?? null;
export const dropAbout = (agentId) => (abouts.value = { ...abouts.peek(), [agentId]: null });

function aboutOf(agentId, interaction) {
  const chat = desk.peek().interactions[interaction];
  if (chat) abouts.value = { ...abouts.peek(), [agentId]: { interaction, contact: chat.contact.name } };
}

export function sayTo(agentId, text) {
  const about = abouts.peek()[agentId] ?? null;
  const line = { type: "im_send", id: uuid(), agent: agentId, text };
  feed({ type: "im.written", line: { ...line, at: new Date(now.peek()).toISOString(), about } });
  socket.post({ ...line, ...(about ? { interaction: about.interaction } : {}) });
}

// --- what is read -----------------------------------------------------------------------------

export const readAgain = () => read({ what: "conversation", agent: colleague.peek() });
export const readOlderLines = (agentId) => read({ what: "conversation", agent: agentId, before: linesOf(desk.peek().inbox, agentId)[0].number });

export async function moreConversations() {
  const { next } = desk.peek().inbox;
  failure.value = null;
  const answer = await api.get("conversations", { cursor: next }).catch((error) => ({ error }));
  if (answer.error) failure.value = answer.error;
  else feed({ type: "fetched.inbox", more: true, ...answer });
}

/** Somebody is looking at the newest line of this conversation. */
const looksAt = (agentId) => open.value && facing.value && !lock.value && atEnd.value && colleague.value === agentId;

export function watchMessages() {
  effect(fill);
  effect(markSeen);
  onEvent((event, before) => {
    if (event.type === "beat") told.clear();
    if (isNewLine(event, before, before.agent)) tell(event);
  });
}

/** What the panel shows and is not held is read. */
function fill() {
  if (!open.value || !live.value) return;
  const { listed, reading } = desk.value.inbox;
  const agentId = colleague.value;
  untracked(() => {
    if (agentId && !reading[agentId]) read({ what: "conversation", agent: agentId });
    if (!agentId && !listed) read({ what: "inbox" });
  });
}

const told = new Map();
let timer = null;

/** A moment later, so that a line that flies by is not seen. */
function markSeen() {
  if (timer || !unseen(desk.value)) return;
  timer = setTimeout(() => {
    timer = null;
    const seen = untracked(() => unseen(desk.value));
    if (seen && socket.send({ type: "im_seen", ...seen })) told.set(seen.agent, seen.number);
  }, SEEN_AFTER);
}

/** {agent, number} of what is before somebody's eyes and was not told; what the server does not confirm is told again after a beat. */
function unseen({ inbox }) {
  const agent = colleague.value;
  if (!agent || !live.value || !looksAt(agent)) return null;
  const number = linesOf(inbox, agent).at(-1)?.number ?? 0;
  return number > Math.max(talk.value?.seen ?? 0, told.get(agent) ?? 0) ? { agent, number } : null;
}

/** Quietly: words for ears and in the top bar, one tone unless the agent wants no disturbance. Nothing opens by itself. */
function tell({ conversation, line }) {
  const here = untracked(() => looksAt(conversation.agent));
  news(here ? `${conversation.nickname}: ${line.text}` : `Message from ${conversation.nickname}`);
  if (here) return;
  const shownNow = { ...conversation, id: line.id };
  latest.value = shownNow;
  setTimeout(() => latest.peek()?.id === shownNow.id && (latest.value = null), NEWS_FOR);
  if (leads.peek() && !disturbsNot()) play("message");
}

const disturbsNot = () => desk.peek().agent?.channels.some((one) => one.status === "do_not_disturb");
