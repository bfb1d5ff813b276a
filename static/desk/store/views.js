/** What the screens read from the state: pure, with the server's time (milliseconds) passed in. */
import { EMPTY } from "./lanes.js";

export const at = (time) => Date.parse(time);
export const partyOf = (view, id) => view.parties.find((party) => party.id === id) ?? null;
export const mine = (view) => partyOf(view, view.my);
export const firstName = (name) => name.trim().split(/\s+/)[0] ?? "";

/** The agent still handles it. */
export const isLive = (view) => view.state !== "ended" && !view.segment.left_at;
/** The agent is only asked for advice on it: they read along and write in their consultation. */
export const isConsulted = (view) => mine(view)?.kind === "consultant";
export const endedAt = (view) => view.segment.left_at ?? view.ended_at;
export const holdsSlot = (view, now) => !isLive(view) && !!view.segment.slot_until && at(view.segment.slot_until) > now;
/** Codes of another list than the one in force do not count. */
export const needsOutcome = ({ segment: { rule, disposition } }) => !!rule?.required && !disposition.some((one) => one.set === rule.set);

/** Slots in use as far as is known here: chats in hand, ended ones that hold theirs, and what rings. A consultation takes none. */
export function slotsHeld(state, now) {
  const chats = Object.values(state.interactions).filter((view) => !isConsulted(view) && (!view.segment.left_at || view.segment.slot_until));
  return chats.length + previews(state, now).filter((one) => one.kind !== "consult").length + tailsLeft(state.agent, now).length;
}

/** After-call work of chats marked done that still holds a slot, with the seconds left; the first to end first. */
export function tailsLeft(agent, now) {
  const tails = (agent?.tails ?? []).map((tail) => ({ ...tail, seconds: (at(tail.until) - now) / 1000 }));
  return tails.filter((tail) => tail.seconds > 0).sort((a, b) => a.seconds - b.seconds);
}

/** A ring whose end could not be heard must not stand there for ever. */
const LATE = 3000;

export function previews(state, now) {
  const rings = Object.values(state.invitations).filter((one) => at(one.expires_at) + LATE > now);
  return rings.sort((a, b) => at(a.rang_at) - at(b.rang_at));
}

/** Seconds until a ring is answered by itself; null: never. */
export function answersIn(one, now) {
  if (one.auto_answer === null || one.auto_answer === undefined) return null;
  return Math.max(0, (at(one.rang_at) - now) / 1000 + one.auto_answer);
}

const gone = (view) => view?.parties.find((party) => party.kind === "contact")?.connection === "ended";

const isNews = ({ interaction, lane, number, kind, party }, before, view) =>
  kind === "text" && party !== view.my && number > (laneLines(before, interaction, lane).at(-1)?.number ?? 0);

/** Who is only consulted need not answer the contact. */
const isForMe = (view, lane) => !isConsulted(view) || lane !== "public";

/** Which tone an event asks for: "message", "left", or null. `looked`: the agent has the chat in front of them. */
export function heardOf(event, before, after, looked) {
  const [was, is] = [before.interactions[event.interaction ?? event.id], after.interactions[event.interaction ?? event.id]];
  if (!was || !is || !isLive(was)) return null;
  if (event.type === "message") return !looked && isForMe(is, event.lane) && isNews(event, before, is) ? "message" : null;
  if (event.type !== "interaction") return null;
  const left = gone(is) && !gone(was) && event.cause !== "interaction.ended";
  const inherited = is.owner === is.my && was.owner !== was.my;
  return left || inherited ? "left" : null;
}

/** My interactions (live, and ended ones that hold their slot) and unclosed work, each in the order they came. */
export function lists(state, now) {
  const all = Object.values(state.interactions).sort((a, b) => at(a.segment.joined_at) - at(b.segment.joined_at));
  const kept = (view) => isLive(view) || holdsSlot(view, now);
  return { mine: all.filter(kept), unclosed: all.filter((view) => !kept(view)) };
}

/** Pending response: how long the contact waits for an answer, and how bad that is. */
export function waitOf(view, options, now) {
  const since = isLive(view) && !isConsulted(view) ? view.lanes.find((lane) => lane.lane === "public")?.unanswered_since : null;
  return since ? graded(Math.max(0, (now - at(since)) / 1000), options) : null;
}

export function graded(seconds, options) {
  const level = seconds >= options.pending_red ? "bad" : seconds >= options.pending_amber ? "warn" : "ok";
  return { seconds, level };
}

export function longestWaiting(state, options, now) {
  const waiting = Object.values(state.interactions).map((view) => ({ id: view.id, wait: waitOf(view, options, now) }));
  return waiting.filter((one) => one.wait).sort((a, b) => b.wait.seconds - a.wait.seconds)[0]?.id ?? null;
}

export const laneLines = (state, id, name) => (state.transcripts[id]?.[name] ?? EMPTY).lines;

