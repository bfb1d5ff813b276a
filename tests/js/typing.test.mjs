/** The typing notice: at once, every three seconds while keys go on, gone ten seconds after the last. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Typing } from "../../static/common/typing.js";
import { fakeEnv, pass } from "./fakes.mjs";

function setUp(goes = () => true) {
  const env = fakeEnv();
  const start = env.time;
  const said = [];
  const typing = new Typing({ env, tell: (on) => goes() && said.push([env.time - start, on]) > 0 });
  const keysUntil = (end) => {
    for (; env.time - start < end; pass(env, 500)) typing.key();
  };
  return { env, said, typing, keysUntil };
}

test("the last key is always told, and taken back ten seconds after it", () => {
  const { env, said, keysUntil } = setUp();
  keysUntil(6_000);
  pass(env, 20_000);
  assert.deepEqual(said, [[0, true], [3_000, true], [6_000, true], [15_500, false]]);
});

test("a line and an empty field end it at once; the next key is told at once", () => {
  const { env, said, typing, keysUntil } = setUp();
  keysUntil(1_000);
  typing.sent();
  typing.key();
  pass(env, 1_000);
  typing.stop();
  typing.stop();
  pass(env, 20_000);
  assert.deepEqual(said, [[0, true], [1_000, true], [2_000, false]]);
});

test("what did not go out is said with the next key", () => {
  let up = false;
  const { env, said, typing } = setUp(() => up);
  typing.key();
  pass(env, 500);
  up = true;
  typing.key();
  assert.deepEqual(said, [[500, true]]);
});
