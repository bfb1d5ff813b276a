import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK, step } from "../../static/desk/store/store.js";
import { ANA, BO, KIM, NOW, agent, desk, frame, interaction, iso, lane, line, message, party } from "./cast.mjs";

const I = "i0000000-0000-4000-8000-000000000001";

function play(state, ...events) {
  return events.reduce(([held], event) => step(held, event, NOW), [state, []]);
}

function welcome(...interactions) {
  return { type: "welcome", snapshot: desk(interactions, { agent: agent({ load: interactions.length }) }), time: iso(0), protocol: 1 };
}

const fetched = (lines) => ({ type: "fetched.lines", interaction: I, lines });
const opened = (...lines) => play(BLANK, welcome(interaction(I)), fetched(lines))[0];
const numbers = (state, name = "public") => (state.transcripts[I]?.[name]?.lines ?? []).map((one) => one.number);
const publicLane = (state) => state.interactions[I].lanes[0];

test("welcome brings the desk and asks for each transcript", () => {
  const [state, needs] = play(BLANK, welcome(interaction(I)));
  assert.equal(state.agent.name, "Ana Ruiz");
  assert.deepEqual(needs, [{ what: "lines", interaction: I }]);
});

test("an interaction is replaced by a higher version only", () => {
  const [state] = play(BLANK, welcome(interaction(I, { version: 5, state: "active" })));
  for (const version of [4, 5]) {
    assert.equal(play(state, frame(interaction(I, { version, state: "ended" })))[0].interactions[I].state, "active");
  }
  assert.equal(play(state, frame(interaction(I, { version: 6, state: "ended" })))[0].interactions[I].state, "ended");
});

test("an answer just read may replace the same version, never a higher one", () => {
  const [state] = play(BLANK, welcome(interaction(I, { version: 5 })));
  const read = (version) => ({ type: "fetched.interaction", view: interaction(I, { version, email: "kim@example.com" }) });
  assert.equal(play(state, read(5))[0].interactions[I].email, "kim@example.com");
  assert.equal(play(state, read(4))[0].interactions[I].email, "");
});

test("the agent's own state follows the higher version", () => {
  const [state] = play(BLANK, welcome(), { type: "agent", ...agent({ version: 3, load: 2 }) }, { type: "agent", ...agent({ version: 2, load: 1 }) });
  assert.equal(state.agent.load, 2);
});

test("an older desk is ignored whole", () => {
  const [state] = play(BLANK, { type: "welcome", snapshot: desk([interaction(I)], { agent: agent({ version: 7 }) }), time: iso(0) });
  const [after] = play(state, { type: "fetched.desk", desk: desk([], { agent: agent({ version: 6 }) }) });
  assert.ok(after.interactions[I]);
});

test("lines are appended by number, the second copy of one changes nothing", () => {
  const state = opened(line(I, 1));
  const [after] = play(state, message(I, 2), message(I, 2), message(I, 1));
  assert.deepEqual(numbers(after), [1, 2]);
});

test("a gap is fetched after the last number held, and what came ahead is kept", () => {
  const [after, needs] = play(opened(line(I, 1)), message(I, 4));
  assert.deepEqual(needs, [{ what: "lines", interaction: I, lane: "public", after: 1 }]);
  assert.deepEqual(numbers(after), [1]);
  assert.deepEqual(numbers(play(after, fetched([line(I, 2), line(I, 3)]))[0]), [1, 2, 3, 4]);
});

test("a full page that does not reach the head asks for the next one, an empty one does not ask for ever", () => {
  const [after] = play(opened(line(I, 1)), message(I, 6));
  assert.deepEqual(play(after, fetched([line(I, 2), line(I, 3)]))[1], [{ what: "lines", interaction: I, lane: "public", after: 3 }]);
  assert.deepEqual(play(after, fetched([]))[1], []);
});

test("lines that arrive before the transcript wait for it", () => {
  const [state] = play(BLANK, welcome(interaction(I)), message(I, 3));
  assert.deepEqual(numbers(state), []);
  assert.deepEqual(numbers(play(state, fetched([line(I, 1), line(I, 2)]))[0]), [1, 2, 3]);
});

test("older lines are put before, a page beyond a hole replaces what is held", () => {
  const state = opened(line(I, 5), line(I, 6));
  assert.deepEqual(numbers(play(state, fetched([line(I, 3), line(I, 4)]))[0]), [3, 4, 5, 6]);
  assert.deepEqual(numbers(play(state, fetched([line(I, 90), line(I, 91)]))[0]), [90, 91]);
});

