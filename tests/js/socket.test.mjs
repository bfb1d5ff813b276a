import assert from "node:assert/strict";
import { test } from "node:test";
import { Socket } from "../../static/common/socket.js";
import { fakeEnv, pass, setBack } from "./fakes.mjs";

const WELCOME = { type: "welcome" };

function setUp(options = {}) {
  const env = fakeEnv(options.env);
  const frames = [];
  const socket = new Socket({ url: "/ws/agent/", hello: () => ({ cursors: {} }), onFrame: (frame) => frames.push(frame), env, keep: options.keep });
  socket.start();
  return { env, socket, frames, ws: () => env.sockets.at(-1) };
}

function welcomed(options) {
  const all = setUp(options);
  all.ws().open();
  all.ws().hear(WELCOME);
  return all;
}

test("says hello with its tab first and is live after welcome", () => {
  const { socket, ws } = setUp();
  assert.equal(ws().address, "ws://parley.test/ws/agent/");
  ws().open();
  assert.deepEqual(ws().sent, [{ type: "hello", tab: socket.tab, cursors: {} }]);
  assert.equal(socket.live, false);
  ws().hear(WELCOME);
  assert.equal(socket.live, true);
});

test("a fresh welcome needs a new connection, but not where one opens already", () => {
  const { env, socket, ws } = welcomed();
  socket.again();
  assert.equal(env.sockets.length, 2);
  assert.equal(env.sockets[0].closed, true);
  socket.again();
  assert.equal(env.sockets.length, 2);
  assert.equal(ws().closed, false);
  ws().open();
  ws().hear(WELCOME);
  assert.equal(socket.live, true);
});

test("a line written before welcome goes out once, after it", () => {
  const { socket, ws } = setUp();
  const id = socket.say({ interaction: "i", text: "hi" });
  ws().open();
  assert.equal(ws().sent.length, 1);
  ws().hear(WELCOME);
  assert.deepEqual(ws().sent[1], { type: "send", interaction: "i", id, text: "hi", lane: "public" });
});

test("lines without an answer are sent again after a reconnect, in order, with the same ids", () => {
  const { env, socket, ws } = welcomed();
  const ids = ["a", "b", "c"].map((text) => socket.say({ interaction: "i", text }));
  ws().hear({ type: "ack", id: ids[0], number: 1 });
  ws().lose();
  pass(env, 1);
  ws().open();
  ws().hear(WELCOME);
  assert.deepEqual(ws().sent.slice(1).map((frame) => frame.id), ids.slice(1));
});

test("a refused line is not sent again, and its refusal is handed on", () => {
  const { env, socket, ws, frames } = welcomed();
  const id = socket.say({ interaction: "i", text: "a" });
  ws().hear({ type: "nack", id, code: "not_party", message: "You left this chat." });
  ws().lose();
  pass(env, 1);
  ws().open();
  ws().hear(WELCOME);
  assert.equal(ws().sent.length, 1);
  assert.equal(frames.filter((frame) => frame.type === "nack").length, 1);
});

test("a line that is not answered on a living socket is sent again with the same id", () => {
  const { env, socket, ws } = welcomed();
  const id = socket.say({ interaction: "i", text: "a" });
  pass(env, 12_500);
  assert.deepEqual(ws().sent.filter((frame) => frame.type === "send").map((frame) => frame.id), [id, id]);
});

test("the outbox outlives a reload", () => {
  let kept = [];
  const keep = { load: () => kept, save: (lines) => (kept = lines) };
  const id = setUp({ keep }).socket.say({ interaction: "i", text: "a" });
  const { ws } = welcomed({ keep });
  assert.equal(ws().sent[1].id, id);
  ws().hear({ type: "ack", id, number: 1 });
  assert.deepEqual(kept, []);
});

test("what was written in a long outage goes out in portions", () => {
  const { env, socket, ws } = welcomed();
  ws().lose();
  for (let n = 0; n < 50; n += 1) socket.say({ interaction: "c", text: `Line ${n}` });
  pass(env, 1);
  ws().open();
  ws().hear(WELCOME);
  const sent = () => ws().sent.filter((frame) => frame.type === "send").map((frame) => frame.text);
  const answer = () => ws().sent.filter((frame) => frame.type === "send").forEach(({ id }) => ws().hear({ type: "ack", id, number: 1 }));
  assert.equal(sent().length, 20);
  answer();
  pass(env, 2_500);
  assert.equal(sent().length, 40);
  answer();
  pass(env, 2_500);
  assert.deepEqual(sent(), Array.from({ length: 50 }, (_, n) => `Line ${n}`));
});

