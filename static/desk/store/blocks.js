/**
 * A transcript as it is shown: lanes merged by time without ever reordering one, cut into blocks.
 *
 * Blocks: {kind: "day", at} · {kind: "unread", count} · {kind: "from"} · {kind: "system", line} ·
 * {kind: "lines", party, lines} · {kind: "lane", notes: [...]} (agents only). Each has a stable `key`.
 */
import { at, laneLines, mine, partyOf } from "./views.js";

const TOGETHER = 90_000;

export function blocksOf(state, view, mark = null) {
  const merged = interleave(view.lanes.map((lane) => laneLines(state, view.id, lane.lane)));
  const own = state.written.filter((line) => line.interaction === view.id);
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
    const oldest = open.reduce((a, b) => (at(b.lines[b.next].at) < at(a.lines[a.next].at) ? b : a));
    merged.push(oldest.lines[oldest.next]);
    oldest.next += 1;
  }
}

function marksOf(view, merged, mark) {
  const invited = mine(view)?.invited_by;
  const joined = at(view.segment.joined_at);
  const before = invited && merged.some((line) => line.kind === "text" && at(line.at) < joined);
  return {
    from: before ? merged.find((line) => at(line.at) >= joined) : null,
    unread: mark ? merged.find((line) => isNew(view, line, mark)) : null,
    count: mark ? merged.filter((line) => isNew(view, line, mark)).length : 0,
  };
}

const isNew = (view, line, mark) =>
  line.kind === "text" && line.party !== view.my && line.lane === "public" && line.number > mark.after && line.number <= mark.upTo;

function place(blocks, line, marks) {
  const last = blocks.at(-1);
  if (dayOf(line.at) !== lastDay(blocks)) blocks.push({ kind: "day", at: line.at, key: `day ${dayOf(line.at)}` });
  if (line === marks.from) blocks.push({ kind: "from", key: "from" });
  if (line === marks.unread) blocks.push({ kind: "unread", count: marks.count, key: "unread" });
  const open = blocks.at(-1) === last ? last : null;
  if (joins(open, line)) open.lines.push(line);
  else blocks.push(fresh(line));
}

function joins(open, line) {
  if (!open?.lines || open.lane !== line.lane) return false;
  if (line.lane !== "public") return true;
  if (open.kind !== "lines" || line.kind !== "text" || open.party !== line.party) return false;
  return at(line.at) - at(open.lines[0].at) < TOGETHER && !open.lines.at(-1).refused && !line.refused;
}

function fresh(line) {
  const block = { lane: line.lane, key: line.id, lines: [line], at: line.at };
  if (line.lane !== "public") return { ...block, kind: "lane" };
  return line.kind === "system" ? { ...block, kind: "system" } : { ...block, kind: "lines", party: line.party };
}

const dayOf = (time) => new Date(time).toDateString();

function lastDay(blocks) {
  const last = blocks.findLast((block) => block.at);
  return last ? dayOf(last.lines?.at(-1).at ?? last.at) : null;
}

/** Who has seen each agent's latest public line: {line id: [parties]}. */
export function seenBy(view, lines) {
  const found = {};
  const authors = new Set(lines.filter((line) => line.kind === "text").map((line) => line.party));
  for (const author of authors) {
    if (partyOf(view, author)?.kind !== "agent") continue;
    const line = lines.findLast((one) => one.kind === "text" && one.party === author);
    const seen = view.parties.filter((party) => party.id !== author && (party.seen.public ?? 0) >= line.number);
    if (seen.length) found[line.id] = seen.filter((party) => party.id !== view.my);
  }
  return found;
}
