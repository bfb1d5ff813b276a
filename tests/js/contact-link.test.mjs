import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused } from "../../static/contact/api.js";
import { Link } from "../../static/contact/link.js";
import { fakeEnv, pass } from "./fakes.mjs";

const settled = () => new Promise((resolve) => setImmediate(resolve));
const unreachable = () => new Refused(0, { code: "unreachable", message: "We cannot reach the server." });
const ANSWER = { snapshot: { public_version: 1 }, messages: [], waiting: null };

function setUp({ answer = async () => ANSWER, keep } = {}) {
  const env = fakeEnv({ random: () => 1 });
  const [frames, states, calls] = [[], [], []];
  const ask = (method, path, options) => (calls.push({ method, path, ...options }), answer(method, path, options));
  const link = new Link({ chat: "c", token: "t", after: () => 7, onFrame: (frame) => frames.push(frame), onState: (state) => states.push(state), keep, env, ask });
  link.start();
  const live = () => (env.sockets.at(-1).open(), env.sockets.at(-1).hear({ type: "welcome" }));
  const wait = async (span) => {
    pass(env, span);
    for (let turn = 0; turn < 5; turn += 1) await settled();
  };
  return { env, link, frames, states, calls, live, wait, ws: () => env.sockets.at(-1) };
}

test("hello carries token and the highest number held; the address carries neither", () => {
  const { ws } = setUp();
  ws().open();
  const { tab, ...hello } = ws().sent[0];
  assert.deepEqual(hello, { type: "hello", token: "t", chat: "c", after: 7 });
  assert.equal(ws().address, "ws://parley.test/ws/contact/");
});

test("a socket that opens in time means no polling at all", async () => {
  const { live, wait, calls, states } = setUp();
  live();
  await wait(9_000);
  assert.deepEqual(calls, []);
  assert.deepEqual(states, ["live"]);
});

test("without a socket it polls every three seconds and sends lines by POST", async () => {
  const { link, wait, calls, states, frames } = setUp();
  await wait(4_000);
  assert.deepEqual(calls.map((call) => `${call.method} ${call.path}`), ["GET /c?after=7"]);
  assert.deepEqual(states, ["polling"]);
  const id = link.say("hi");
  await wait(0);
  assert.deepEqual(calls[1], { method: "POST", path: "/c/messages", token: "t", body: { id, text: "hi" } });
  assert.deepEqual(frames.map((frame) => frame.type), ["fetched", "ack", "fetched"]);
  assert.deepEqual(link.unsent, []);
  await wait(3_000);
  assert.equal(calls.filter((call) => call.method === "GET").length, 3);
});

test("a poll tells what was seen", async () => {
  const { link, wait, calls } = setUp();
  assert.equal(link.see(6), false);
  await wait(4_000);
  assert.equal(link.see(7), true);
  assert.equal(link.deliver(7), true);
  await wait(3_000);
  assert.deepEqual(calls.map((call) => call.path), ["/c?after=7&seen=6", "/c?after=7&seen=7"]);
});

test("polling stops when a socket opens after all", async () => {
  const { wait, live, calls, states } = setUp();
  await wait(4_000);
  live();
  await wait(8_000);
  assert.equal(calls.length, 1);
  assert.deepEqual(states, ["polling", "live"]);
});

test("with neither way it is down, slows down, and comes back with every line sent once", async () => {
  let away = true;
  const stored = [];
  const answer = async (method, path, { body }) => {
    if (away) throw unreachable();
    if (body) stored.push(body.id);
    return ANSWER;
  };
  const { env, link, live, wait, states, calls, ws } = setUp({ answer });
  live();
  ws().lose();
  assert.deepEqual(states, ["live", "down"]);
  const id = link.say("hi");
  await wait(60_000);
  const tries = calls.length;
  assert.ok(tries < 8, `${tries} polls in a minute`);
  away = false;
  await wait(60_000);
  assert.deepEqual(stored, [id]);
  assert.equal(states.at(-1), "polling");
  assert.equal(env.sockets.at(-1).sent.length, 0);
});

test("a refused line comes back as a nack with the server's words; the next one still goes", async () => {
  const answer = async (method, path, { body }) => {
    if (body?.text === "bad") throw new Refused(409, { code: "ended", message: "This chat has ended." });
    return ANSWER;
  };
  const { link, wait, frames } = setUp({ answer });
  const bad = link.say("bad");
  const good = link.say("good");
  await wait(4_000);
  assert.deepEqual(frames.slice(0, 2), [
    { type: "nack", id: bad, code: "ended", message: "This chat has ended." },
    { type: "ack", id: good },
  ]);
});

test("a server that is busy or away keeps the line", async () => {
  for (const status of [0, 429, 500, 503]) {
    const answer = async (method) => {
      if (method === "POST") throw new Refused(status);
      return ANSWER;
    };
    const { link, wait, states } = setUp({ answer });
    const id = link.say("hi");
    await wait(4_000);
    assert.deepEqual(link.unsent.map((line) => line.id), [id]);
    assert.equal(states.at(-1), "down");
  }
});

test("a revoked token ends it, over the socket and over HTTP", async () => {
  const one = setUp();
  one.ws().lose(4401);
  assert.deepEqual(one.states, ["gone"]);
  for (const status of [401, 403, 404]) {
    const other = setUp({ answer: async () => { throw new Refused(status); } });
    await other.wait(4_000);
    await other.wait(120_000);
    assert.deepEqual(other.states, ["gone"]);
    assert.equal(other.calls.length, 1);
  }
});

test("lines that a reload left unsent go out on the new socket with their old ids", () => {
  const keep = { load: () => [{ interaction: "c", id: "a", text: "hi", lane: "public" }], save: () => {} };
  const { live, link, ws } = setUp({ keep });
  assert.deepEqual(link.unsent.map((line) => line.id), ["a"]);
  live();
  assert.deepEqual(ws().sent[1], { type: "send", interaction: "c", id: "a", text: "hi", lane: "public" });
});

test("a line that came back as a message is not sent again, although its acknowledgement was lost", async () => {
  const { live, link, wait, ws } = setUp();
  live();
  const [stored, other] = [link.say("a"), link.say("b")];
  link.settle([{ id: other }]);
  await wait(12_500);
  assert.deepEqual(ws().sent.slice(1).map((frame) => frame.id), [stored, other, other]);
});

test("after stop nothing is heard, told or asked", async () => {
  const { link, wait, frames, states, calls } = setUp();
  await wait(4_000);
  const before = [frames.length, states.length, calls.length];
  link.stop();
  await wait(60_000);
  assert.deepEqual([frames.length, states.length, calls.length], before);
});

test("nothing of a socket that is refused for its origin is lost: it polls at once", async () => {
  const { ws, wait, states } = setUp();
  ws().lose(4403);
  await wait(0);
  assert.deepEqual(states, ["polling"]);
});
