/**
 * A transcript as it is shown: lanes merged by time without ever reordering one, cut into blocks.
 *
 * Blocks: {kind: "day", at} · {kind: "unread", count} · {kind: "from"} · {kind: "system", line} ·
 * {kind: "lines", party, lines} · {kind: "lane", notes: [...]} (agents only). Each has a stable `key`.
 */
import { at, isMain, laneLines, mine, shownParties } from "./views.js";

const TOGETHER = 90_000;
/** A long stretch is cut by its numbers, so that no block is without end and older lines move no cut. */
const STRETCH = 30;
const stretchOf = (line) => Math.floor(line.number / STRETCH);

/** Times are read once per line: a long transcript is laid out anew with each new line. */
const moments = new WeakMap();

function momentOf(line) {
  let moment = moments.get(line);
  if (!moment) moments.set(line, (moment = { at: at(line.at), day: dayOf(line.at) }));
  return moment;
}

/** The transcript itself: consultations stand beside it. */
export const mergedOf = (state, view) => interleave(view.lanes.filter(({ lane }) => isMain(lane)).map((lane) => laneLines(state, view.id, lane.lane)));

export function blocksOf(state, view, mark = null, merged = mergedOf(state, view)) {
  const own = state.written.filter((line) => line.interaction === view.id && isMain(line.lane));
  const blocks = [];
  const marks = marksOf(view, merged, mark);
  for (const line of [...merged, ...own.map((line) => ({ ...line, party: view.my, kind: "text", own: true }))]) {
    place(blocks, line, marks);
  }
  return blocks;
}

/** Always takes the lane whose next line is the oldest; a line never passes one of its own lane. */
export function interleave(lanes) {
  const rest = lanes.map((lines) => ({ lines, next: 0 })).filter(({ lines }) => lines.length);
  const merged = [];
  for (;;) {
    const open = rest.filter(({ lines, next }) => next < lines.length);
    if (!open.length) return merged;
    const oldest = open.reduce((a, b) => (momentOf(b.lines[b.next]).at < momentOf(a.lines[a.next]).at ? b : a));
    merged.push(oldest.lines[oldest.next]);
    oldest.next += 1;
  }
}

function marksOf(view, merged, mark) {
  const invited = mine(view)?.invited_by;
  const joined = at(view.segment.joined_at);
  const before = invited && merged.some((line) => line.kind === "text" && momentOf(line).at < joined);
  const fresh = mark ? merged.filter((line) => isNew(view, line, mark)) : [];
  return { from: before ? merged.find((line) => momentOf(line).at >= joined) : null, unread: fresh[0], count: fresh.length };
}

const isNew = (view, line, mark) =>
  line.kind === "text" && line.party !== view.my && line.lane === "public" && line.number > mark.after && line.number <= mark.upTo;

function place(blocks, line, marks) {
  const last = blocks.at(-1);
  const { day } = momentOf(line);
  if (day !== last?.day) blocks.push({ kind: "day", at: line.at, key: `day ${day}` });
  if (line === marks.from) blocks.push({ kind: "from", key: "from" });
  if (line === marks.unread) blocks.push({ kind: "unread", count: marks.count, key: "unread" });
  const open = blocks.at(-1) === last ? last : null;
  if (joins(open, line)) open.lines.push(line);
  else blocks.push(fresh(line));
  blocks.at(-1).day = day;
}

function joins(open, line) {
  if (!open?.lines || open.lane !== line.lane || (line.number && stretchOf(line) > stretchOf(open.lines[0]))) return false;
  if (line.lane !== "public") return true;
  if (open.kind !== "lines" || line.kind !== "text" || open.party !== line.party) return false;
  return momentOf(line).at - momentOf(open.lines[0]).at < TOGETHER;
}

function fresh(line) {
  const block = { lane: line.lane, key: line.id, lines: [line], at: line.at };
  if (line.lane !== "public") return { ...block, kind: "lane" };
  return line.kind === "system" ? { ...block, kind: "system" } : { ...block, kind: "lines", party: line.party };
}

const dayOf = (time) => new Date(time).toDateString();

/**
 * How far the others got with one's own lines of a lane: {line id: {seen: [parties], delivered: [parties], all}}.
 * Each party stands once as "seen", at the newest line they have seen, and once as "delivered" where that is further.
 * `all`: [{party, how}], everybody and that line.
 */
export function reached(view, lines) {
  const own = lines.filter((line) => line.kind === "text" && isOwn(view, line));
  const found = {};
  for (const party of own.length ? others(view, own[0].lane) : []) {
    const seen = newest(own, party.seen[own[0].lane]);
    const delivered = newest(own, party.delivered[own[0].lane]);
    if (seen) markOf(found, view, seen).seen.push(party);
    if (delivered && delivered !== seen) markOf(found, view, delivered).delivered.push(party);
  }
  return found;
}

const newest = (own, number = 0) => own.findLast((line) => line.number <= number);

/** One mark of a line, with the exact list of how far everybody is with it. */
function markOf(found, view, line) {
  return (found[line.id] ??= { seen: [], delivered: [], all: everybody(view, line) });
}

function everybody(view, { lane, number }) {
  const how = ({ seen, delivered }) => (seen[lane] >= number ? "seen" : delivered[lane] >= number ? "delivered" : "not yet");
  return others(view, lane).map((party) => ({ party, how: how(party) }));
}

/** Who else reads or read the lane, each person once. */
const others = (view, lane) => shownParties(view).filter((party) => !isMe(view, party) && lane in party.delivered);

const isMe = (view, party) => party.id === view.my || (!!party.agent && party.agent === mine(view)?.agent);

/** Also of an earlier stretch in the same chat. */
const isOwn = (view, line) => line.party === view.my || (!!line.party && isMe(view, view.parties.find(({ id }) => id === line.party) ?? {}));
