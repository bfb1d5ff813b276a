/**
 * Conversations with colleagues: frames in, state out. Pure.
 *
 * `version` counts all that happens in them without holes: a frame beyond the next one, or a higher number in a beat,
 * means that something was missed, and all that is held is fetched. Lines are held of conversations that were opened,
 * in the shape of a chat's lines: `party` is who wrote, `interaction` the colleague, `about` the chat it is about.
 */
import { EMPTY, append, lastOf, merge } from "./lanes.js";

export const NO_INBOX = { version: 0, unread: 0, conversations: {}, listed: false, next: null, lines: {}, reading: {}, presence: {}, written: [] };

/** {type: (inbox, event) -> [inbox, needs]} */
export const INBOX = {
  im: takeLine,
  im_seen: (inbox, frame) => take(inbox, frame),
  im_ack: (inbox, { id, number }) => [rewritten(inbox, id, { number }), []],
  "im.written": (inbox, { line }) => [{ ...inbox, written: [...inbox.written, ownLine(line)] }, []],
  "fetched.inbox": takeList,
  "fetched.conversation": takeConversation,
  "conversation.failed": (inbox, { agent }) => [{ ...inbox, reading: { ...inbox.reading, [agent]: "failed" } }, []],
};

/** What the desk begins with: the conversations that hold something new. */
export function begun(inbox, { version, unread, conversations }) {
  if (version < inbox.version) return [inbox, []];
  const fresh = Object.fromEntries(conversations.map((one) => [one.agent, one]));
  const held = Object.fromEntries(Object.entries(inbox.conversations).map(([id, one]) => [id, { ...one, unread: 0 }]));
  const missed = version > inbox.version && Object.keys(inbox.conversations).length > 0;
  const next = { ...inbox, version, unread, conversations: { ...held, ...fresh }, reading: hopeful(inbox) };
  return [next, missed ? allOf(next) : []];
}

export const behindInbox = (inbox, version) => (version > inbox.version ? allOf(inbox) : []);

/** A refusal, or its end, of a line that may be one of these. */
export const rewritten = (inbox, id, change) => ({ ...inbox, written: inbox.written.map((line) => (line.id === id ? { ...line, ...change } : line)) });
export const thrown = (inbox, id) => ({ ...inbox, written: inbox.written.filter((line) => line.id !== id) });

/** Behind the lock nothing is held but what was not sent. */
export const hidden = ({ written }) => ({ ...NO_INBOX, written });

// --- frames -----------------------------------------------------------------------------------

function takeLine(inbox, frame) {
  if (frame.inbox <= inbox.version) return [inbox, []];
  const { agent } = frame.conversation;
  const read = inbox.reading[agent] === "read";
  const lines = read ? { ...inbox.lines, [agent]: append(laneOf(inbox, agent), shaped(agent, frame.line)) } : inbox.lines;
  return take({ ...thrown(inbox, frame.line.id), lines }, frame);
}

function take(inbox, { inbox: version, unread, conversation }) {
  if (version <= inbox.version) return [inbox, []];
  const next = { ...inbox, conversations: { ...inbox.conversations, [conversation.agent]: conversation } };
  if (version > inbox.version + 1) return [next, allOf(next)];
  return [{ ...next, version, unread }, []];
}

// --- what was fetched -------------------------------------------------------------------------

/** `more`: a further page of the list, which says nothing of how things stand. */
function takeList(inbox, { version, unread, results, next, more }) {
  if (!more && version < inbox.version) return [inbox, []];
  const fresh = Object.fromEntries(results.map((one) => [one.agent, newer(inbox.conversations[one.agent], one)]));
  const listed = { ...inbox, conversations: { ...inbox.conversations, ...fresh }, next, listed: true };
  return [more ? listed : { ...listed, version, unread }, []];
}

function takeConversation(inbox, { agent, conversation, presence, results, more, after }) {
  const lane = merge(laneOf(inbox, agent), results.map((line) => shaped(agent, line)));
  const held = new Set(results.map((line) => line.id));
  const next = {
    ...inbox,
    conversations: { ...inbox.conversations, [agent]: newer(inbox.conversations[agent], conversation) },
    presence: { ...inbox.presence, [agent]: presence },
    lines: { ...inbox.lines, [agent]: lane },
    reading: { ...inbox.reading, [agent]: "read" },
    written: inbox.written.filter((line) => !held.has(line.id)),
  };
  return [next, after !== undefined && more ? [conversationOf(next, agent)] : []];
}

/** Heads and marks only ever grow; of two that stand alike the one just read counts. */
function newer(held, fetched) {
  return held && held.head + held.seen + held.their_seen > fetched.head + fetched.seen + fetched.their_seen ? held : fetched;
}

const allOf = (inbox) => [{ what: "inbox" }, ...Object.keys(inbox.lines).map((agent) => conversationOf(inbox, agent))];

const conversationOf = (inbox, agent) => ({ what: "conversation", agent, after: lastOf(laneOf(inbox, agent)) });

/** A new connection: what failed is tried again. */
const hopeful = ({ reading }) => Object.fromEntries(Object.entries(reading).filter(([, how]) => how === "read"));

// --- lines ------------------------------------------------------------------------------------

const laneOf = (inbox, agent) => inbox.lines[agent] ?? EMPTY;

const shaped = (agent, { author, ...line }) => ({ ...line, interaction: agent, party: author, lane: "public", kind: "text" });

/** A line of one's own on its way, as it stands in the outbox or was refused. */
const ownLine = ({ type, id, agent, text, at, about = null, ...rest }) => ({ ...rest, type: "im_send", id, agent, text, at, about, interaction: agent, lane: "public" });

// --- what the panel shows ---------------------------------------------------------------------

/** The latest first; those with whom nobody has written yet are left out. */
export const listedOf = (inbox) => Object.values(inbox.conversations).filter((one) => one.head).sort((a, b) => Date.parse(b.at) - Date.parse(a.at));

/** A conversation in the shape of a chat of two agents, so that it is drawn by the same parts. */
export function asChat(inbox, me, agent) {
  const { nickname, seen = 0, their_seen: theirs = 0 } = inbox.conversations[agent] ?? { nickname: "" };
  const party = (id, name, mark) => ({ id, agent: id, kind: "agent", nickname: name, seen: { public: mark }, delivered: { public: mark } });
  return { id: agent, my: me.id, segment: {}, lanes: [], parties: [party(me.id, me.nickname, seen), party(agent, nickname, theirs)] };
}

export const linesOf = (inbox, agent) => laneOf(inbox, agent).lines;
export const hasOlderLines = (inbox, agent) => (linesOf(inbox, agent)[0]?.number ?? 1) > 1;

/** Does this event bring a new line of a colleague? */
export const isNewLine = (event, before, me) => event.type === "im" && event.inbox > before.inbox.version && event.line.author !== me?.id;
