/**
 * Frames in, state out. Pure: no DOM, no network, no clock; `now` (milliseconds) is passed in.
 *
 *   step(state, event, now) -> [state, needs]
 *
 * Events are the server's frames, and what the workspace itself learns: `fetched.desk`, `fetched.interaction`,
 * `fetched.lines`, `fetch.failed`, `fetch.again`, `line.written`, `line.thrown`, `call.failed`, `call.closed`, and those of
 * `inbox.js`. While the workspace is locked it holds
 * nothing but the lock, and lines of its own that were not sent; an answer that was on its way comes to nothing.
 * `needs` name what to fetch: {what: "desk"}, {what: "call", id}, {what: "interaction", id}, {what: "lines", interaction, lane?, after?}.
 */
import { failed, putAway, takeCall, takeDeskCall } from "./calls.js";
import { INBOX, NO_INBOX, begun, behindInbox, hidden, rewritten as rewrittenIn, thrown } from "./inbox.js";
import { EMPTY, append, gap, lastOf, merge } from "./lanes.js";
import { marksOf, newer, withLine, withMark } from "./merge.js";
import { slotsHeld } from "./views.js";

export const BLANK = {
  lock: null,
  agent: null,
  menu: [],
  queues: [],
  options: { text_limit: 2000, pending_amber: 30, pending_red: 60, typing_timeout: 10, lock_minutes: 0 },
  interactions: {},
  invitations: {},
  over: {},
  call: null,
  callClosed: null,
  departed: {},
  transcripts: {},
  reading: {},
  typing: {},
  written: [],
  inbox: NO_INBOX,
  clock: 0,
  settled: "",
};

export function step(state, event, now) {
  const run = EVENTS[event.type];
  if (state.lock && !OF_LOCKED.has(event.type)) return [state, []];
  return run ? run(state, event, now) : [state, []];
}

const OF_LOCKED = new Set(["welcome", "locked", "line.written", "im.written"]);

const EVENTS = {
  welcome: (state, { snapshot, time }, now) => takeDesk({ ...clocked(hopeful(state), time, now), lock: null }, snapshot, now),
  locked: ({ written, inbox }, { type, time, ...lock }, now) => [clocked({ ...BLANK, written, inbox: hidden(inbox), lock }, time, now), []],
  "fetched.desk": (state, { desk }, now) => takeDesk(clocked(state, desk.time, now), desk, now),
  "fetched.interaction": (state, { view }) => takeInteraction(state, view, { fresh: true }),
  "fetched.lines": takeLines,
  "fetch.failed": (state, { interaction }) => [reading(state, interaction, "failed"), []],
  "fetch.again": (state, { interaction }) => [{ ...state, reading: omit(state.reading, interaction) }, []],
  interaction: (state, { type, cause, ...view }) => takeInteraction(state, view),
  invitation: (state, { type, ...invitation }) => [takeInvitation(state, invitation), []],
  call: (state, { type, ...call }) => [takeCall(state, call), []],
  "call.failed": (state, about) => [failed(state, about), []],
  "call.closed": (state, about) => [putAway(state, about), []],
  agent: (state, { type, ...agent }) => [takeAgent(state, agent), []],
  message: takeMessage,
  ack: (state, frame) => [rewritten(state, frame.id, { number: frame.number }), []],
  nack: (state, frame) => [refused(state, frame), []],
  typing: takeTyping,
  seen: takeMark,
  delivered: takeMark,
  gone: (state, frame) => [without(state, frame.interaction), []],
  queues: (state, { queues }) => [{ ...state, queues }, []],
  beat: (state, frame, now) => takeBeat(clocked(state, frame.time, now), frame.heads, now),
  reload: (state) => [{ ...state, transcripts: {}, reading: {} }, [{ what: "desk" }, ...Object.keys(state.interactions).map(lines)]],
  "line.written": (state, { line }) => [{ ...state, written: [...state.written, line] }, []],
  "line.thrown": (state, { id }) => [{ ...state, written: state.written.filter((line) => line.id !== id), inbox: thrown(state.inbox, id) }, []],
  ...Object.fromEntries(Object.entries(INBOX).map(([type, run]) => [type, (state, event) => inInbox(state, run(state.inbox, event))])),
};

const inInbox = (state, [inbox, needs]) => [{ ...state, inbox }, needs];

// --- snapshots ----------------------------------------------------------------------------

