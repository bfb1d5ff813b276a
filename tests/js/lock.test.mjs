/** The locked workspace holds nothing; what rings by itself and what is heard. */
import assert from "node:assert/strict";
import test from "node:test";
import { Socket } from "../../static/common/socket.js";
import { BLANK, step } from "../../static/desk/store/store.js";
import { answersIn, heardOf } from "../../static/desk/store/views.js";
import { ANA, BO, KIM, NOW, desk, frame, interaction, iso, line, message, party } from "./cast.mjs";
import { fakeEnv, pass } from "./fakes.mjs";

const LOCKED = { type: "locked", since: iso(0), name: "Ana Ruiz", username: "ana", rings: 0, time: iso(0) };
const run = (state, ...events) => events.reduce((held, event) => step(held, event, NOW)[0], state);
const opened = () => run(BLANK, { type: "welcome", snapshot: desk([interaction("one")]), time: iso(0) }, { type: "fetched.lines", interaction: "one", lines: [line("one", 1)] });

test("the lock takes everything away but lines that were not sent", () => {
  const own = { id: "own", interaction: "one", lane: "public", text: "Hello", at: iso(1) };
  const state = run(opened(), { type: "line.written", line: own }, LOCKED);
  assert.equal(state.lock.name, "Ana Ruiz");
  assert.deepEqual({ ...state, lock: null, clock: 0 }, { ...BLANK, written: [own] });
  const after = run(state, { type: "welcome", snapshot: desk([interaction("one")]), time: iso(0) });
  assert.equal(after.lock, null);
  assert.deepEqual(after.written, [own]);
});

test("what was on its way when it locked comes to nothing", () => {
  const state = run(opened(), LOCKED);
  const late = [frame(interaction("two")), message("one", 2), { type: "fetched.desk", desk: desk([interaction("one")]) }, { type: "fetched.interaction", view: interaction("one") }];
  for (const event of late) assert.deepEqual(step(state, event, NOW), [state, []], event.type);
});

test("a locked socket is connected, sends no line, and comes again at once when the lock turns", () => {
  const env = fakeEnv();
  const socket = new Socket({ url: "/ws/agent/", hello: () => ({}), onFrame: () => {}, env });
  socket.start();
  socket.say({ interaction: "one", text: "Hello" });
  env.sockets[0].open();
  env.sockets[0].hear(LOCKED);
  assert.equal(socket.state.phase, "locked");
  pass(env, 10_000);
  assert.deepEqual(env.sockets[0].sent.map(({ type }) => type), ["hello"]);
  pass(env, 9000);
  assert.equal(env.sockets[0].sent.at(-1).type, "beat");
  env.sockets[0].hear(LOCKED);
  env.sockets[0].lose(4423);
  assert.equal(env.sockets.length, 2, "without a wait, without words of a loss");
  env.sockets[1].open();
  env.sockets[1].hear({ type: "welcome" });
  assert.deepEqual(env.sockets[1].sent.map(({ type }) => type), ["hello", "send"]);
});

test("a server that cannot decide is not asked for ever", () => {
  const env = fakeEnv();
  const socket = new Socket({ url: "/ws/agent/", hello: () => ({}), onFrame: () => {}, env });
  socket.start();
  for (let turn = 0; turn < 20; turn += 1) env.sockets.at(-1).lose(4423);
  assert.ok(env.sockets.length < 8);
  assert.equal(socket.state.phase, "waiting");
});

test("a ring says when it is answered by itself", () => {
  const ring = { rang_at: iso(0), auto_answer: 5 };
  assert.equal(answersIn(ring, NOW), 5);
  assert.equal(answersIn(ring, NOW + 6000), 0);
  assert.equal(answersIn({ ...ring, auto_answer: 0 }, NOW), 0);
  assert.equal(answersIn({ ...ring, auto_answer: null }, NOW), null);
});

test("a line is heard unless it is one's own or looked at", () => {
  const before = opened();
  const heard = (event, looked = false) => heardOf(event, before, run(before, event), looked);
  assert.equal(heard(message("one", 2)), "message");
  assert.equal(heard(message("one", 2), true), null);
  assert.equal(heard(message("one", 2, { party: ANA })), null);
  assert.equal(heard(message("one", 1)), null, "a copy");
  assert.equal(heard(message("one", 2, { kind: "system" })), null);
});

test("a contact who left is heard, and so is a chat that was passed on; the own End is not", () => {
  const before = opened();
  const over = { version: 2, state: "ended", parties: [party(KIM, { connection: "ended" }), party(ANA)] };
  const heard = (event, was = before) => heardOf(event, was, run(was, event), true);
  assert.equal(heard(frame(interaction("one", over), "contact.left")), "left");
  assert.equal(heard(frame(interaction("one", over), "interaction.ended")), null);
  const helping = run(before, frame(interaction("one", { version: 2, owner: BO })));
  assert.equal(heard(frame(interaction("one", { version: 3, owner: ANA })), helping), "left");
});
