import assert from "node:assert/strict";
import { test } from "node:test";
import { behind, empty, ended, head, isMine, reduce, reachedBy, typists, unsent } from "../../static/contact/state.js";

const ANA = { party: "p-ana", nickname: "Ana", group: "Billing", connection: "connected" };
const BO = { party: "p-bo", nickname: "Bo", group: "Network", connection: "connected" };
const view = (changes = {}) => ({ id: "chat", state: "active", public_version: 1, number: 0, me: "p-kim", name: "Kim", agents: [ANA], text_limit: 2000, ...changes });
const line = (number, changes = {}) => ({ type: "message", interaction: "chat", lane: "public", number, party: "p-ana", kind: "text", text: `line ${number}`, at: "2026-03-04T14:00:00Z", id: `id-${number}`, ...changes });
const welcome = (changes) => ({ type: "welcome", snapshot: view(changes) });
const interaction = (changes) => ({ type: "interaction", ...view(changes) });
const hear = (frames, state = empty()) => frames.reduce(reduce, state);
const numbers = (state) => state.lines.map((item) => item.number);

test("lines are shown in the order of their numbers, whatever order they come in", () => {
  const state = hear([welcome(), line(2), line(3), line(1)]);
  assert.deepEqual(numbers(state), [1, 2, 3]);
  assert.deepEqual(state.ahead, {});
  assert.equal(behind(state), false);
});

test("a doubled line counts once", () => {
  const state = hear([welcome(), line(1), line(1), line(2), line(1)]);
  assert.deepEqual(numbers(state), [1, 2]);
});

test("a lost line is noticed by the next one, by a snapshot and by a beat", () => {
  const held = hear([welcome(), line(1)]);
  assert.equal(behind(held), false);
  assert.equal(behind(reduce(held, line(3))), true);
  assert.equal(behind(reduce(held, interaction({ public_version: 2, number: 2 }))), true);
  assert.equal(behind(reduce(held, { type: "beat", heads: { number: 2, public_version: 1, marks: 0 } })), true);
});

test("a lost snapshot is noticed by a beat", () => {
  const state = hear([welcome(), { type: "beat", heads: { number: 0, public_version: 2, marks: 0 } }]);
  assert.equal(behind(state), true);
  assert.equal(behind(reduce(state, interaction({ public_version: 2 }))), false);
});

test("what was fetched closes the gap, and what came early is not lost", () => {
  const state = hear([welcome(), line(1), line(4), { type: "fetched", snapshot: view({ number: 4 }), messages: [line(2), line(3)], waiting: null }]);
  assert.deepEqual(numbers(state), [1, 2, 3, 4]);
  assert.equal(behind(state), false);
});

test("an old beat, an old snapshot and an old answer change nothing", () => {
  const held = hear([welcome({ public_version: 3, number: 2 }), line(1), line(2)]);
  for (const frame of [
    { type: "beat", heads: { number: 1, public_version: 2, marks: 0 } },
    interaction({ public_version: 2, number: 1, agents: [] }),
    { type: "fetched", snapshot: view({ public_version: 1 }), messages: [line(1)], waiting: null },
  ])
    assert.deepEqual(reduce(held, frame), held);
});

test("reload means fetch, whatever the numbers say", () => {
  const state = hear([welcome(), { type: "reload", why: "too much was missed" }]);
  assert.equal(behind(state), true);
  assert.equal(behind(reduce(state, { type: "fetched", snapshot: view(), messages: [], waiting: null })), false);
});

test("any loss, doubling and order of frames ends in the same picture after one fetch", () => {
  const all = [welcome(), line(1), interaction({ public_version: 2, agents: [ANA, BO] }), line(2, { party: "p-bo" }), line(3), interaction({ public_version: 3, agents: [BO] }), line(4, { party: "p-bo" })];
  const last = { type: "fetched", snapshot: view({ public_version: 3, number: 4, agents: [BO] }), messages: [], waiting: null };
  const random = seeded(7);
  for (let round = 0; round < 500; round += 1) {
    const lossy = shuffled(all.flatMap((frame) => (random() < 0.3 ? [] : random() < 0.3 ? [frame, frame] : [frame])), random);
    const state = hear(lossy);
    const missed = [1, 2, 3, 4].filter((number) => number > head(state)).map((number) => all.find((frame) => frame.number === number));
    const healed = reduce(state, { ...last, messages: missed });
    assert.deepEqual(numbers(healed), [1, 2, 3, 4]);
    assert.equal(healed.view.public_version, 3);
    assert.deepEqual(healed.ahead, {});
    assert.equal(behind(healed), false);
  }
});

test("an own line is under way until its message comes, acknowledged or not, and is shown once", () => {
  const said = hear([welcome(), { type: "say", id: "a", text: "hi" }]);
  assert.deepEqual(said.mine, [{ id: "a", text: "hi" }]);
  const acked = reduce(said, { type: "ack", id: "a", number: 1 });
  assert.equal(acked.mine[0].sent, true);
  const mine = line(1, { id: "a", party: "p-kim" });
  for (const order of [[mine, { type: "ack", id: "a" }], [{ type: "ack", id: "a" }, mine], [mine, mine]]) {
    const state = hear(order, said);
    assert.deepEqual(state.mine, []);
    assert.equal(isMine(state, state.lines[0]), true);
  }
});

