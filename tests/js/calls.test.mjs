import assert from "node:assert/strict";
import test from "node:test";

import { aggregate, aboutWords, callWords, carrier, endWords, isNoNews } from "../../static/desk/store/calls.js";
import { BLANK, step } from "../../static/desk/store/store.js";
import { statusWords } from "../../static/desk/words.js";
import { NOW, agent, desk, iso } from "./cast.mjs";

const CALL = {
  id: "c1", version: 1, state: "ringing", incoming: true, other: { id: "bo", name: "Bo Lind", nickname: "Bo", department: "Network" }, about: null,
  tab: "", placed_at: iso(0), connected_at: null, ended_at: null, expires_at: iso(30), cause: null, by: null,
};
const call = (more = {}) => ({ ...CALL, ...more });
const frame = (more = {}) => ({ type: "call", ...call(more) });
const run = (events, state = BLANK) => events.reduce((held, event) => step(held, event, NOW)[0], state);
const opened = (more) => run([{ type: "welcome", snapshot: desk([], more), time: iso(0) }]);

test("a call is what its newest frame says, late and doubled ones aside", () => {
  const state = run([frame(), frame({ version: 3, state: "active" }), frame({ version: 2, state: "connecting" }), frame({ version: 3, state: "active" })]);
  assert.equal(state.call.state, "active");
});

test("a late frame of an older call brings nothing back", () => {
  const state = run([frame({ id: "c2", placed_at: iso(60) }), frame({ version: 4, state: "ended", cause: "hung_up" })]);
  assert.equal(state.call.id, "c2");
});

test("an ended call stays until it is put away, and then for good", () => {
  const ended = frame({ version: 2, state: "ended", cause: "unanswered" });
  const state = run([frame(), ended]);
  assert.equal(state.call.cause, "unanswered");
  assert.equal(run([{ type: "call.closed", id: "c1" }, ended], state).call, null);
});

test("a desk names the call that lives, and of one that it does not name is asked what became of it", () => {
  const state = opened({ call: call() });
  assert.equal(state.call.state, "ringing");
  const [, needs] = step(state, { type: "welcome", snapshot: desk([], { call: null }), time: iso(1) }, NOW);
  assert.deepEqual(needs, [{ what: "call", id: "c1" }]);
  const ended = run([frame({ version: 2, state: "ended", cause: "declined" })], state);
  assert.deepEqual(step(ended, { type: "welcome", snapshot: desk([], { call: null }), time: iso(1) }, NOW)[1], []);
});

test("what this page knows first holds until the server's word", () => {
  const state = run([frame({ version: 2, state: "connecting" }), { type: "call.failed", id: "c1", cause: "not_connected" }]);
  assert.deepEqual([state.call.state, state.call.cause], ["ended", "not_connected"]);
  assert.equal(run([frame({ version: 3, state: "ended", cause: "hung_up", by: "other" })], state).call.cause, "hung_up");
  assert.equal(run([{ type: "call.failed", id: "other", cause: "lost" }], run([frame()])).call.state, "ringing");
});

test("behind the lock nothing of a call is held", () => {
  const state = run([frame(), { type: "locked", time: iso(1), since: iso(1), name: "Ana Ruiz", username: "ana", rings: 1 }]);
  assert.equal(state.call, null);
});

test("how a call stands, in words", () => {
  assert.equal(callWords(call(), "me"), "Bo is calling");
  assert.equal(callWords(call({ incoming: false, tab: "me" }), "me"), "Calling Bo");
  assert.equal(callWords(call({ state: "connecting", tab: "me" }), "me"), "Connecting to Bo");
  assert.equal(callWords(call({ state: "active", tab: "other" }), "me"), "In a call with Bo, in another tab");
  assert.deepEqual([carrier(call(), "me"), carrier(call({ tab: "x" }), "me"), carrier(call({ tab: "me" }), "me")], ["none", "other", "mine"]);
  assert.equal(aboutWords(call({ about: { id: "k", name: "Kim Lee" } })), "Network, about Kim Lee");
});

test("how a call ended, in words and after how long", () => {
  const ended = (more) => endWords(call({ state: "ended", ...more }));
  assert.equal(ended({ cause: "cancelled", by: "other" }), "Missed call from Bo.");
  assert.equal(ended({ cause: "unanswered" }), "Missed call from Bo.");
  assert.equal(ended({ cause: "unanswered", incoming: false }), "Bo did not answer.");
  assert.equal(ended({ cause: "declined", by: "other", incoming: false }), "Bo declined the call.");
  assert.equal(ended({ cause: "hung_up", by: "other", connected_at: iso(0), ended_at: iso(192) }), "Bo hung up, after 3:12.");
  assert.match(ended({ cause: "not_connected" }), /within ten seconds/);
  assert.match(ended({ cause: "microphone", by: "other" }), /Bo's microphone/);
  assert.match(ended({ cause: "page", by: "me" }), /this page was closed or reloaded/);
  assert.match(ended({ cause: "lost" }), /connection to Bo was lost/);
  assert.equal(ended({ cause: "something new" }), "The call with Bo has ended.");
  assert.equal(isNoNews(call({ cause: "hung_up", by: "me" })), true);
  assert.equal(isNoNews(call({ cause: "lost", by: null })), false);
});

test("all channels as one", () => {
  const channel = (name, status, since, reason = null) => ({ channel: name, status, since: iso(since), reason });
  const all = (...channels) => aggregate(channels, statusWords);
  assert.deepEqual(all(channel("chat", "ready", 1), channel("voice", "ready", 2)), { status: "ready", words: "Ready", since: iso(2) });
  assert.equal(all(channel("chat", "not_ready", 1), channel("voice", "ready", 2)).words, "Ready on 1 of 2");
  assert.equal(all(channel("chat", "not_ready", 1, { name: "Lunch" }), channel("voice", "logged_off", 2)).words, "Not Ready: Lunch on 1 of 2");
  assert.equal(all(channel("chat", "ready", 1)).words, "Ready");
  assert.equal(all(), null);
  assert.ok(agent().channels);
});

test("a call that ends with its consultation says so", () => {
  assert.equal(endWords(call({ state: "ended", cause: "consultation" })), "The consultation with Bo has ended, and the call with it.");
});
