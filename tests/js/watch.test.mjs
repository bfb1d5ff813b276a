import assert from "node:assert/strict";
import { test } from "node:test";
import { percent, since, Watch } from "../../static/reports/watch.js";

const AT = "2026-03-04T12:00:00Z";

function watch(...answers) {
  const seen = { now: Date.parse(AT), words: [] };
  const fetch = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  seen.watch = new Watch({ address: "/b", fetch, clock: () => seen.now, changed: (it) => seen.words.push([it.words, it.stale]) });
  return seen;
}

const board = { ok: true, json: async () => ({ at: AT, queues: [], agents: [] }) };

test("a board that came is live, and old when nothing newer comes", async () => {
  const seen = watch(board);
  await seen.watch.ask();
  assert.deepEqual(seen.words, [["Live", false]]);
  seen.now += 16_000;
  assert.equal(seen.watch.stale, true);
  assert.match(seen.watch.words, /^Nothing new came\. As of /);
});

test("what cannot be reached is said, and the board stays with its time", async () => {
  const seen = watch(board, new Error("down"), { ok: false, status: 503 }, board);
  for (let n = 0; n < 4; n += 1) await seen.watch.ask();
  assert.match(seen.words[1][0], /^The server cannot be reached\. As of /);
  assert.match(seen.words[2][0], /^The server could not answer\. As of /);
  assert.deepEqual(seen.words[3], ["Live", false]);
});

test("who is signed out is told so, before any board came", async () => {
  const seen = watch({ ok: false, status: 401 });
  await seen.watch.ask();
  assert.deepEqual(seen.words, [["You are signed out. Sign in again, then load the page.", true]]);
});

test("a clock that is wrong shows right waits all the same", async () => {
  const seen = watch(board);
  seen.now -= 60_000;
  await seen.watch.ask();
  assert.equal(seen.watch.ahead, 60_000);
});

test("times and shares as people read them", () => {
  const now = Date.parse(AT);
  const before = (seconds) => since(new Date(now - seconds * 1000).toISOString(), now);
  assert.deepEqual([0, 42, 725, 3723, -5].map(before), ["0:00", "0:42", "12:05", "1:02:03", "0:00"]);
  assert.deepEqual([percent(null), percent(0.8333), percent(1)], ["–", "83 %", "100 %"]);
});
