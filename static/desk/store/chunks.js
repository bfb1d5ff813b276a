/**
 * The part of a long transcript that is drawn: blocks in chunks, and a pane of neighbouring chunks over them.
 * A pane is { first, last }: keys of chunks; `first` null: as many as open at once, `last` null: down to the newest.
 * All functions are pure; a pane that names a chunk which is gone falls back to the newest.
 */

const SIZE = 30;
const OPEN = 4;
const STEP = 1;
const MOST = 12;

export const NEWEST = { first: null, last: null };

/** [{key, blocks}]. A chunk is cut by numbers of lines, so that older lines in front of it do not move it. */
export function chunksOf(blocks) {
  const chunks = [];
  const numbers = { public: 0, internal: 0 };
  let ahead = [];
  for (const block of blocks) {
    const line = block.lines?.[0];
    if (!line) {
      ahead.push(block);
      continue;
    }
    if (line.number) numbers[line.lane === "public" ? "public" : "internal"] = Math.floor(line.number / SIZE);
    const key = `${numbers.public}.${numbers.internal}`;
    if (chunks.at(-1)?.key !== key) chunks.push({ key, blocks: [] });
    chunks.at(-1).blocks.push(...ahead, block);
    ahead = [];
  }
  if (ahead.length && chunks.length) chunks.at(-1).blocks.push(...ahead);
  return chunks;
}

/** [from, to]: indexes of the first and the last chunk that are drawn. */
export function spanOf(chunks, pane) {
  const to = placeOf(chunks, pane.last) ?? chunks.length - 1;
  const from = placeOf(chunks, pane.first) ?? to - OPEN + 1;
  return [Math.max(0, Math.min(from, to)), Math.max(0, to)];
}

export const isNewest = (pane) => pane.last === null;

/** A step towards the first line; what is then too much is cut at the other end. The same pane when there is none. */
export function older(chunks, pane) {
  const [from, to] = spanOf(chunks, pane);
  if (from === 0) return pane;
  const first = Math.max(0, from - STEP);
  const last = Math.min(to, first + MOST - 1);
  return { first: chunks[first].key, last: last === chunks.length - 1 ? pane.last : chunks[last].key };
}

/** A step towards the newest line. */
export function newer(chunks, pane) {
  const [from, to] = spanOf(chunks, pane);
  if (isNewest(pane)) return pane;
  const last = Math.min(chunks.length - 1, to + STEP);
  return { first: chunks[Math.max(from, last - MOST + 1)].key, last: last === chunks.length - 1 ? null : chunks[last].key };
}

/** A pane that begins at this chunk, for jumps. */
export function startingAt(chunks, index) {
  const last = Math.min(chunks.length - 1, index + OPEN);
  return { first: chunks[index].key, last: last === chunks.length - 1 ? null : chunks[last].key };
}

/** Following the newest lines, the oldest ones drawn go. */
export function following(chunks, pane) {
  const [from, to] = spanOf(chunks, pane);
  return isNewest(pane) && pane.first !== null && to - from >= MOST ? NEWEST : pane;
}

/** The same lines with the same marks: nothing to draw anew. */
export function isSame(one, other) {
  return one === other || (one.length === other.length && one.every((block, index) => sameBlock(block, other[index])));
}

function sameBlock(one, other) {
  if (one.kind !== other.kind || one.key !== other.key || one.count !== other.count || one.lines?.length !== other.lines?.length) return false;
  return !one.lines || one.lines.every((line, index) => sameLine(line, other.lines[index]));
}

/** Own lines on their way are made anew each time. */
const sameLine = (one, other) => one === other || (one.own && other.own && one.id === other.id && one.refused === other.refused && one.number === other.number);

function placeOf(chunks, key) {
  if (key === null) return null;
  const at = chunks.findIndex((chunk) => chunk.key === key);
  return at === -1 ? null : at;
}