test("a line that outlived a reload and was stored after all is not shown twice", () => {
  assert.deepEqual(hear([{ type: "say", id: "id-1", text: "hi" }, welcome(), line(1, { party: "p-kim" })]).mine, []);
  assert.deepEqual(hear([welcome(), line(1, { party: "p-kim" }), { type: "say", id: "id-1", text: "hi" }]).mine, []);
});

test("a refused line keeps its text and says why, until it is taken back", () => {
  const state = hear([welcome(), { type: "say", id: "a", text: "hi" }, { type: "nack", id: "a", code: "ended", message: "This chat has ended." }]);
  assert.equal(state.mine[0].why, "This chat has ended.");
  assert.equal(unsent(state, "and more"), "hi\nand more");
  assert.deepEqual(reduce(state, { type: "drop", id: "a" }).mine, []);
});

test("nothing unsent is nothing", () => {
  assert.equal(unsent(empty(), "  "), "");
});

test("names are remembered after the agent has left", () => {
  const state = hear([welcome(), line(1), interaction({ public_version: 2, agents: [BO] })]);
  assert.equal(state.people["p-ana"].nickname, "Ana");
  assert.equal(empty(state.people).people["p-ana"].group, "Billing");
});

test("seen marks only rise, and wait for the name", () => {
  const state = hear([welcome({ agents: [] }), { type: "seen", party: "p-ana", number: 3 }, { type: "seen", party: "p-ana", number: 2 }]);
  assert.deepEqual(reachedBy(state, 3, "seen"), []);
  const named = reduce(state, interaction({ public_version: 2, agents: [ANA, BO] }));
  assert.deepEqual(reachedBy(named, 3, "seen"), ["Ana"]);
  assert.deepEqual(reachedBy(named, 4, "seen"), []);
});

test("what is seen has arrived; a lost mark is noticed by the beat's sum", () => {
  const state = hear([welcome({ agents: [{ ...ANA, seen: 0, delivered: 1 }] }), { type: "delivered", party: "p-ana", number: 3 }, { type: "delivered", party: "p-ana", number: 2 }]);
  assert.deepEqual([reachedBy(state, 3, "delivered"), reachedBy(state, 1, "seen")], [["Ana"], []]);
  assert.deepEqual(reachedBy(reduce(state, { type: "seen", party: "p-ana", number: 4 }), 4, "delivered"), ["Ana"]);
  const beat = (marks) => ({ type: "beat", heads: { number: 0, public_version: 1, marks } });
  assert.deepEqual([behind(reduce(state, beat(3))), behind(reduce(state, beat(4)))], [false, true]);
  const healed = [beat(4), { type: "fetched", snapshot: view({ agents: [{ ...ANA, seen: 1, delivered: 3 }] }), messages: [], waiting: null }].reduce(reduce, state);
  assert.equal(behind(healed), false);
});

test("typing ends with a line, with the notice, and with leaving; one's own other tab does not count", () => {
  const typing = hear([welcome({ agents: [ANA, BO] }), ...["p-ana", "p-bo", "p-kim", "p-ana"].map((party) => ({ type: "typing", party, on: true }))]);
  assert.deepEqual(typists(typing), ["Bo", "Ana"]);
  assert.deepEqual(typists(reduce(typing, line(1))), ["Bo"]);
  assert.deepEqual(typists(reduce(typing, line(1, { kind: "system" }))), ["Bo", "Ana"]);
  assert.deepEqual(typists(reduce(typing, { type: "typing", party: "p-bo", on: false })), ["Ana"]);
  assert.deepEqual(typists(reduce(typing, interaction({ public_version: 2, agents: [BO] }))), ["Bo"]);
});

test("the place in line goes when the wait is over", () => {
  const place = { type: "waiting", position: 2, estimated_wait: 60, staffed: true };
  const state = hear([welcome({ state: "waiting", agents: [] }), place]);
  assert.equal(state.waiting.position, 2);
  assert.equal(reduce(state, interaction({ public_version: 2 })).waiting, null);
});

test("a poll brings the place in line too", () => {
  const waiting = { position: 1, estimated_wait: null, staffed: true };
  const state = hear([{ type: "fetched", snapshot: view({ state: "waiting", agents: [] }), messages: [], waiting }]);
  assert.equal(state.waiting.position, 1);
});

test("an ended chat is ended, and unknown frames are nobody's business", () => {
  const state = hear([welcome(), interaction({ public_version: 2, state: "ended", agents: [] })]);
  assert.equal(ended(state), true);
  assert.equal(reduce(state, { type: "toString" }), state);
  assert.equal(reduce(state, { type: "survey" }), state);
});

function seeded(seed) {
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
}

function shuffled(list, random) {
  return list.map((item) => [random(), item]).sort((a, b) => a[0] - b[0]).map(([, item]) => item);
}