function takeDesk(state, desk, now) {
  if (state.agent && desk.agent.version < state.agent.version) return [state, []];
  const interactions = {};
  for (const view of desk.interactions) interactions[view.id] = newer(state.interactions[view.id], view, { fresh: true });
  const invitations = Object.fromEntries(desk.invitations.filter((one) => rings(state, one)).map((one) => [one.id, one]));
  const { agent, menu, queues, options } = desk;
  const [inbox, missed] = begun(state.inbox, desk.inbox);
  const [called, asks] = takeDeskCall(state, desk.call);
  const next = { ...trimmed(called, interactions), agent, menu, queues, options, interactions, invitations, inbox };
  return [{ ...next, settled: balance(next, slotsHeld(next, now + next.clock)) }, [...asks, ...Object.values(interactions).flatMap((view) => behind(next, view)), ...missed]];
}

/** Lines of interactions that left the desk are forgotten. */
function trimmed(state, interactions) {
  const keep = (of) => Object.fromEntries(Object.entries(of).filter(([id]) => id in interactions));
  const written = state.written.filter((line) => line.interaction in interactions);
  return { ...state, transcripts: keep(state.transcripts), reading: keep(state.reading), typing: keep(state.typing), written };
}

/** A late frame does not bring back what has left; joining it anew has a higher version. */
function takeInteraction(state, view, how) {
  const held = state.interactions[view.id];
  if (!held && view.version <= state.departed[view.id]) return [state, []];
  const kept = newer(held, view, how);
  if (kept === held) return [state, []];
  const next = { ...state, interactions: { ...state.interactions, [view.id]: kept } };
  return [next, behind(next, kept)];
}

function takeAgent(state, agent) {
  return state.agent && agent.version <= state.agent.version ? state : { ...state, agent };
}

/** A ring that ended stays ended, even if its first frame arrives again; a later ring of the same invitation counts. */
function takeInvitation(state, invitation) {
  const { id } = invitation;
  const rang = Date.parse(invitation.rang_at);
  if (invitation.state === "ringing") {
    return rings(state, invitation) ? { ...state, invitations: { ...state.invitations, [id]: invitation } } : state;
  }
  const over = { ...state.over, [id]: Math.max(state.over[id] ?? 0, rang) };
  const held = state.invitations[id];
  return held && Date.parse(held.rang_at) > rang ? { ...state, over } : { ...state, over, invitations: omit(state.invitations, id) };
}

function rings(state, { id, rang_at: rang }) {
  return !(state.over[id] >= Date.parse(rang));
}

// --- lines --------------------------------------------------------------------------------

function takeMessage(state, { type, ...line }) {
  const view = state.interactions[line.interaction];
  if (!view) return [state, [{ what: "desk" }]];
  const lane = append(laneOf(state, line.interaction, line.lane), line);
  const joined = withLane(state, line.interaction, line.lane, lane);
  const next = hushed({ ...joined, written: joined.written.filter((own) => own.id !== line.id) }, line);
  if (!isRead(state, line.interaction)) return [next, needsLines(next, line.interaction)];
  return [next, gap(lane) === null ? [] : [lines(line.interaction, line.lane, gap(lane))]];
}

/** `lines` may belong to several lanes; each run is in order. */
function takeLines(state, { interaction, lines: all }) {
  if (!state.interactions[interaction]) return [state, []];
  let next = reading(state, interaction, "read");
  for (const name of new Set(all.map((line) => line.lane))) {
    const run = all.filter((line) => line.lane === name).sort((a, b) => a.number - b.number);
    next = withLane(next, interaction, name, merge(laneOf(next, interaction, name), run));
  }
  const held = new Set(all.map((line) => line.id));
  next = { ...next, written: next.written.filter((own) => !held.has(own.id)) };
  const grew = next.interactions[interaction].lanes.some(({ lane }) => lastOf(laneOf(next, interaction, lane)) > lastOf(laneOf(state, interaction, lane)));
  return [next, grew ? behind(next, next.interactions[interaction]) : []];
}

/** What must be fetched so that no line of this interaction is missing. */
function behind(state, view) {
  if (!isRead(state, view.id)) return needsLines(state, view.id);
  return view.lanes.flatMap(({ lane, start, head }) => {
    const held = laneOf(state, view.id, lane);
    const known = Math.max(head, held.ahead.at(-1)?.number ?? 0);
    return known >= start && known > lastOf(held) ? [lines(view.id, lane, lastOf(held))] : [];
  });
}

