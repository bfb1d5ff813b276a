import assert from "node:assert/strict";
import { test } from "node:test";
import { initials, learn, left, leftWords, names, opens, place, status, t, typingWords, waitWords, why } from "../../static/contact/words.js";
import { page } from "./wording.mjs";

learn(page("en"), "en");

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

test("a refusal is said in the page's language where its code says enough", () => {
  learn(page("de"), "de");
  assert.equal(why({ code: "ended", message: "This chat has ended." }), "Dieser Chat ist beendet.");
  assert.equal(why({ code: "closed", message: "Wir haben zu." }), "Wir haben zu.");
  learn(page("en"), "en");
});

test("German: numbers, lists, waits", () => {
  learn(page("de"), "de", ["en-GB", "de-AT"]);
  assert.equal(names(["Ana", "Bo"]), "Ana und Bo");
  assert.equal(typingWords(["Ana", "Bo"]), "Ana und Bo schreiben");
  assert.deepEqual([59, 60, 180, 3600, 9000].map((seconds) => waitWords(seconds).match(/(weniger als )?\S+ \S+\.$/)[0]), [
    "weniger als eine Minute.",
    "eine Minute.",
    "3 Minuten.",
    "eine Stunde.",
    "3 Stunden.",
  ]);
  assert.match(opens("Wir öffnen {next_opening}.", "2026-03-05T08:00:00Z"), /^Wir öffnen Donnerstag, 5\. März/);
  assert.equal(opens("Wir öffnen {next_opening}.", null), "");
  learn(page("en"), "en");
});

test("every word the page asks for is there, in each language", async () => {
  const { readFileSync, readdirSync } = await import("node:fs");
  const folder = new URL("../../static/contact/", import.meta.url);
  const source = readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  const asked = [...source.matchAll(/\bt\("(\w+)"/g)].map((match) => match[1]);
  const counted = [...source.matchAll(/\bmany\((?:rest < 0 \? "(\w+)" : )?"(\w+)"/g)].flatMap((match) => [match[1], match[2]].filter(Boolean));
  assert.ok(asked.length > 10 && counted.length > 4);
  for (const language of ["en", "de"]) {
    const words = page(language);
    for (const key of asked) assert.ok(words[key], `${language}: ${key}`);
    for (const key of counted) assert.ok(words[`${key}_one`] && words[`${key}_other`], `${language}: ${key}`);
  }
  assert.equal(t("nothing_like_it"), "nothing_like_it");
});
