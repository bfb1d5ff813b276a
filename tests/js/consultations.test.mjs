/** Consultations beside a chat: their lane is no part of the transcript, and who is consulted owes the contact nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf, mergedOf } from "../../static/desk/store/blocks.js";
import { alongside, asTalk, turnsOf, askedByMe, canWriteIn, consultWords, endWords, otherOf, outsiders, ownConsultations, unreadIn } from "../../static/desk/store/consultations.js";
import { headingOf, mediumOf, wantsOf } from "../../static/desk/store/requests.js";
import { BLANK, step } from "../../static/desk/store/store.js";
import { inOrder, viewsOf } from "../../static/desk/store/targets.js";
import { ghostWords, hasOlder, heardOf, isConsulted, readers, shownParties, slotsHeld, typingIn, unreadLines, unseenNews, waitOf } from "../../static/desk/store/views.js";
import { ANA, BO, KIM, NOW, desk, frame, interaction, iso, lane, line, message, party } from "./cast.mjs";

const LANE = "d0000000-0000-4000-8000-00000000000d";
const CY = "e0000000-0000-4000-8000-00000000000e";

const consultant = (more = {}) => party(BO, { kind: "consultant", role: "consultant", invited_by: ANA, ...more });
const consultation = (more = {}) => ({
  id: LANE, medium: "chat", state: "active", requester: ANA, consultant: BO, mine: true, started_at: iso(1), ended_at: null, cause: null, end: true, conference: true, transfer: true, ...more,
});

/** Ana's chat, with Bo beside it. */
function chat(more = {}) {
  return interaction("i", { parties: [party(KIM), party(ANA), consultant()], lanes: [lane("public"), lane("internal"), lane(LANE, { write: true })], consultations: [consultation()], ...more });
}

/** The same chat as Bo has it. */
const atBo = (more = {}) => chat({ my: BO, segment: { ...interaction("i").segment, joined_at: iso(1) }, lanes: [lane("public"), lane(LANE, { write: true })], ...more });

function state(view, lines = []) {
  const transcripts = { [view.id]: {} };
  for (const one of lines) (transcripts[view.id][one.lane] ??= { start: 1, lines: [], ahead: [] }).lines.push(one);
  return { ...BLANK, interactions: { [view.id]: view }, transcripts, reading: { [view.id]: "read" } };
}

const advice = (number, more = {}) => line("i", number, { lane: LANE, party: BO, ...more });
const own = (id, name) => ({ id, interaction: "i", lane: name, text: id, at: iso(9) });

test("a consultation's lines stand beside the transcript, never in it", () => {
  const all = { ...state(chat(), [line("i", 1), advice(1)]), written: [own("to Kim", "public"), own("to Bo", LANE)] };
  assert.deepEqual(mergedOf(all, chat()).map((one) => one.lane), ["public"]);
  const main = blocksOf(all, chat()).flatMap((block) => block.lines ?? []);
  assert.deepEqual(main.map((one) => one.text), ["line 1", "to Kim"]);
  const talk = asTalk(all, chat(), consultation());
  const beside = blocksOf(talk.state, talk.chat, null, talk.lines).flatMap((block) => block.lines ?? []);
  assert.deepEqual(beside.map((one) => [one.text, one.party]), [["line 1", BO], ["to Bo", ANA]]);
});

test("how far the other got in it, and not how far they are in the chat", () => {
  const view = chat({ parties: [party(KIM), party(ANA), consultant({ seen: { [LANE]: 3, public: 9 }, delivered: { [LANE]: 4 } })] });
  const { chat: two } = asTalk(state(view), view, consultation());
  const bo = two.parties.find(({ id }) => id === BO);
  assert.deepEqual([bo.kind, bo.seen, bo.delivered], ["agent", { public: 3 }, { public: 4 }]);
});

test("who joined the chat out of a consultation still wrote their own lines there", () => {
  const now = "f0000000-0000-4000-8000-00000000000f";
  const view = chat({ my: now, parties: [party(KIM), party(ANA), consultant({ agent: "bo", connection: "ended" }), party(BO, { id: now, agent: "bo" })] });
  assert.equal(asTalk(state(view), view, consultation()).chat.my, BO);
  assert.equal(asTalk(state(chat()), chat(), consultation()).chat.my, ANA);
});

test("whoever is consulted owes the contact no answer and has no slot", () => {
  const waiting = [lane("public", { unanswered_since: iso(0) }), lane(LANE)];
  assert.equal(isConsulted(atBo()), true);
  assert.equal(waitOf(atBo({ lanes: waiting }), BLANK.options, NOW + 90_000), null);
  assert.equal(slotsHeld({ ...state(atBo()), agent: desk().agent }, NOW), 0);
  assert.equal(slotsHeld({ ...state(chat()), agent: desk().agent }, NOW), 1);
  const rings = { kind: "consult", rang_at: iso(0), expires_at: iso(30) };
  assert.equal(slotsHeld({ ...BLANK, agent: desk().agent, invitations: { a: rings } }, NOW), 0);
});

