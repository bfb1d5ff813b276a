/** The tree of dispositions: what is seen, what keys do, what search finds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as outcomes from "../../static/desk/store/outcomes.js";
import { needsOutcome } from "../../static/desk/store/views.js";

const node = (id, parent, name, kind = "code") => ({ id, parent, kind, name });
const NODES = [
  node("resolved", null, "Resolved"),
  node("line", null, "Line", "folder"),
  node("fibre", "line", "Fibre", "folder"),
  node("light", "fibre", "No light"),
  node("slow", "fibre", "Slow"),
  node("copper", "line", "Copper", "folder"),
  node("drops", "copper", "Drops"),
  node("cafe", null, "Café visit"),
];
const tree = outcomes.grow(NODES);
const none = new Set();
const ids = (open) => outcomes.rowsOf(tree, new Set(open)).map((row) => row.node.id);

test("a tree is closed at first and opens folder by folder", () => {
  assert.deepEqual(ids([]), ["resolved", "line", "cafe"]);
  assert.deepEqual(ids(["line"]), ["resolved", "line", "fibre", "copper", "cafe"]);
  assert.deepEqual(ids(["fibre"]), ["resolved", "line", "cafe"]);
  const row = outcomes.rowsOf(tree, new Set(["line"])).find((one) => one.node.id === "copper");
  assert.deepEqual([row.level, row.place, row.size], [2, 2, 2]);
});

test("what was chosen is in sight", () => {
  assert.deepEqual([...outcomes.above(tree, ["light", "resolved", "gone"])].sort(), ["fibre", "line"]);
});

test("arrows go through what is seen, open, close and climb", () => {
  const key = (open, here, name) => outcomes.keyed(tree, new Set(open), here, name);
  assert.deepEqual(key([], "resolved", "ArrowDown"), { here: "line" });
  assert.deepEqual(key([], "resolved", "ArrowUp"), { here: "resolved" });
  assert.deepEqual(key([], "resolved", "End"), { here: "cafe" });
  assert.deepEqual(key([], "cafe", "Home"), { here: "resolved" });
  assert.deepEqual([...key([], "line", "ArrowRight").open], ["line"]);
  assert.deepEqual(key(["line"], "line", "ArrowRight"), { here: "fibre" });
  assert.deepEqual(key(["line"], "fibre", "ArrowLeft"), { here: "line" });
  assert.deepEqual([...key(["line"], "line", "ArrowLeft").open], []);
  assert.deepEqual([...key(["line"], "fibre", "*").open].sort(), ["copper", "fibre", "line"]);
});

test("Enter and Space choose a code and open a folder, which cannot be chosen", () => {
  for (const key of ["Enter", " "]) {
    assert.deepEqual(outcomes.keyed(tree, none, "resolved", key), { pick: "resolved" });
    assert.deepEqual([...outcomes.keyed(tree, none, "line", key).open], ["line"]);
    assert.deepEqual([...outcomes.keyed(tree, new Set(["line"]), "line", key).open], []);
  }
  assert.equal(outcomes.keyed(tree, none, "resolved", "Tab"), null);
  assert.equal(outcomes.keyed(outcomes.grow([]), none, undefined, "Enter"), null);
});

test("letters go to the next row that begins with them", () => {
  const open = new Set(["line", "fibre"]);
  assert.equal(outcomes.typed(tree, open, "resolved", "s"), "slow");
  assert.equal(outcomes.typed(tree, open, "resolved", "c"), "copper");
  assert.equal(outcomes.typed(tree, open, "copper", "cc"), "cafe");
  assert.equal(outcomes.typed(tree, open, "copper", "caf"), "cafe");
  assert.equal(outcomes.typed(tree, open, "cafe", "cafe"), "cafe");
  assert.equal(outcomes.typed(tree, open, "resolved", "x"), null);
});

test("search takes words anywhere in the path, without accents", () => {
  const found = (query) => outcomes.search(tree, query).map((code) => code.id);
  assert.deepEqual(found("fibre"), ["light", "slow"]);
  assert.deepEqual(found("LIGHT fibre"), ["light"]);
  assert.deepEqual(found("line / drops"), ["drops"]);
  assert.deepEqual(found("cafe"), ["cafe"]);
  assert.deepEqual(found("sl"), ["slow"]);
  assert.deepEqual(found("  "), []);
  assert.deepEqual(found("nowhere"), []);
});

test("names that begin with what is typed come first", () => {
  const sorted = outcomes.grow([node("a", null, "Not solved"), node("b", null, "Solved"), node("f", null, "Solved late", "folder"), node("c", "f", "Other")]);
  assert.deepEqual(outcomes.search(sorted, "solv").map((code) => code.id), ["b", "a", "c"]);
});

test("one choice replaces another, several are added up to the limit", () => {
  assert.deepEqual(outcomes.toggled([], "a", 1), ["a"]);
  assert.deepEqual(outcomes.toggled(["a"], "b", 1), ["b"]);
  assert.deepEqual(outcomes.toggled(["a"], "a", 1), []);
  assert.deepEqual(outcomes.toggled(["a"], "b", 2), ["a", "b"]);
  assert.equal(outcomes.toggled(["a", "b"], "c", 2), null);
  assert.deepEqual(outcomes.toggled(["a", "b", "c"], "c", 2), ["a", "b"]);
});

test("lists without a tree show the folders as headings", () => {
  const groups = outcomes.byPlace(tree.codes).map(({ place, codes }) => [place, codes.map((code) => code.id)]);
  assert.deepEqual(groups, [["", ["resolved"]], ["Line / Fibre", ["light", "slow"]], ["Line / Copper", ["drops"]], ["", ["cafe"]]]);
});

test("what is asked is said beside the heading", () => {
  const need = (rule, more = {}) => outcomes.needOf({ rule: { required: true, max: 1, ...rule }, count: 0, over: false, early: false, ...more }).words;
  assert.equal(need({}), "required");
  assert.equal(need({}, { early: true }), "required, after the chat");
  assert.equal(need({}, { over: true }), "missing");
  assert.equal(need({}, { over: true, count: 1 }), "set");
  assert.equal(need({ max: 3 }, { count: 2 }), "set, 2 of 3");
  assert.equal(need({ required: false }), "not required");
});

test("a code of another list does not count", () => {
  const segment = (set) => ({ segment: { rule: { required: true, set: "here" }, disposition: [{ id: "a", name: "A", set }] } });
  assert.equal(needsOutcome(segment("here")), false);
  assert.equal(needsOutcome(segment("elsewhere")), true);
});

test("five hundred codes are found and walked through in no time", () => {
  const nodes = [];
  for (let folder = 0; folder < 50; folder++) {
    nodes.push(node(`f${folder}`, null, `Folder ${folder}`, "folder"));
    for (let code = 0; code < 10; code++) nodes.push(node(`c${folder}-${code}`, `f${folder}`, `Code ${folder} ${code}`));
  }
  const big = outcomes.grow(nodes);
  const open = new Set(nodes.filter((one) => one.kind === "folder").map((one) => one.id));
  assert.equal(outcomes.rowsOf(big, open).length, 550);
  assert.equal(outcomes.search(big, "code 49").length, 10);
  assert.deepEqual(outcomes.keyed(big, open, "c49-9", "ArrowDown"), { here: "c49-9" });
});
