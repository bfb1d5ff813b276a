/** Conversations with colleagues: what is held, and what is found out to be missing. */
import assert from "node:assert/strict";
import test from "node:test";
import { asChat, hasOlderLines, isNewLine, linesOf, listedOf } from "../../static/desk/store/inbox.js";
import { BLANK, step } from "../../static/desk/store/store.js";
import { NOW, agent, desk, iso } from "./cast.mjs";

const ME = agent();
const talk = (more = {}) => ({ agent: "bo", name: "Bo Lind", nickname: "Bo", department: "Network", head: 0, seen: 0, unread: 0, their_seen: 0, at: iso(0), last: "", mine: false, can: true, ...more });
const said = (number, more = {}) => ({ number, author: "bo", id: `im-${number}`, text: `line ${number}`, at: iso(number), about: null, ...more });
const im = (inbox, number = inbox, more = {}) => ({ type: "im", inbox, unread: 1, conversation: talk({ head: number, unread: 1, ...more }), line: said(number) });
const welcome = (inbox = { version: 0, unread: 0, conversations: [] }) => ({ type: "welcome", snapshot: desk([], { inbox }), time: iso(0) });
const fetched = (numbers, more = {}) => ({ type: "fetched.conversation", agent: "bo", conversation: talk({ head: Math.max(...numbers) }), presence: "Ready", results: numbers.map((number) => said(number)), more: false, ...more });

function play(...events) {
  let [state, needs] = [BLANK, []];
  for (const event of events) [state, needs] = step(state, event, NOW);
  return { state, needs, inbox: state.inbox };
}

const numbers = ({ inbox }) => linesOf(inbox, "bo").map((line) => line.number);
const ALL = [{ what: "inbox" }, { what: "conversation", agent: "bo", after: 2 }];

test("the desk begins with what is unread and asks for nothing", () => {
  const { inbox, needs } = play(welcome({ version: 7, unread: 2, conversations: [talk({ unread: 2 })] }));
  assert.deepEqual([inbox.version, inbox.unread, needs], [7, 2, []]);
});

test("a line of a conversation that is not open raises the count and holds no text", () => {
  const { inbox, needs } = play(welcome(), im(1));
  assert.deepEqual([inbox.version, inbox.unread, linesOf(inbox, "bo"), needs], [1, 1, [], []]);
  assert.equal(listedOf(inbox)[0].nickname, "Bo");
});

test("lines of an open one are appended in order", () => {
  assert.deepEqual(numbers(play(welcome({ version: 2, unread: 0, conversations: [] }), fetched([1, 2]), im(3))), [1, 2, 3]);
});

test("a doubled frame changes nothing", () => {
  const { state, inbox } = play(welcome(), im(1));
  assert.equal(step(state, im(1), NOW)[0].inbox, inbox);
});

test("a gap fetches all that is held, and is found again until it is filled", () => {
  const opened = [welcome({ version: 2, unread: 0, conversations: [] }), fetched([1, 2])];
  const first = play(...opened, im(4));
  assert.deepEqual([first.needs, first.inbox.version, numbers(first)], [ALL, 2, [1, 2]]);
  assert.deepEqual(step(first.state, im(5), NOW)[1], ALL);
  const list = { type: "fetched.inbox", version: 4, unread: 2, results: [talk({ head: 4, unread: 2 })], next: null, more: false };
  const filled = play(...opened, im(4), list, fetched([3, 4], { after: 2 }));
  assert.deepEqual([filled.inbox.version, filled.inbox.unread, numbers(filled)], [4, 2, [1, 2, 3, 4]]);
});

test("a beat with a higher number finds out a lost push", () => {
  const beat = { type: "beat", heads: { agent: 1, interactions: {}, inbox: 3 }, time: iso(1) };
  assert.deepEqual(play(welcome({ version: 2, unread: 0, conversations: [] }), fetched([1, 2]), beat).needs, ALL);
  assert.deepEqual(play(welcome({ version: 3, unread: 0, conversations: [] }), beat).needs, []);
});

