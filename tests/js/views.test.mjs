import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf, interleave, reached } from "../../static/desk/store/blocks.js";
import { BLANK } from "../../static/desk/store/store.js";
import { ghostWords, holder, lists, longestWaiting, readers, shownParties, slotsHeld, tailsLeft, unreadLines, unseenNews, waitOf } from "../../static/desk/store/views.js";
import { ANA, BO, KIM, NOW, agent, interaction, iso, lane, line, party } from "./cast.mjs";

const OPTIONS = BLANK.options;

function state(view, lines = []) {
  const transcripts = { [view.id]: {} };
  for (const one of lines) (transcripts[view.id][one.lane] ??= { start: 1, lines: [], ahead: [] }).lines.push(one);
  return { ...BLANK, interactions: { [view.id]: view }, transcripts };
}

const waiting = (id, since) => interaction(id, { lanes: [lane("public", { unanswered_since: since })] });

test("the wait is a ring, a triangle, an octagon", () => {
  const levels = [0, 29, 30, 59, 60].map((seconds) => waitOf(waiting("i", iso(0)), OPTIONS, NOW + seconds * 1000).level);
  assert.deepEqual(levels, ["ok", "ok", "warn", "warn", "bad"]);
});

test("nobody waits in a chat that is over for me", () => {
  const left = { ...waiting("i", iso(0)), segment: { ...interaction("i").segment, left_at: iso(5) } };
  assert.equal(waitOf(left, OPTIONS, NOW), null);
});

test("the chat that waits longest", () => {
  const all = { ...BLANK, interactions: { a: waiting("a", iso(10)), b: waiting("b", iso(4)), c: interaction("c") } };
  assert.equal(longestWaiting(all, OPTIONS, NOW + 60_000), "b");
  assert.equal(longestWaiting(BLANK, OPTIONS, NOW), null);
});

test("an ended chat is mine while it holds its slot, unclosed after that", () => {
  const view = interaction("i", { segment: { ...interaction("i").segment, left_at: iso(5), slot_until: iso(125) } });
  assert.equal(lists(state(view), NOW + 60_000).mine.length, 1);
  assert.equal(lists(state(view), NOW + 126_000).unclosed.length, 1);
});

test("unread: text of others past my mark", () => {
  const view = interaction("i", { lanes: [lane("public", { seen: 1 }), lane("internal")] });
  const lines = [line("i", 1), line("i", 2), line("i", 3, { party: ANA }), line("i", 4, { kind: "system" }), line("i", 1, { lane: "internal", party: BO })];
  assert.equal(unreadLines(state(view, lines), "i").length, 2);
});

test("who was invited is not told that the whole past is unread", () => {
  const view = interaction("i", { parties: [party(KIM), party(ANA, { invited_by: BO })], segment: { ...interaction("i").segment, joined_at: iso(3) } });
  assert.deepEqual(unreadLines(state(view, [line("i", 1), line("i", 4)]), "i").map((one) => one.number), [4]);
});

test("readers: everybody else in public, the other agents in the internal lane, nobody who has left", () => {
  const view = interaction("i", { parties: [party(KIM), party(ANA), party(BO), party("d", { connection: "ended" })] });
  assert.deepEqual(readers(view, "public").map((one) => one.id), [KIM, BO]);
  assert.deepEqual(readers(view, "internal").map((one) => one.id), [BO]);
});

test("a party who came back has one chip", () => {
  const again = party("b2", { agent: `agent-${BO}`, joined_at: iso(9) });
  const view = interaction("i", { parties: [party(KIM), party(ANA), party(BO, { connection: "ended" }), again] });
  assert.deepEqual(shownParties(view).map((one) => one.id), [KIM, ANA, "b2"]);
});

test("who has the chat after I left", () => {
  const view = interaction("i", { owner: BO, parties: [party(KIM), party(ANA, { connection: "ended" }), party(BO)] });
  assert.equal(holder(view).nickname, "Bo");
  assert.equal(holder({ ...view, state: "ended" }), null);
});

test("lanes are merged by time, and no line passes one of its own lane", () => {
  const open = [line("i", 1, { at: iso(5) }), line("i", 2, { at: iso(3) }), line("i", 3, { at: iso(9) })];
  const internal = [line("i", 1, { lane: "internal", at: iso(4) }), line("i", 2, { lane: "internal", at: iso(8) })];
  const merged = interleave([open, internal]);
  assert.deepEqual(merged.map((one) => `${one.lane} ${one.number}`), ["internal 1", "public 1", "public 2", "internal 2", "public 3"]);
});

const kinds = (blocks) => blocks.map((block) => block.kind);

