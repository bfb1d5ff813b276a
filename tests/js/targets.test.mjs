import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, iconOf, joined, keyOf, listsOf, marked, noHits, refreshed, rowsOf, starOf, titleOf } from "../../static/desk/store/targets.js";

const hit = (type, name, more = {}) => ({ type, id: name, name, department: "", presence: { status: "ready", text: "1 ready" }, favourite: null, ...more });
const HITS = [hit("queue", "Network"), hit("queue", "Net sales"), hit("agent", "Bo Lind"), hit("skill", "Fibre")];
const NAMES = (rows) => rows.map(({ hit: one, more }) => one?.name ?? more.label);

test("grouped hits stand under headings of their type, the best type first, and say how many more there are", () => {
  const lists = listsOf(HITS, { grouped: true, counts: { queue: 2, agent: 312, skill: 1 } });
  assert.deepEqual(lists.map((list) => list.title), ["Queues", "Agents, 1 of 312", "Skills"]);
  assert.deepEqual(NAMES(rowsOf(lists)), ["Network", "Net sales", "Bo Lind", "Show all 312 agents", "Fibre"]);
});

test("one list keeps the order it came in, and goes on where there is a next page", () => {
  const lists = listsOf(HITS, { grouped: false, next: "x", title: "Best first, 40" });
  assert.deepEqual(NAMES(rowsOf(lists)), ["Network", "Net sales", "Bo Lind", "Fibre", "Show more"]);
  assert.equal(lists[0].title, "Best first, 40");
  assert.deepEqual(listsOf([], { grouped: false, next: null }), []);
});

test("headings of one list", () => {
  assert.equal(titleOf({ view: "recent", type: "all", counts: {} }), "Recent, newest first");
  assert.equal(titleOf({ view: "all", type: "queue", counts: { queue: 50 } }), "Queues, 50");
  assert.equal(titleOf({ view: "all", type: "all", counts: { queue: 50, agent: 2 } }), "Best first, 52");
});

test("what is refreshed stays where it is; what is gone goes; what was not asked about stays", () => {
  const ready = { ...HITS[2], presence: { status: "not_ready", text: "Not Ready" } };
  const after = refreshed(HITS, [keyOf(HITS[2]), keyOf(HITS[0])], [ready]);
  assert.deepEqual(after.map((one) => one.name), ["Net sales", "Bo Lind", "Fibre"]);
  assert.equal(after[1].presence.text, "Not Ready");
});

test("a next page repeats nothing", () => {
  assert.deepEqual(joined(HITS.slice(0, 2), HITS.slice(1)).map((one) => one.name), HITS.map((one) => one.name));
});

test("without a heading of its type a hit says its type itself", () => {
  const facts = (one, grouped) => factsOf(one, { grouped, now: 0 });
  assert.equal(facts(HITS[0], true), "1 ready");
  assert.equal(facts(HITS[0], false), "Queue, 1 ready");
  assert.equal(facts(hit("agent", "Bo Lind", { department: "Network" }), false), "1 ready, Network");
  assert.equal(facts(hit("queue", "Billing", { favourite: "corporate" }), true), "1 ready, corporate favourite");
});

test("a closed queue says when it opens, with the day unless it is today", () => {
  const now = new Date(2026, 2, 4, 12).getTime();
  const closed = (opens) => factsOf(hit("queue", "Night desk", { presence: { status: "logged_off", text: "closed, nobody logged in", opens } }), { grouped: true, now });
  assert.equal(closed(new Date(2026, 2, 4, 20).toISOString()), "closed, opens 20:00, nobody logged in");
  assert.equal(closed(new Date(2026, 2, 6, 8, 30).toISOString()), "closed, opens Fri 08:30, nobody logged in");
});

test("what was typed is marked where it was found", () => {
  const words = (name, query) => marked(name, query).map(({ text, on }) => (on ? `[${text}]` : text)).join("");
  assert.equal(words("José Núñez", "nun jo"), "[Jo]sé [Núñ]ez");
  assert.equal(words("Bo Lind", "ind"), "Bo Lind");
  assert.equal(words("Bo Lind", ""), "Bo Lind");
  assert.equal(words("Jean-Luc O’Neill", "one"), "Jean-Luc [O’Ne]ill");
  assert.equal(words("Jose\u0301 x", "jose"), "[Jose\u0301] x");
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
  assert.equal(noHits({ query: " zz ", view: "favourites" }), 'Nothing found for "zz" among favourites');
  assert.equal(noHits({ query: "zz", view: "all", type: "routing_point" }), 'Nothing found for "zz" among routing points');
  assert.match(noHits({ query: "", view: "favourites" }), /star/);
  assert.match(noHits({ query: "", view: "recent" }), /invited/);
  assert.equal(noHits({ query: "", view: "all" }), "Nothing found");
});

test("contacts stand under a heading of their own, and are nobody's favourite", () => {
  const hit = { type: "contact", id: "k", name: "Kim Lee", favourite: null };
  assert.deepEqual(listsOf([hit], { grouped: true, counts: { contact: 1 } }).map(({ title, hits }) => [title, hits.length]), [["Contacts", 1]]);
  assert.equal(starOf(hit).can, "Contacts come and go with their chats");
});