test("lanes have numbers of their own", () => {
  const [state, needs] = play(opened(line(I, 1), line(I, 2)), message(I, 1, { lane: "internal", party: ANA }));
  assert.deepEqual(needs, []);
  assert.deepEqual(numbers(state, "internal"), [1]);
  const [first] = play(opened(line(I, 1), line(I, 1, { lane: "internal" })), message(I, 2, { lane: "internal" }));
  assert.deepEqual(numbers(first, "internal"), [1, 2]);
});

test("the first line of a lane that is known to be empty needs no fetch", () => {
  const [state, needs] = play(opened(), message(I, 1));
  assert.deepEqual(needs, []);
  assert.deepEqual(numbers(state), [1]);
});

test("a newcomer's internal lane that starts past its head asks for nothing", () => {
  const view = interaction(I, { lanes: [lane("public", { head: 1 }), lane("internal", { start: 6, head: 5 })] });
  const [state, needs] = play(BLANK, welcome(view), fetched([line(I, 1)]));
  assert.deepEqual(needs, []);
  assert.deepEqual(numbers(play(state, message(I, 6, { lane: "internal" }))[0], "internal"), [6]);
});

test("the contact's line starts the wait, an agent's line ends it, a system line does neither", () => {
  let [state] = play(opened(), message(I, 1), message(I, 2));
  assert.equal(publicLane(state).unanswered_since, iso(1));
  [state] = play(state, message(I, 3, { kind: "system", party: BO }));
  assert.equal(publicLane(state).unanswered_since, iso(1));
  [state] = play(state, message(I, 4, { party: ANA }));
  assert.equal(publicLane(state).unanswered_since, null);
});

test("a snapshot built before a line does not take the line's wait back", () => {
  const [state] = play(opened(), message(I, 1), frame(interaction(I, { version: 2 })));
  assert.equal(publicLane(state).head, 1);
  assert.equal(publicLane(state).unanswered_since, iso(1));
});

test("seen marks only grow, and the own one is the lane's", () => {
  const seen = (party, number) => ({ type: "seen", interaction: I, lane: "public", party, number });
  const [state] = play(opened(line(I, 1), line(I, 2)), seen(KIM, 2), seen(KIM, 1), seen(ANA, 2), frame(interaction(I, { version: 2 })));
  assert.equal(state.interactions[I].parties[0].seen.public, 2);
  assert.equal(publicLane(state).seen, 2);
  assert.deepEqual(state.interactions[I].parties[0].delivered, { public: 2 });
});

test("delivered marks only grow, and a snapshot that was built before them takes nothing back", () => {
  const delivered = (party, number) => ({ type: "delivered", interaction: I, lane: "public", party, number });
  const [state] = play(opened(line(I, 1), line(I, 2)), delivered(KIM, 2), delivered(KIM, 1), frame(interaction(I, { version: 2 })));
  assert.deepEqual(state.interactions[I].parties[0], party(KIM, { delivered: { public: 2 } }));
  assert.equal(publicLane(state).seen, 0);
});

test("a lost mark is noticed by the sum in the heads, and read once", () => {
  const head = (marks) => ({ type: "beat", time: iso(0), heads: { agent: 1, interactions: { [I]: { version: 1, lanes: { public: 2, internal: 0 }, marks } } } });
  const state = opened(line(I, 1), line(I, 2));
  assert.deepEqual(play(state, head({ public: 0, internal: 0 }))[1], []);
  assert.deepEqual(play(state, head({ public: 3, internal: 0 }))[1], [{ what: "interaction", id: I }]);
  const parties = [party(KIM, { seen: { public: 1 }, delivered: { public: 2 } }), party(ANA)];
  const [healed] = play(state, { type: "fetched.interaction", view: interaction(I, { parties }) });
  assert.deepEqual(play(healed, head({ public: 3, internal: 0 }))[1], []);
});

test("who left keeps their own marks only", () => {
  const marks = { seen: { public: 2 }, delivered: { public: 2 } };
  const [held] = play(BLANK, welcome(interaction(I, { parties: [party(KIM, marks), party(ANA, marks)] })));
  const [after] = play(held, frame(interaction(I, { version: 2, parties: [party(KIM), party(ANA, { ...marks, left_at: iso(9), connection: "ended" })] })));
  assert.deepEqual(after.interactions[I].parties.map((one) => one.seen), [{}, { public: 2 }]);
});

test("typing ends by its frame, by a line, and by itself", () => {
  const typing = (on) => ({ type: "typing", interaction: I, lane: "public", party: KIM, on });
  const [state] = play(opened(), typing(true));
  assert.equal(state.typing[I][`public ${KIM}`], NOW + 10_000);
  assert.equal(play(state, typing(false))[0].typing[I][`public ${KIM}`], 0);
  assert.equal(play(state, message(I, 1))[0].typing[I][`public ${KIM}`], 0);
});