/** A new connection: what failed is tried again. */
function hopeful(state) {
  const read = Object.entries(state.reading).filter(([, how]) => how === "read");
  return { ...state, reading: Object.fromEntries(read) };
}

/** A transcript that failed waits for the reader to ask again. */
function needsLines(state, id) {
  return state.reading[id] === "failed" ? [] : [lines(id)];
}

function lines(interaction, lane, after) {
  return lane && after ? { what: "lines", interaction, lane, after } : { what: "lines", interaction };
}

const isRead = (state, id) => state.reading[id] === "read";

function laneOf(state, id, name) {
  const start = state.interactions[id]?.lanes.find((lane) => lane.lane === name)?.start ?? 1;
  return state.transcripts[id]?.[name] ?? { ...EMPTY, start };
}

/** Lines count for the head and the wait as they join the unbroken run, so in their order. */
function withLane(state, id, name, lane) {
  const last = lastOf(laneOf(state, id, name));
  const joined = lane.lines.filter((line) => line.number > last);
  const next = { ...state, transcripts: { ...state.transcripts, [id]: { ...state.transcripts[id], [name]: lane } } };
  return changed(next, id, (view) => joined.reduce(withLine, view));
}

const reading = (state, id, how) => ({ ...state, reading: { ...state.reading, [id]: how } });

function rewritten(state, id, change) {
  return { ...state, written: state.written.map((line) => (line.id === id ? { ...line, ...change } : line)) };
}

function refused(state, { id, message, code }) {
  const change = { refused: message, code };
  return { ...rewritten(state, id, change), inbox: rewrittenIn(state.inbox, id, change) };
}

function takeMark(state, frame) {
  return [changed(state, frame.interaction, (view) => withMark(view, frame)), []];
}

// --- signs of life ------------------------------------------------------------------------

function takeTyping(state, { interaction, lane, party, on }, now) {
  const until = on ? now + state.clock + state.options.typing_timeout * 1000 : 0;
  const held = state.typing[interaction] ?? {};
  return [{ ...state, typing: { ...state.typing, [interaction]: { ...held, [`${lane} ${party}`]: until } } }, []];
}

function hushed(state, { interaction, lane, party }) {
  const held = state.typing[interaction];
  const key = `${lane} ${party}`;
  return held?.[key] ? { ...state, typing: { ...state.typing, [interaction]: { ...held, [key]: 0 } } } : state;
}

/** Previews have no heads of their own, but they count in the load: if that does not fit, the desk is read, once. */
function takeBeat(state, heads, now) {
  const needs = [...missing(state, heads), ...behindInbox(state.inbox, heads.inbox)];
  const held = slotsHeld(state, now + state.clock);
  const doubts = state.agent && state.agent.load !== held && state.settled !== balance(state, held);
  return [state, doubts ? [{ what: "desk" }, ...needs.filter((need) => need.what !== "desk")] : needs];
}

const balance = ({ agent }, held) => `${agent.version} ${agent.load} ${held}`;

/** The server's head numbers against what is held: anything higher is fetched. */
function missing(state, heads) {
  if (!state.agent || heads.agent > state.agent.version) return [{ what: "desk" }];
  if (Object.keys(state.interactions).some((id) => !(id in heads.interactions))) return [{ what: "desk" }];
  return Object.entries(heads.interactions).flatMap(([id, head]) => {
    const view = state.interactions[id];
    if (!view) return [{ what: "desk" }];
    const old = head.version > view.version || Object.entries(head.marks).some(([lane, sum]) => sum > marksOf(view, lane));
    return [...(old ? [{ what: "interaction", id }] : []), ...missingLines(state, view, head.lanes)];
  });
}

function missingLines(state, view, heads) {
  return behind(state, { ...view, lanes: view.lanes.map((lane) => ({ ...lane, head: heads[lane.lane] ?? lane.head })) });
}

function clocked(state, time, now) {
  return { ...state, clock: Date.parse(time) - now };
}

// --- small tools --------------------------------------------------------------------------

function changed(state, id, change) {
  const view = state.interactions[id];
  return view ? { ...state, interactions: { ...state.interactions, [id]: change(view) } } : state;
}

function without(state, id) {
  const interactions = omit(state.interactions, id);
  const departed = { ...state.departed, [id]: state.interactions[id]?.version ?? 0 };
  return { ...trimmed(state, interactions), interactions, departed };
}

function omit(of, key) {
  const { [key]: gone, ...rest } = of;
  return rest;
}
