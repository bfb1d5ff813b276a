import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf } from "../../static/desk/store/blocks.js";
import { NEWEST, chunksOf, following, isSame, newer, older, spanOf, startingAt } from "../../static/desk/store/chunks.js";
import { ANA, KIM, interaction, iso, line } from "./cast.mjs";

const view = interaction("i");
const lines = (from, to, more = {}) => Array.from({ length: to - from + 1 }, (_, index) => line("i", from + index, { at: iso((from + index) * 60), party: index % 2 ? ANA : KIM, ...more }));
const laid = (open, internal = []) => blocksOf({ transcripts: { i: { public: { lines: open }, internal: { lines: internal } } }, written: [] }, view);
const chunked = (...all) => chunksOf(laid(...all));
const texts = (chunks) => chunks.flatMap(({ blocks }) => blocks.flatMap((block) => block.lines?.map((one) => one.number) ?? []));

test("chunks hold all lines in their order, and older ones in front move none", () => {
  const held = lines(1, 500);
  const all = chunked(held);
  assert.deepEqual(texts(all), held.map((one) => one.number));
  const some = chunked(held.slice(300));
  assert.deepEqual(some.map((chunk) => chunk.key), all.map((chunk) => chunk.key).slice(-some.length));
  assert.ok(isSame(some.at(-1).blocks, all.at(-1).blocks));
});

test("a separator goes with the line after it, an internal band is not without end", () => {
  const all = chunked(lines(1, 100));
  assert.equal(all[0].blocks[0].kind, "day");
  const band = laid(lines(1, 1), lines(1, 300, { lane: "internal" })).filter((block) => block.kind === "lane");
  assert.ok(band.every((block) => block.lines.length <= 30));
});

test("what is drawn is bounded, going up and down", () => {
  const all = chunked(lines(1, 5000));
  let pane = NEWEST;
  const walk = (step) => {
    const [from, to] = spanOf(all, pane);
    assert.ok(to - from < 12);
    const next = step(all, pane);
    const moved = next !== pane;
    pane = next;
    return moved;
  };
  assert.deepEqual(spanOf(all, pane), [all.length - 4, all.length - 1]);
  while (walk(older));
  assert.equal(spanOf(all, pane)[0], 0);
  while (walk(newer));
  assert.equal(pane.last, null);
  assert.equal(spanOf(all, pane)[1], all.length - 1);
});

test("following the newest lines lets the oldest go", () => {
  const pane = { first: chunked(lines(1, 400))[0].key, last: null };
  assert.equal(following(chunked(lines(1, 300)), pane), pane);
  assert.equal(following(chunked(lines(1, 600)), pane), NEWEST);
});

test("a jump begins at its chunk; a chunk that is gone falls back to the newest", () => {
  const all = chunked(lines(1, 1000));
  assert.equal(spanOf(all, startingAt(all, 4))[0], 4);
  assert.deepEqual(spanOf(all, { first: "gone", last: "gone" }), spanOf(all, NEWEST));
  assert.deepEqual(spanOf([], NEWEST), [0, 0]);
});

test("a new line changes its own chunk only", () => {
  const old = lines(1, 500);
  const [before, after] = [chunked(old), chunked([...old, ...lines(501, 501)])];
  assert.deepEqual(before.map((chunk, index) => isSame(chunk.blocks, after[index].blocks)), before.map((_, index) => index < before.length - 1));
});
