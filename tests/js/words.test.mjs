import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, dayName, initials, labelled, leavingWords, lengthOf, listed, roughly, spoken, statusWords, stayChoice } from "../../static/desk/words.js";

test("clocks", () => {
  assert.deepEqual([-1, 0, 9.9, 61, 599, 3600, 4000].map(clock), ["0:00", "0:00", "0:09", "1:01", "9:59", "1:00:00", "1:06:40"]);
});

test("times for ears", () => {
  assert.deepEqual([1, 21, 60, 96, 120].map(spoken), ["1 second", "21 seconds", "1 minute", "1 minute 36", "2 minutes"]);
});

test("rough times", () => {
  assert.deepEqual([40, 200, 8000].map(roughly), ["40 s", "3 min", "2 h"]);
});

test("names in a row", () => {
  assert.deepEqual([[], ["Kim"], ["Kim", "Bo"], ["Kim", "Bo", "Cy"]].map((names) => listed(names)), ["", "Kim", "Kim and Bo", "Kim, Bo and Cy"]);
  assert.equal(listed(["a", "b"], "or"), "a or b");
});

test("initials of any name", () => {
  assert.deepEqual(["Ana Ruiz", "Bo", "  ", "李 雷", "Ana Maria de la Cruz"].map(initials), ["AR", "B", "?", "李雷", "AC"]);
});

test("letters are counted as the server counts them", () => {
  assert.equal(lengthOf("a😀b"), 3);
});

test("days: today is called so", () => {
  const noon = "2026-03-04T12:00:00Z";
  assert.match(dayName(noon, noon), /^Today, /);
  assert.doesNotMatch(dayName(noon, "2026-03-06T12:00:00Z"), /Today/);
});

test("a status with its reason", () => {
  assert.equal(statusWords({ status: "not_ready", reason: { name: "Lunch" } }), "Not Ready: Lunch");
  assert.equal(statusWords({ status: "after_call_work", reason: null }), "After Call Work");
});

test("a label that closes itself needs no colon", () => {
  const labels = ["Order number", "What is it about?", "Number (on the bill)", "Say: "];
  assert.deepEqual(labels.map((label) => labelled(label, "x")), ["Order number: x", "What is it about? x", "Number (on the bill): x", "Say: x"]);
});

test("what is planned after the last chat", () => {
  const words = [null, "logged_off", "not_ready"].map(leavingWords);
  assert.deepEqual(words, [null, "Logging off after your last chat", "Not Ready after your last chat"]);
});

test("to stay is to choose the present status again, or Ready where it cannot be chosen", () => {
  const lunch = { status: "not_ready", reason: "l", label: "Not Ready: Lunch" };
  const menu = [{ status: "ready", reason: null, label: "Ready" }, lunch, { status: "logged_off", reason: null, label: "Log Off" }];
  assert.equal(stayChoice({ status: "not_ready", reason: { id: "l", name: "Lunch" } }, menu), lunch);
  assert.equal(stayChoice({ status: "ready", reason: null }, menu), menu[0]);
  assert.deepEqual(stayChoice({ status: "not_ready", reason: { id: "s", name: "Not responding" } }, menu), { status: "ready" });
  assert.deepEqual(stayChoice({ status: "logged_off", reason: null }, menu), { status: "ready" });
});
