import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, forget, inTurn, isBusy, refusals } from "../../static/desk/asking.js";

/** Answers that come when the test says so. */
function held() {
  const asked = [];
  const run = (words) => () => new Promise((answer, refuse) => asked.push({ words, answer, refuse }));
  return { asked, run };
}

const settle = () => new Promise((done) => setTimeout(done));

test("what is clicked twice is asked for once", async () => {
  const { asked, run } = held();
  const first = ask("window", run("end"));
  assert.equal(await ask("window", run("end")), null);
  assert.ok(isBusy("window"));
  asked[0].answer("done");
  assert.equal(await first, "done");
  assert.equal(asked.length, 1);
  assert.ok(!isBusy("window"));
});

test("another thing at the same place is not lost while the first is on its way", async () => {
  const { asked, run } = held();
  const both = [ask("window", run("transfer"), "transfer 1"), ask("window", run("cancel"), "cancel 1")];
  assert.deepEqual(asked.map((one) => one.words), ["transfer", "cancel"]);
  asked[1].answer("cancelled");
  await both[1];
  assert.ok(isBusy("window"));
  asked[0].answer("transferred");
  assert.deepEqual(await Promise.all(both), ["transferred", "cancelled"]);
  assert.ok(!isBusy("window"));
});

test("a refusal stays at its place until it is forgotten, and what failed can be asked again", async () => {
  const refused = new Error("Bo has left.");
  assert.equal(await ask("status", () => Promise.reject(refused)), null);
  assert.equal(refusals.value.status, refused);
  assert.equal(await ask("status", async () => "Ready"), "Ready");
  assert.equal(refusals.value.status, undefined);
  await ask("status", () => Promise.reject(refused));
  forget("status");
  assert.equal(refusals.value.status, undefined);
});

test("of wishes in turn none is lost, none overtakes, and a refused one holds up nobody", async () => {
  const { asked, run } = held();
  const answers = [inTurn("status", run("ready")), inTurn("status", run("not ready")), inTurn("status", run("ready again"))];
  await settle();
  assert.deepEqual(asked.map((one) => one.words), ["ready"]);
  asked[0].answer(1);
  await settle();
  assert.deepEqual(asked.map((one) => one.words), ["ready", "not ready"]);
  asked[1].refuse(new Error("no"));
  await settle();
  asked[2].answer(3);
  assert.deepEqual(await Promise.all(answers), [1, null, 3]);
});