test("a slow server is not asked for more than it has come to", () => {
  const { env, socket, ws } = welcomed();
  for (let n = 0; n < 50; n += 1) socket.say({ interaction: "c", text: `Line ${n}` });
  const texts = () => ws().sent.filter((frame) => frame.type === "send").map((frame) => frame.text);
  pass(env, 7_500);
  assert.equal(texts().length, 20);
  ws().hear({ type: "ack", id: ws().sent.findLast((frame) => frame.text === "Line 0").id, number: 1 });
  pass(env, 2_600);
  assert.deepEqual(texts().slice(20), Array.from({ length: 20 }, (_, n) => `Line ${n + 1}`));
});

test("tries again at once, then with full jitter up to ten seconds", () => {
  const { env, socket, ws } = welcomed();
  ws().lose();
  assert.equal(socket.state.retryAt, env.time);
  const delays = [];
  for (let round = 0; round < 9; round += 1) {
    pass(env, Math.max(1, socket.state.retryAt - env.time));
    ws().lose();
    delays.push(socket.state.retryAt - env.time);
  }
  assert.deepEqual(delays, [750, 1125, 1688, 2531, 3797, 5695, 8543, 10000, 10000]);
});

test("jitter is spread over the whole span", () => {
  const { env, socket, ws } = welcomed({ env: { random: () => 0.25 } });
  ws().lose(4412);
  assert.equal(socket.state.retryAt - env.time, 188);
});

test("a steady connection forgets earlier failures", () => {
  const { env, socket, ws } = welcomed();
  ws().lose();
  pass(env, 1);
  ws().open();
  ws().hear(WELCOME);
  pass(env, 13_000);
  ws().lose();
  assert.equal(socket.state.retryAt, env.time);
});

test("closes that are final stop it and say why", () => {
  for (const [code, why] of [[4401, "signed_out"], [4403, "forbidden"], [4409, "replaced"]]) {
    const { env, socket, ws } = welcomed();
    ws().lose(code);
    assert.equal(socket.state.stopped, why);
    pass(env, 120_000);
    assert.equal(env.sockets.length, 1);
  }
});

test("silence is asked about first, and only an unanswered question closes the socket", () => {
  const { env, socket, ws } = welcomed();
  pass(env, 17_500);
  assert.equal(ws().sent.at(-1).type, "beat");
  ws().hear({ type: "beat" });
  pass(env, 15_000);
  assert.equal(env.sockets.length, 1);
  pass(env, 15_000);
  assert.equal(env.sockets.length, 2);
  assert.equal(env.sockets[0].closed, true);
  assert.equal(socket.live, false);
});

test("a slept laptop asks once before it gives the socket up", () => {
  const { env, ws } = welcomed();
  env.time += 3_600_000;
  env.timers.find((timer) => timer.every).run();
  assert.equal(env.sockets.length, 1);
  assert.equal(ws().sent.at(-1).type, "beat");
});

test("a clock that is set back hides no silence and keeps no line", () => {
  const { env, socket, ws } = welcomed();
  const id = socket.say({ interaction: "i", text: "hi" });
  pass(env, 5_000);
  setBack(env, 3_600_000);
  pass(env, 2_500);
  assert.equal(ws().sent.filter((frame) => frame.id === id).length, 2);
  pass(env, 17_500);
  assert.equal(ws().sent.filter(({ type }) => type === "beat").length, 1);
  pass(env, 10_000);
  assert.equal(env.sockets.length, 2);
});

test("a connection that opens while the clock is set back is not waited for until the old time comes", () => {
  const { env } = setUp();
  pass(env, 5_000);
  setBack(env, 3_600_000);
  pass(env, 20_000);
  assert.equal(env.sockets.length, 2);
});

test("when the network returns it does not wait for its turn", () => {
  const { env, socket, ws } = welcomed();
  ws().lose(4429);
  env.listeners.online();
  assert.equal(env.sockets.length, 2);
  assert.equal(socket.state.phase, "retrying");
});

test("frames of a dropped socket are not heard", () => {
  const { env, ws, frames } = welcomed();
  const old = ws();
  old.lose();
  pass(env, 1);
  old.hear({ type: "message" });
  assert.deepEqual(frames.map((frame) => frame.type), ["welcome"]);
});