test("unread: of the consultation for both, of the contact only for the chat's agents", () => {
  const lines = [line("i", 5, { at: iso(5) }), advice(1, { at: iso(6) })];
  assert.equal(unreadLines(state(chat(), lines), "i").length, 2);
  const forBo = unreadLines(state(atBo(), [lines[0], advice(1, { party: ANA, at: iso(6) })]), "i");
  assert.deepEqual(forBo.map((one) => one.lane), [LANE]);
  assert.equal(unreadIn(state(chat(), lines), chat(), consultation()).length, 1);
  const seen = chat({ lanes: [lane("public"), lane(LANE, { seen: 1 })] });
  assert.equal(unreadIn(state(seen, lines), seen, consultation()).length, 0);
});

test("an unread line of a consultation flashes the chat with its words, at once", () => {
  const all = state(chat(), [advice(1, { text: "the supply" })]);
  assert.equal(unseenNews(all, chat(), BLANK.options, NOW), "Bo: the supply");
});

test("that it began, and that it ended, is news to both, once", () => {
  const none = chat({ consultations: [] });
  const over = chat({ consultations: [consultation({ state: "ended", cause: "conference" })] });
  assert.deepEqual(turnsOf(none, chat()), ["Consultation with Bo has begun."]);
  assert.deepEqual(turnsOf(chat(), chat({ version: 2 })), []);
  assert.deepEqual(turnsOf(chat(), over), ["Consultation with Bo has ended. Bo joined the chat."]);
  assert.deepEqual(turnsOf(over, over), []);
  assert.deepEqual(turnsOf(none, chat({ consultations: [consultation({ mine: false })] })), []);
  const told = advice(1, { kind: "system", party: ANA, text: "Bo ended the consultation" });
  assert.equal(unseenNews(state(chat(), [told]), chat(), BLANK.options, NOW), "Bo ended the consultation");
});

test("a tone for the consultation; none for the contact's lines at who is consulted", () => {
  const heard = (view, one) => heardOf({ type: "message", ...one }, state(view), state(view), false);
  assert.equal(heard(chat(), advice(1)), "message");
  assert.equal(heard(atBo(), advice(1, { party: ANA })), "message");
  assert.equal(heard(atBo(), line("i", 1)), null);
  assert.equal(heard(chat(), line("i", 1)), "message");
});

test("its lines come by number like any others, and a lane that is new is read", () => {
  const [begun] = step({ ...state(interaction("i", { version: 1 })), agent: desk().agent }, frame(chat({ version: 2, lanes: [lane("public"), lane(LANE, { head: 1 })] })), NOW);
  const [, needs] = step({ ...begun, reading: { i: "read" } }, { type: "fetched.lines", interaction: "i", lines: [] }, NOW);
  assert.deepEqual(needs, []);
  const [grown] = step(begun, message("i", 1, { lane: LANE, party: BO }), NOW);
  assert.equal(grown.transcripts.i[LANE].lines.length, 1);
  const [twice] = step(grown, message("i", 1, { lane: LANE, party: BO }), NOW);
  assert.equal(twice.transcripts.i[LANE].lines.length, 1);
});

test("a snapshot with a lane that is not held asks for its lines", () => {
  const [, needs] = step({ ...state(interaction("i")), agent: desk().agent }, frame(chat({ version: 2, lanes: [lane("public"), lane(LANE, { head: 1 })] })), NOW);
  assert.deepEqual(needs, [{ what: "lines", interaction: "i" }]);
});

test("typing in a consultation is not typing in the chat", () => {
  const [typing] = step(state(chat()), { type: "typing", interaction: "i", lane: LANE, party: BO, on: true }, NOW);
  assert.equal(typingIn(typing, chat(), consultant(), NOW), undefined);
  assert.equal(typingIn(typing, chat(), consultant(), NOW, [LANE]), LANE);
});

test("who reads what: the consultant is no reader of the chat by name, but reads along", () => {
  assert.deepEqual(readers(chat(), "public").map(({ id }) => id), [KIM]);
  assert.deepEqual(readers(chat(), "internal"), []);
  assert.deepEqual(alongside(chat()), ["Bo"]);
  assert.deepEqual(alongside(chat({ consultations: [consultation({ medium: "im" })] })), []);
  assert.deepEqual(alongside(chat({ consultations: [consultation({ state: "ended" })] })), []);
  assert.deepEqual(outsiders(chat({ parties: [party(KIM), party(ANA), consultant(), party(CY, { nickname: "Cy" })] }), consultation()), ["Kim", "Cy"]);
});