test("lines of one party close together are one block, the internal lane is a band", () => {
  const view = interaction("i", { parties: [party(KIM), party(ANA), party(BO)] });
  const lines = [line("i", 1), line("i", 2), line("i", 3, { party: ANA }), line("i", 1, { lane: "internal", party: BO, at: iso(4) }), line("i", 4, { at: iso(300) })];
  const blocks = blocksOf(state(view, lines), view);
  assert.deepEqual(kinds(blocks), ["day", "lines", "lines", "lane", "lines"]);
  assert.equal(blocks[1].lines.length, 2);
});

test("a new day, what is new, and where I was invited are marked", () => {
  const view = interaction("i", { parties: [party(KIM), party(BO), party(ANA, { invited_by: BO })], segment: { ...interaction("i").segment, joined_at: iso(86_400) } });
  const lines = [line("i", 1), line("i", 2, { at: iso(86_401), kind: "system", party: ANA }), line("i", 3, { at: iso(86_402) })];
  assert.deepEqual(kinds(blocksOf(state(view, lines), view, { after: 1, upTo: 3 })), ["day", "lines", "day", "from", "system", "unread", "lines"]);
});

test("lines on their way stand at the end", () => {
  const view = interaction("i");
  const held = { ...state(view, [line("i", 1)]), written: [{ id: "own", interaction: "i", lane: "public", text: "hi", at: iso(2) }] };
  assert.deepEqual(blocksOf(held, view).at(-1).lines.map((one) => one.id), ["own"]);
});

test("each party stands once as seen, and once as delivered where that is further", () => {
  const got = (delivered, seen) => ({ delivered: { public: delivered }, seen: { public: seen } });
  const parties = [party(KIM, got(4, 3)), party(ANA, got(5, 5)), party(BO, got(5, 5)), party("cy", { ...got(1, 0), nickname: "Cy" }), party("di", { nickname: "Di" })];
  const own = [2, 3, 4].map((number) => line("i", number, { party: ANA }));
  const marks = reached(interaction("i", { parties }), [line("i", 1), ...own, line("i", 5, { party: BO })]);
  const names = (list) => list.map((one) => one.nickname);
  assert.deepEqual([names(marks["line-public-3"].seen), names(marks["line-public-3"].delivered)], [["Kim Lee"], []]);
  assert.deepEqual([names(marks["line-public-4"].seen), names(marks["line-public-4"].delivered)], [["Bo"], ["Kim Lee"]]);
  assert.deepEqual(marks["line-public-4"].all.map(({ party: one, how }) => `${one.nickname} ${how}`), ["Kim Lee delivered", "Bo seen", "Cy not yet"]);
  assert.deepEqual(Object.keys(marks), ["line-public-3", "line-public-4"]);
});

test("what nobody has looked at flashes, says why, and stops when it is seen", () => {
  const options = { pending_amber: 30, pending_red: 60 };
  const told = [line("i", 1), line("i", 2, { kind: "system", party: BO, text: "Bo has joined", at: iso(5) })];
  const news = (seen, more, now, lines = told) => unseenNews(state(interaction("i", { lanes: [lane("public", { seen, ...more }), lane("internal")] }), lines), interaction("i", { lanes: [lane("public", { seen, ...more }), lane("internal")] }), options, NOW + now * 1000);
  assert.equal(news(1, {}, 10), "Bo has joined");
  assert.equal(news(2, {}, 10), null);
  const asked = { unanswered_since: iso(0) };
  assert.deepEqual([news(0, asked, 29, [line("i", 1)]), news(0, asked, 31, [line("i", 1)]), news(1, asked, 31, [line("i", 1)])], [null, "Waits for an answer", null]);
});

test("a pooled invitation waits, then rings at somebody", () => {
  const words = (type, state, who) => ghostWords({ state, ringing_at: who, target: { type, id: "t", name: "Network" } });
  assert.deepEqual([words("queue", "waiting", null), words("queue", "ringing", "Bo"), words("agent", "ringing", "Bo")], ["waiting", "ringing at Bo", "ringing"]);
});

test("after-call work holds a slot until it is over, the first to end first", () => {
  const tails = [{ interaction: "b", contact: "Lou Park", until: iso(90) }, { interaction: "a", contact: "Kim Lee", until: iso(21) }];
  const held = { ...BLANK, agent: agent({ tails }) };
  assert.deepEqual(tailsLeft(held.agent, NOW).map(({ contact, seconds }) => [contact, seconds]), [["Kim Lee", 21], ["Lou Park", 90]]);
  assert.deepEqual([0, 21, 90].map((seconds) => slotsHeld(held, NOW + seconds * 1000)), [2, 1, 0]);
  assert.deepEqual(tailsLeft(null, NOW), []);
});
