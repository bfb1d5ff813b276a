/**
 * Lines of a lane: an unbroken run of numbers, plus those that came ahead of their turn.
 * A lane is { start, lines, ahead }; `start` is the first number its reader may read.
 * Both functions return a new lane and never change the old.
 */

export const EMPTY = { start: 1, lines: [], ahead: [] };

const firstOf = (lane) => lane.lines[0]?.number ?? null;
export const lastOf = (lane) => lane.lines.at(-1)?.number ?? lane.start - 1;

/** One pushed line. Held already: nothing changes. Ahead of its turn: kept until the gap is filled. */
export function append(lane, line) {
  if (line.number <= lastOf(lane) || lane.ahead.some((other) => other.number === line.number)) return lane;
  return close({ ...lane, ahead: [...lane.ahead, line] });
}

/** A fetched run, in order. One that lies beyond a gap replaces what is held: older lines can be read again. */
export function merge(lane, run) {
  if (!run.length) return lane;
  const from = run[0].number;
  const to = run.at(-1).number;
  if (!lane.lines.length || from > lastOf(lane) + 1) return close({ ...lane, lines: run });
  if (to < firstOf(lane) - 1) return lane;
  const before = run.filter((line) => line.number < firstOf(lane));
  const after = run.filter((line) => line.number > lastOf(lane));
  return close({ ...lane, lines: [...before, ...lane.lines, ...after] });
}

/** The number after which lines are missing, or null. */
export function gap(lane) {
  return lane.ahead.length ? lastOf(lane) : null;
}

function close(lane) {
  const waiting = lane.ahead.filter((line) => line.number > lastOf(lane)).sort((a, b) => a.number - b.number);
  const turn = waiting.findIndex((line, index) => line.number !== lastOf(lane) + 1 + index);
  const joins = turn === -1 ? waiting.length : turn;
  return { ...lane, lines: [...lane.lines, ...waiting.slice(0, joins)], ahead: waiting.slice(joins) };
}