test("both see the other one; what others have is not theirs", () => {
  assert.equal(otherOf(chat(), consultation()).id, BO);
  assert.equal(otherOf(atBo(), consultation()).id, ANA);
  assert.equal(consultWords(chat(), consultation()), "consulted by you");
  assert.equal(consultWords(atBo(), consultation({ medium: "im" })), "consulted by Ana, instant message");
  assert.deepEqual(ownConsultations(chat({ consultations: [consultation({ mine: false })] })), []);
  assert.equal(askedByMe(chat()).length, 1);
  assert.equal(askedByMe(atBo()).length, 0);
  assert.equal(askedByMe(chat({ consultations: [consultation({ state: "ended" })] })).length, 0);
});

test("a consultant's chip goes with the consultation, except on their own desk", () => {
  const gone = [party(KIM), party(ANA), consultant({ connection: "ended", left_at: iso(9) })];
  assert.equal(shownParties(chat({ parties: gone })).length, 2);
  assert.equal(shownParties(atBo({ parties: gone })).length, 3);
});

test("why it is over, in words; and nobody writes where the lane has gone", () => {
  const words = ["conference", "transfer", "left", "over", "lost", "end"].map((cause) => endWords(chat(), consultation({ cause })));
  assert.deepEqual(words, ["Bo joined the chat.", "Bo took the chat.", "Ana left the chat.", "The chat is over.", "Bo lost the connection.", ""]);
  assert.equal(canWriteIn(chat(), consultation()), true);
  assert.match(canWriteIn(chat({ lanes: [lane("public")] }), consultation()), /do not read/);
});

test("older lines of a consultation are no older lines of the transcript", () => {
  const all = state(chat(), [line("i", 1), advice(4)]);
  assert.equal(hasOlder(all, chat()), false);
  assert.equal(hasOlder(all, chat(), [lane(LANE)]), true);
});

test("what an invitation asks, in words", () => {
  const ask = (kind, more = {}) => ({ kind, from: "Ana", note: "", consultation: null, medium: null, ...more });
  assert.deepEqual(["conference", "consult", "transfer"].map((kind) => headingOf(ask(kind))), ["Conference request from Ana", "Consultation request from Ana", "Transfer from Ana"]);
  assert.equal(headingOf(ask("route", { from: null })), "Chat request");
  assert.equal(headingOf(ask("route", { from: null, offline: true })), "Message left");
  assert.equal(headingOf(ask("route")), "Transfer from Ana");
  assert.equal(headingOf(ask("route", { offline: true })), "Message left");
  assert.deepEqual([wantsOf(ask("route")), wantsOf(ask("route", { note: "x" }))], ["passed the chat on", "passed it on:"]);
  assert.equal(wantsOf(ask("conference", { consultation: LANE })), "asks you to join, out of your consultation");
  assert.equal(wantsOf(ask("transfer", { note: "x" })), "passes it on:");
  assert.equal(mediumOf(ask("consult", { medium: "im" })), "by instant message");
  assert.equal(mediumOf(ask("conference")), null);
});

test("a ghost says what is asked, where it is no conference", () => {
  const ghost = { state: "ringing", ringing_at: "Bo", target: { type: "agent" } };
  assert.equal(ghostWords({ ...ghost, kind: "conference" }), "ringing");
  assert.equal(ghostWords({ ...ghost, kind: "transfer" }), "transfer, ringing");
  assert.equal(ghostWords({ ...ghost, kind: "consult", target: { type: "queue" } }), "consultation, ringing at Bo");
});

test("the action of the mode first even when it cannot be, the others that can, then those that cannot", () => {
  const actions = ["conference", "consult_chat", "consult_im", "transfer", "transfer_message", "message"].map((verb) => ({ verb, can: verb.startsWith("consult") || verb === "transfer" ? "no" : true }));
  const verbs = (mode) => inOrder(actions, mode).map(({ verb }) => verb);
  assert.deepEqual(verbs("transfer").slice(0, 2), ["transfer", "transfer_message"]);
  assert.deepEqual(verbs("consult"), ["consult_chat", "conference", "transfer_message", "message", "consult_im", "transfer"]);
  assert.equal(verbs(null)[0], "conference");
});

test("with a consultation going on its list is offered first", () => {
  assert.equal(viewsOf([]).some(({ view }) => view === "consultations"), false);
  assert.equal(viewsOf([consultation()])[0].view, "consultations");
});
