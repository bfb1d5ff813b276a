import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, grouped, iconOf, inOrder, keyOf, noHits, starOf } from "../../static/desk/store/targets.js";

const hit = (type, name, more = {}) => ({ type, id: name, name, department: "", presence: { status: "ready", text: "1 ready" }, favourite: null, ...more });
const HITS = [hit("queue", "Network"), hit("agent", "Bo Lind"), hit("queue", "Billing"), hit("skill", "Fibre")];

test("hits stand under headings of their type, in the order of the types", () => {
  const groups = grouped(HITS, "all").map(({ title, hits }) => [title, ...hits.map((one) => one.name)]);
  assert.deepEqual(groups, [["Agents", "Bo Lind"], ["Skills", "Fibre"], ["Queues", "Network", "Billing"]]);
});

test("arrows go through hits as they are shown", () => {
  assert.deepEqual(inOrder(HITS, "all").map((one) => one.name), ["Bo Lind", "Fibre", "Network", "Billing"]);
  assert.deepEqual(inOrder(HITS, "favourites"), inOrder(HITS, "all"));
});

test("recent ones stay newest first", () => {
  assert.deepEqual(inOrder(HITS, "recent"), HITS);
  assert.deepEqual(grouped(HITS, "recent").map((group) => group.title), ["Recent, newest first"]);
  assert.deepEqual(grouped([], "recent"), []);
});

test("without a heading of its type a hit says its type itself", () => {
  assert.equal(factsOf(HITS[0], "all"), "1 ready");
  assert.equal(factsOf(HITS[0], "recent"), "Queue, 1 ready");
  assert.equal(factsOf(hit("agent", "Bo Lind", { department: "Network" }), "recent"), "1 ready, Network");
  assert.equal(factsOf(hit("queue", "Billing", { favourite: "corporate" }), "all"), "1 ready, corporate favourite");
});

test("two targets of one id but another type are two", () => {
  assert.notEqual(keyOf(hit("queue", "x")), keyOf(hit("group", "x")));
});

test("agents have faces, all others icons", () => {
  assert.deepEqual(["agent", "group", "skill", "queue", "routing_point"].map((type) => !!iconOf({ type })), [false, true, true, true, true]);
});

test("own favourites can be removed, corporate ones cannot", () => {
  assert.deepEqual(starOf({ favourite: null }), { on: false, label: "Add to favourites", can: true });
  assert.deepEqual(starOf({ favourite: "own" }), { on: true, label: "Remove from favourites", can: true });
  assert.equal(typeof starOf({ favourite: "corporate" }).can, "string");
});

test("an empty list says why", () => {
  assert.equal(noHits({ query: " zz ", view: "favourites" }), 'Nothing found for "zz"');
  assert.match(noHits({ query: "", view: "favourites" }), /star/);
  assert.match(noHits({ query: "", view: "recent" }), /invited/);
  assert.equal(noHits({ query: "", view: "all" }), "Nothing found");
});
