/** What is said of mails. */
import assert from "node:assert/strict";
import test from "node:test";
import { mailNews, origin, stateWords, subjectFor } from "../../static/desk/store/mails.js";
import { KIM, BO, agent, interaction, iso, party } from "./cast.mjs";

const mail = (more = {}) => ({ id: "m", to: "Kim", by: "Ana", state: "queued", problem: "", at: iso(0), sent_at: null, next_at: iso(0), ...more });
const state = (...mails) => ({ interactions: { x: interaction("x", { mails }) } });

test("what became of a queued mail is said once", () => {
  const [queued, sent, failed] = [state(mail()), state(mail({ state: "sent" })), state(mail({ state: "failed", problem: "No such user." }))];
  assert.deepEqual(mailNews(queued, sent), [{ words: "The mail to Kim was sent.", bad: false }]);
  assert.deepEqual(mailNews(queued, failed), [{ words: "The mail to Kim could not be sent. No such user.", bad: true }]);
  assert.deepEqual(mailNews(sent, state(mail({ state: "sent" }))), []);
  assert.deepEqual(mailNews(queued, queued), []);
  assert.deepEqual(mailNews({ interactions: {} }, sent), []);
});

test("a transcript nobody wrote: that it was sent is no news, that it was not is", () => {
  const mine = (more) => state(mail({ by: null, ...more }));
  assert.deepEqual(mailNews(mine(), mine({ state: "sent" })), []);
  const [said] = mailNews(mine(), mine({ state: "failed", problem: "No such user." }));
  assert.deepEqual(said, { words: "The transcript that Kim asked for could not be sent. No such user.", bad: true });
  assert.equal(origin(mail({ by: null })), "transcript for Kim, who asked for it");
  assert.equal(origin(mail({ by: "Ana" })), "Ana to Kim");
});

test("a mail's state in words", () => {
  const time = (when) => when.slice(11, 16);
  assert.equal(stateWords(mail(), time), "on its way");
  assert.equal(stateWords(mail({ problem: "away", next_at: iso(60) }), time), "not sent yet, next try 14:01");
  assert.equal(stateWords(mail({ state: "sent", sent_at: iso(120) }), time), "sent 14:02");
  assert.equal(stateWords(mail({ state: "failed", problem: "No" }), time), "not sent");
});

test("a contact's subject names nobody but who writes", () => {
  assert.equal(subjectFor(interaction("x"), party(KIM), agent()), "Your chat with Ana");
  assert.equal(subjectFor(interaction("x"), party(BO), agent()), "Chat with Kim Lee");
});