/** The lanes of the chat itself; each of the others is a consultation's. */
export const isMain = (lane) => lane === "public" || lane === "internal";

/** Text of others past the own mark, consultations included. Who was invited into a chat is not told that all of its past is new. */
export function unreadLines(state, id) {
  const view = state.interactions[id];
  if (!view || !isLive(view)) return [];
  const from = mine(view)?.invited_by ? at(view.segment.joined_at) : 0;
  return view.lanes.filter(({ lane }) => isForMe(view, lane)).flatMap((lane) =>
    laneLines(state, id, lane.lane).filter(
      (line) => line.number > lane.seen && line.kind === "text" && line.party !== view.my && at(line.at) >= from,
    ),
  );
}

/**
 * What happened in a chat that nobody has looked at: why it flashes in the list, in words, or null.
 * A line in a consultation, somebody who joined, left or is about to be let go (the newest such line), or a new line
 * that has waited past the warning.
 */
export function unseenNews(state, view, options, now) {
  const unread = unreadLines(state, view.id);
  const advice = unread.findLast((line) => !isMain(line.lane));
  if (advice) return `${partyOf(view, advice.party)?.nickname ?? "Consultation"}: ${advice.text}`;
  const joined = at(view.segment.joined_at);
  const told = view.lanes.filter(({ lane }) => isForMe(view, lane)).flatMap(({ lane, seen }) =>
    laneLines(state, view.id, lane).filter((line) => line.number > seen && line.kind === "system" && (line.party !== view.my || !isMain(lane)) && at(line.at) >= joined),
  );
  if (told.length) return told.reduce((one, other) => (at(other.at) >= at(one.at) ? other : one)).text;
  const wait = waitOf(view, options, now);
  return wait && wait.level !== "ok" && unread.length ? "Waits for an answer" : null;
}

export function lastText(state, id) {
  const texts = laneLines(state, id, "public").filter((line) => line.kind === "text");
  return texts.at(-1)?.text ?? "";
}

/** One chip per person: a party who came back hides the one that ended. Whose consultation is over stands on their own desk alone. */
export function shownParties(view) {
  const order = view.parties.filter((party) => party.kind !== "consultant" || party.connection !== "ended" || party.id === view.my).sort((a, b) => at(a.joined_at) - at(b.joined_at));
  const person = (party) => party.agent ?? "contact";
  return order.filter((party, index) => !order.slice(index + 1).some((later) => person(later) === person(party)));
}

/** The lane in which a party types now, or undefined. */
export const typingIn = (state, view, party, now, lanes = ["public", "internal"]) => lanes.find((lane) => (state.typing[view.id]?.[`${lane} ${party.id}`] ?? 0) > now);

export const isTyping = (state, view, party, now) => typingIn(state, view, party, now) !== undefined;

/** Who else reads what is written in a lane now. */
export function readers(view, lane) {
  const here = view.parties.filter((party) => party.id !== view.my && party.connection !== "ended");
  return here.filter((party) => party.kind === "agent" || (lane === "public" && party.kind === "contact"));
}

export const otherAgents = (view) =>
  view.parties.filter((party) => party.kind === "agent" && party.id !== view.my && party.connection !== "ended");

const ASKED = { consult: "consultation, ", transfer: "transfer, " };

/** An open invitation: "waiting", "ringing at Bo", or "ringing" where the target itself rings; before it what is asked, where it is no conference. */
export function ghostWords({ kind, state, ringing_at: who, target }) {
  return `${ASKED[kind] ?? ""}${state === "ringing" && who && target.type !== "agent" ? `ringing at ${who}` : state}`;
}

/** Has the chat now, if that is not me. */
export function holder(view) {
  const owner = view.owner && partyOf(view, view.owner);
  return owner && owner.id !== view.my && owner.connection !== "ended" && view.state !== "ended" ? owner : null;
}

/** What became of a chat that is over for this agent. */
export function whoHasIt(view) {
  const other = holder(view);
  return other ? `${other.nickname} has the chat.` : view.state === "ended" ? "The chat is over." : "The chat goes on.";
}

/** Are there older lines than those held, in the transcript or in the `lanes` given? */
export const hasOlder = (state, view, lanes = view.lanes.filter(({ lane }) => isMain(lane))) =>
  lanes.some((lane) => {
    const lines = laneLines(state, view.id, lane.lane);
    return lines.length > 0 && lines[0].number > lane.start;
  });

/** The highest numbers held, for `hello`. */
export function cursors(state) {
  const held = Object.entries(state.transcripts).map(([id, lanes]) => [
    id,
    Object.fromEntries(Object.entries(lanes).map(([name, lane]) => [name, lane.lines.at(-1)?.number ?? 0])),
  ]);
  return Object.fromEntries(held.filter(([id]) => state.reading[id] === "read"));
}