test("an own line is shown until its copy arrives, a refusal stays with it until it is thrown away", () => {
  const own = { id: "own", interaction: I, lane: "public", text: "hi", at: iso(1) };
  const [state] = play(opened(), { type: "line.written", line: own });
  assert.deepEqual(play(state, message(I, 1, { id: "own", party: ANA }))[0].written, []);
  assert.deepEqual(play(state, fetched([line(I, 1, { id: "own" })]))[0].written, []);
  const [refused] = play(state, { type: "nack", id: "own", code: "not_party", message: "You left this chat." });
  assert.equal(refused.written[0].refused, "You left this chat.");
  assert.deepEqual(play(refused, { type: "line.thrown", id: "own" })[0].written, []);
});

const ring = (state, rang, more = {}) => ({ type: "invitation", id: "v", state, rang_at: iso(rang), expires_at: iso(rang + 30), ...more });

test("an invitation rings until it does not, and its late copy does not ring again", () => {
  let [state] = play(opened(), ring("ringing", 1));
  assert.ok(state.invitations.v);
  [state] = play(state, ring("expired", 1), ring("ringing", 1));
  assert.deepEqual(state.invitations, {});
  [state] = play(state, ring("ringing", 60));
  assert.ok(state.invitations.v);
  [state] = play(state, ring("expired", 1));
  assert.ok(state.invitations.v);
});

test("what has left the desk stays away, until it is joined anew", () => {
  const view = interaction(I, { version: 4 });
  const [state] = play(BLANK, welcome(view), { type: "gone", interaction: I }, frame(view), frame({ ...view, version: 3 }));
  assert.deepEqual(state.interactions, {});
  assert.deepEqual(state.transcripts, {});
  assert.ok(play(state, frame({ ...view, version: 9 }))[0].interactions[I]);
});

test("a line of an unknown interaction asks for the desk", () => {
  assert.deepEqual(play(opened(), message("other", 1))[1], [{ what: "desk" }]);
});

const beat = (heads) => ({ type: "beat", time: iso(5), heads });

test("a beat asks for what is higher than held, and only for that", () => {
  const state = opened(line(I, 1));
  const held = { agent: 1, interactions: { [I]: { version: 1, lanes: { public: 1, internal: 0 }, marks: {} } } };
  assert.deepEqual(play(state, beat(held))[1], []);
  assert.deepEqual(play(state, beat({ ...held, agent: 2 }))[1], [{ what: "desk" }]);
  assert.deepEqual(play(state, beat({ ...held, interactions: {} }))[1], [{ what: "desk" }]);
  const higher = { agent: 1, interactions: { [I]: { version: 2, lanes: { public: 3, internal: 0 }, marks: {} } } };
  assert.deepEqual(play(state, beat(higher))[1], [{ what: "interaction", id: I }, { what: "lines", interaction: I, lane: "public", after: 1 }]);
});

test("a preview whose frame was lost is missed in the load, and asked about once", () => {
  const [state] = play(opened(line(I, 1)), { type: "agent", ...agent({ version: 2, load: 2 }) });
  const held = beat({ agent: 2, interactions: { [I]: { version: 1, lanes: { public: 1, internal: 0 }, marks: {} } } });
  assert.deepEqual(play(state, held)[1], [{ what: "desk" }]);
  const read = { type: "fetched.desk", desk: desk([interaction(I, { lanes: [lane("public", { head: 1 })] })], { agent: agent({ version: 2, load: 2 }) }) };
  assert.deepEqual(play(state, read, held)[1], []);
});

test("server time is kept as a difference to the own clock", () => {
  assert.equal(play(opened(), beat({ agent: 1, interactions: { [I]: { version: 1, lanes: {}, marks: {} } } }))[0].clock, 5000);
});

test("a transcript that failed is not asked for again before somebody says so or the connection is new", () => {
  const [state] = play(BLANK, welcome(interaction(I)), { type: "fetch.failed", interaction: I });
  assert.equal(state.reading[I], "failed");
  assert.deepEqual(play(state, message(I, 1))[1], []);
  assert.deepEqual(play(state, welcome(interaction(I)))[1], [{ what: "lines", interaction: I }]);
});

test("reload forgets lines and asks for everything", () => {
  const [state, needs] = play(opened(line(I, 1)), { type: "reload", why: "missed" });
  assert.deepEqual(state.transcripts, {});
  assert.deepEqual(needs, [{ what: "desk" }, { what: "lines", interaction: I }]);
});

test("frames of an unknown type change nothing", () => {
  const state = opened();
  assert.deepEqual(play(state, { type: "whatever" }), [state, []]);
});

test("a step never changes the state it was given", () => {
  const state = opened(line(I, 1));
  const before = JSON.stringify(state);
  play(state, message(I, 2), frame(interaction(I, { version: 9, parties: [party(BO)] })), { type: "gone", interaction: I });
  assert.equal(JSON.stringify(state), before);
});
