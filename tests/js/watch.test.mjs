import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, percent, since, Watch } from "../../static/reports/watch.js";
import { fakeEnv, pass } from "./fakes.mjs";

const queue = (id, name, waiting = 0) => ({ id, name, waiting, longest_since: null });
const at = (env) => new Date(env.time).toISOString();
const board = (env, ...queues) => ({ at: at(env), since: at(env), threshold: 20, queues, agents: [] });
const change = (env, more) => ({ type: "board", at: at(env), since: at(env), threshold: 20, queues: [], agents: [], gone: [], ...more });

function wall() {
  const env = fakeEnv();
  const watch = new Watch({ url: "/ws/board/", env, changed: () => {} });
  watch.start();
  const connect = (...queues) => {
    env.sockets.at(-1).open();
    env.sockets.at(-1).hear({ type: "welcome", board: board(env, ...queues), time: at(env), protocol: 1 });
  };
  return { env, watch, connect, hear: (frame) => env.sockets.at(-1).hear(frame) };
}

test("a board is live from its welcome on, and what changes is put in its place", () => {
  const { env, watch, connect, hear } = wall();
  assert.deepEqual([watch.words, watch.stale, watch.board], ["Connecting", false, null]);
  connect(queue("b", "Billing"), queue("a", "Access"));
  assert.deepEqual([watch.words, watch.stale], ["Live", false]);
  assert.equal(env.sockets[0].sent[0].type, "hello");
  hear(change(env, { queues: [queue("b", "Billing", 2), queue("c", "Care")], gone: ["a"] }));
  assert.deepEqual(watch.board.queues.map(({ name, waiting }) => [name, waiting]), [["Billing", 2], ["Care", 0]]);
});

test("a row that is renamed moves to its place, and nothing else is touched", () => {
  const env = fakeEnv();
  const before = { ...board(env, queue("a", "Access"), queue("b", "Billing")), agents: [{ id: "x", name: "Ana" }] };
  const after = apply(before, change(env, { queues: [queue("a", "Zero")] }));
  assert.deepEqual(after.queues.map(({ name }) => name), ["Billing", "Zero"]);
  assert.deepEqual(after.agents, before.agents);
  assert.deepEqual(before.queues.map(({ name }) => name), ["Access", "Billing"]);
});

test("beats keep a board live; without them it says since when it is old", () => {
  const { env, watch, connect, hear } = wall();
  connect();
  for (let n = 0; n < 4; n += 1) {
    pass(env, 5_000);
    hear({ type: "beat", time: at(env) });
  }
  assert.deepEqual([watch.words, watch.staleSince], ["Live", null]);
  const last = env.time;
  pass(env, 12_500);
  assert.equal(watch.staleSince, last);
  assert.match(watch.words, /^Nothing new came\. Not up to date since \d/);
});

test("a lost connection is said at once, the board stays with its time, and the new one brings it up to date", () => {
  const { env, watch, connect } = wall();
  connect(queue("a", "Access"));
  const last = env.time;
  pass(env, 1_000);
  env.sockets.at(-1).lose();
  assert.match(watch.words, /^The server cannot be reached, trying again\. Not up to date since /);
  assert.deepEqual([watch.stale, watch.staleSince, watch.board.queues.length], [true, last, 1]);
  pass(env, 1_000);
  assert.equal(env.sockets.length, 2);
  connect(queue("a", "Access", 4));
  assert.deepEqual([watch.words, watch.board.queues[0].waiting], ["Live", 4]);
});

test("a server without a database says so, until it vouches again", () => {
  const { env, watch, connect, hear } = wall();
  connect();
  hear({ type: "error", code: "unavailable", message: "The server cannot reach its database just now." });
  assert.match(watch.words, /^The server cannot reach its database just now\. Not up to date since /);
  hear({ type: "beat", time: at(env) });
  assert.equal(watch.words, "Live");
});

test("behind a lock no figure stays, and the board goes on by itself", () => {
  const { env, watch, connect, hear } = wall();
  connect(queue("a", "Access"));
  env.sockets.at(-1).lose(4423);
  env.sockets.at(-1).open();
  hear({ type: "locked", time: at(env) });
  assert.deepEqual([watch.board, watch.words], [null, "Your workspace is locked. Unlock it, and the board goes on."]);
  env.sockets.at(-1).lose(4423);
  connect(queue("a", "Access"));
  assert.deepEqual([watch.words, watch.board.queues.length], ["Live", 1]);
});

test("who may not see it, or no longer, is told why", () => {
  for (const [code, words] of [[4401, /^You are signed out\./], [4403, /^This board is not for you\./]]) {
    const { env, watch } = wall();
    env.sockets.at(-1).lose(code);
    assert.match(watch.words, words);
    pass(env, 60_000);
    assert.equal(env.sockets.length, 1);
  }
});

test("a clock that is wrong shows right waits all the same", () => {
  const { env, watch, hear } = wall();
  env.sockets[0].open();
  const time = new Date(env.time + 60_000).toISOString();
  hear({ type: "welcome", board: board(env), time, protocol: 1 });
  assert.equal(watch.ahead, 60_000);
});

test("times and shares as people read them", () => {
  const before = (seconds) => since(1_000_000 - seconds * 1000, 1_000_000);
  assert.deepEqual([0, 42, 725, 3723, -5].map(before), ["0:00", "0:42", "12:05", "1:02:03", "0:00"]);
  assert.deepEqual([percent(null), percent(0.8333), percent(1)], ["–", "83 %", "100 %"]);
});
