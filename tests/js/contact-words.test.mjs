import assert from "node:assert/strict";
import { test } from "node:test";
import { initials, left, leftWords, names, place, status, typingWords, waitWords } from "../../static/contact/words.js";

test("names are listed as people say them", () => {
  assert.deepEqual([[], ["Ana"], ["Ana", "Bo"], ["Ana", "Bo", "Cy"]].map(names), ["", "Ana", "Ana and Bo", "Ana, Bo and Cy"]);
});

test("one types, several type", () => {
  assert.deepEqual([[], ["Ana"], ["Ana", "Bo"]].map(typingWords), ["", "Ana is typing", "Ana and Bo are typing"]);
});

test("initials take first and last name, and whole letters", () => {
  assert.deepEqual(["Ana", "Ana Ruiz", " ana  maria ruiz ", "😀 Bo", ""].map(initials), ["A", "AR", "AR", "😀B", ""]);
});

test("the head says who is there, and nothing about a connection that blinks", () => {
  const agents = [{ nickname: "Ana", connection: "away" }, { nickname: "Bo", connection: "connected" }, { nickname: "Cy", connection: "ended" }];
  assert.equal(status({ state: "active", agents }), "Connected with Ana and Bo");
  assert.equal(status({ state: "waiting", agents: [] }), "Waiting to be connected");
  assert.equal(status({ state: "ended", agents: [] }), "Chat ended");
  assert.equal(status(null), "Connecting");
});

test("place and wait, as far as they are known", () => {
  assert.equal(place({ position: 2 }), "You are number 2 in the line.");
  assert.equal(place({ position: null }), "You are in the line.");
  assert.equal(place(null), "You are in the line.");
  const said = [null, undefined, 0, 59, 60, 89, 90, 3540, 3600, 9000].map(waitWords);
  assert.deepEqual(said.slice(0, 4), ["", "", "The wait is usually under a minute.", "The wait is usually under a minute."]);
  assert.deepEqual(
    said.slice(4).map((words) => words.replace("The wait is usually about ", "")),
    ["a minute.", "a minute.", "2 minutes.", "59 minutes.", "an hour.", "3 hours."],
  );
});

test("the limit is told near the end and counts characters as the server does", () => {
  assert.equal(left("x".repeat(1899), 2000), null);
  assert.equal(left("x".repeat(1900), 2000), 100);
  assert.equal(left("😀".repeat(2001), 2000), -1);
  assert.deepEqual([null, 5, 1, -1].map(leftWords), ["", "5 characters left", "1 character left", "1 character too many"]);
});
