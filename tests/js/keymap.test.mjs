/** The map of all keys: complete, without conflicts, and never in the way of somebody who writes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { GROUPS, global, keyOf, keymap, nameOf, pressed } from "../../static/desk/keymap.js";

const key = (name, held = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });
const wide = (one) => one.where === "everywhere" || one.where === "chat";

for (const enterSends of [true, false]) {
  const map = keymap({ enterSends });

  test(`no key means two things at one place (Enter ${enterSends ? "sends" : "does not send"})`, () => {
    for (const { where } of GROUPS) {
      const here = map.filter((one) => one.where === where || wide(one)).flatMap((one) => one.keys);
      assert.deepEqual(here.filter((name, index) => here.indexOf(name) !== index), [], where);
    }
  });

  test(`every key stands in one group and has words (Enter ${enterSends ? "sends" : "does not send"})`, () => {
    const known = new Set(GROUPS.map(({ where }) => where));
    assert.deepEqual(map.filter((one) => !known.has(one.where) || !one.words || !one.keys.length), []);
    assert.equal(new Set(map.map((one) => one.id)).size, map.length);
  });
}

test("what the whole page hears is bound, and nothing else is", () => {
  const source = readFileSync(new URL("../../static/desk/keys.js", import.meta.url), "utf8");
  const table = source.slice(source.indexOf("export const RUN"), source.indexOf("export function watchKeys"));
  const bound = [...table.matchAll(/^ {2}"?([a-z ]+)"?[:,]/gm)].map(([, id]) => id);
  assert.deepEqual(bound.toSorted(), keymap().filter(wide).map((one) => one.id).toSorted());
});

test("keys have names as people read them", () => {
  assert.equal(nameOf(key("k", { ctrlKey: true })), "Ctrl K");
  assert.equal(nameOf(key("k", { metaKey: true })), "Ctrl K");
  assert.equal(nameOf(key("ArrowUp", { altKey: true })), "Alt ↑");
  assert.equal(nameOf(key("F6", { shiftKey: true })), "Shift F6");
  assert.equal(nameOf(key("?", { shiftKey: true })), "?");
});

test("whoever writes is left alone, and may still use the other keys", () => {
  assert.equal(global(key("?", { shiftKey: true }), { writing: true }), null);
  assert.equal(global(key("?", { shiftKey: true }), { writing: false }).id, "help sign");
  assert.equal(global(key("/", { ctrlKey: true }), { writing: true }).id, "help");
  const plain = keymap().filter((one) => wide(one) && one.keys.some((name) => name.length === 1));
  assert.ok(plain.every((one) => one.plain), "a key that writes a sign says so");
});

test("keys with more held than asked for are other keys", () => {
  assert.equal(global(key("k", { ctrlKey: true, altKey: true }), { writing: false }), null);
  assert.equal(global(key("F2", { shiftKey: true }), { writing: false }), null);
});

test("what sends is the agent's choice", () => {
  const enter = key("Enter");
  assert.ok(pressed(enter, "send") && !pressed(enter, "send", { enterSends: false }));
  assert.ok(pressed(key("Enter", { ctrlKey: true }), "send", { enterSends: false }));
  assert.ok(!pressed(key("Enter", { shiftKey: true }), "send"));
  assert.deepEqual(keyOf("line", { enterSends: false }), ["Enter", "Shift Enter"]);
});