test("a new welcome fetches what was said meanwhile", () => {
  const later = welcome({ version: 9, unread: 1, conversations: [talk({ agent: "cy", unread: 1 })] });
  const { inbox, needs } = play(welcome({ version: 2, unread: 1, conversations: [talk({ unread: 1 })] }), fetched([1, 2]), later);
  assert.deepEqual([needs, inbox.conversations.bo.unread, inbox.conversations.cy.unread], [ALL, 0, 1]);
});

test("an answer older than what is held takes nothing back", () => {
  const old = { type: "fetched.inbox", version: 1, unread: 9, results: [], next: null, more: false };
  assert.equal(play(welcome({ version: 2, unread: 0, conversations: [] }), old).inbox.unread, 0);
  const seen = { type: "im_seen", inbox: 1, unread: 0, conversation: talk({ head: 2, seen: 2 }) };
  assert.equal(play(welcome(), seen, fetched([1, 2])).inbox.conversations.bo.seen, 2);
});

test("what was missed beyond one page is asked for again", () => {
  const { needs } = play(welcome(), fetched([1, 2]), fetched([3, 4], { after: 2, more: true }));
  assert.deepEqual(needs, [{ what: "conversation", agent: "bo", after: 4 }]);
});

test("older lines go before those held", () => {
  const opened = play(welcome(), fetched([5, 6], { more: true }));
  assert.ok(hasOlderLines(opened.inbox, "bo"));
  const [state] = step(opened.state, fetched([1, 2, 3, 4], { before: 5 }), NOW);
  assert.deepEqual(numbers(state), [1, 2, 3, 4, 5, 6]);
  assert.ok(!hasOlderLines(state.inbox, "bo"));
});

test("an own line waits, is acknowledged, refused, thrown away, or comes back as a line", () => {
  const own = { type: "im.written", line: { type: "im_send", id: "im-1", agent: "bo", text: "Hello", at: iso(0) } };
  assert.equal(play(welcome(), own, { type: "im_ack", id: "im-1", agent: "bo", number: 1 }).inbox.written[0].number, 1);
  const refused = play(welcome(), own, { type: "nack", id: "im-1", code: "gone", message: "Bo no longer works here." });
  assert.equal(refused.inbox.written[0].refused, "Bo no longer works here.");
  assert.deepEqual(step(refused.state, { type: "line.thrown", id: "im-1" }, NOW)[0].inbox.written, []);
  assert.deepEqual(play(welcome(), own, im(1)).inbox.written, []);
  assert.deepEqual(play(welcome(), own, fetched([1])).inbox.written, []);
});

test("behind the lock nothing is held but what was not sent", () => {
  const own = { type: "im.written", line: { type: "im_send", id: "x", agent: "bo", text: "Hello", at: iso(0) } };
  const { inbox, state } = play(welcome(), fetched([1, 2]), own, { type: "locked", since: iso(0), name: "Ana", username: "ana", rings: 0, time: iso(0) });
  assert.deepEqual([inbox.conversations, inbox.lines, inbox.written.length], [{}, {}, 1]);
  assert.equal(step(state, im(9), NOW)[0], state);
});

test("drawn as a chat of two", () => {
  const chat = asChat(play(welcome(), im(1, 1, { their_seen: 1 })).inbox, ME, "bo");
  assert.deepEqual(chat.parties.map((party) => [party.nickname, party.seen.public]), [["Ana", 0], ["Bo", 1]]);
});

test("only a colleague's line is news, and only once", () => {
  const { state } = play(welcome());
  assert.ok(isNewLine(im(1), state, ME));
  assert.ok(!isNewLine({ ...im(1), line: said(1, { author: ME.id }) }, state, ME));
  assert.ok(!isNewLine(im(1), play(welcome(), im(1)).state, ME));
});
