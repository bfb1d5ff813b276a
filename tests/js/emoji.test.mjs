/** Emoji: each once, each with a name, found by any of its words; the sign lands where one was writing. */
import assert from "node:assert/strict";
import test from "node:test";
import { COLUMNS, EMOJI, found, inserted, moved, nameOf } from "../../static/desk/emoji.js";
import { lengthOf } from "../../static/desk/words.js";

const signs = (query) => found(query).map(({ sign }) => sign);

test("each is one sign, stands there once and can be read out", () => {
  const segments = new Intl.Segmenter("en", { granularity: "grapheme" });
  assert.ok(EMOJI.length > 100);
  assert.deepEqual(EMOJI.filter(({ sign }) => [...segments.segment(sign)].length !== 1 || !/\p{Emoji}/u.test(sign)), []);
  assert.equal(new Set(EMOJI.map(({ sign }) => sign)).size, EMOJI.length);
  assert.deepEqual(EMOJI.filter((one) => !/^[a-z][a-z -]*$/.test(nameOf(one))), []);
  assert.equal(new Set(EMOJI.map(nameOf)).size, EMOJI.length, "no two are called the same");
});

test("the start of any of its words finds it, all of them must fit", () => {
  assert.deepEqual(signs("thanks"), ["🙏"]);
  assert.deepEqual(signs("  Circ GREEN "), ["🟢"]);
  assert.deepEqual(signs("🔑"), ["🔑"]);
  assert.deepEqual(signs("irthday"), []);
  assert.equal(found("").length, EMOJI.length);
});

test("arrows walk the grid and stop at its edges", () => {
  assert.equal(moved("ArrowRight", 0, 20), 1);
  assert.equal(moved("ArrowDown", 3, 20), 3 + COLUMNS);
  assert.equal(moved("ArrowUp", 3, 20), 3);
  assert.equal(moved("ArrowLeft", 0, 20), 0);
  assert.equal(moved("ArrowDown", 15, 20), 15);
  assert.equal(moved("ArrowRight", 0, 0), 0);
  assert.equal(moved("a", 3, 20), null);
});

test("the sign takes the place of what was selected", () => {
  assert.deepEqual(inserted("Hello there", 5, 11, "👍"), { text: "Hello👍", caret: 7 });
  assert.deepEqual(inserted("", 0, 0, "❤️"), { text: "❤️", caret: 2 });
  assert.equal(lengthOf(inserted("ab", 1, 1, "👍").text), 3);
});
