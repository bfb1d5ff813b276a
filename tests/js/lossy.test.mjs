/** A server whose frames are lost, doubled and reordered: after its next beat the store holds what the server has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { marksOf, withMark } from "../../static/desk/store/merge.js";
import { BLANK, step } from "../../static/desk/store/store.js";
import { slotsHeld } from "../../static/desk/store/views.js";
import { KIM, ANA, NOW, agent, desk, frame, interaction, iso, lane, line } from "./cast.mjs";

function seeded(seed) {
  let value = seed;
  return () => {
    value = (value * 1664525 + 1013904223) % 4294967296;
    return value / 4294967296;
  };
}

class Server {
  constructor(random) {
    Object.assign(this, { random, version: 1, rows: new Map(), log: {}, rings: new Map(), out: [], clock: 0, time: 0 });
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  act() {
    const ids = [...this.rows.keys()];
    const roll = this.random();
    if (!ids.length || (ids.length < 3 && roll < 0.1)) return this.arrive();
    const id = this.pick(ids);
    if (roll < 0.15) return this.leave(id);
    if (roll < 0.25) return this.rings.size ? this.unring() : this.ring();
    if (roll < 0.45) return this.mark(id);
    return roll < 0.6 ? this.change(id) : this.write(id);
  }

  arrive() {
    const id = `chat-${(this.clock += 1)}`;
    this.log[id] = { public: [], internal: [] };
    this.rows.set(id, interaction(id));
    this.tell(id, "party.joined");
  }

  leave(id) {
    this.rows.delete(id);
    this.out.push({ type: "gone", interaction: id });
    this.pushAgent();
  }

  ring() {
    const ring = { id: this.pick(["v1", "v2"]), state: "ringing", rang_at: iso((this.clock += 1)), expires_at: iso(this.clock + 30) };
    this.rings.set(ring.id, ring);
    this.out.push({ type: "invitation", ...ring });
    this.pushAgent();
  }

  unring() {
    const ring = [...this.rings.values()][0];
    this.rings.delete(ring.id);
    this.out.push({ type: "invitation", ...ring, state: this.pick(["expired", "revoked", "rejected"]) });
    this.pushAgent();
  }

  /** A party received or saw a lane up to some number. */
  mark(id) {
    const [party, name, type] = [this.pick([KIM, ANA]), this.pick(["public", "internal"]), this.pick(["seen", "delivered"])];
    const row = this.rows.get(id);
    const number = Math.floor(this.random() * (this.log[id][name].length + 1));
    if (!number) return;
    const next = withMark(row, { type, lane: name, party, number });
    if (JSON.stringify(next) === JSON.stringify(row)) return;
    this.rows.set(id, next);
    this.out.push({ type, interaction: id, lane: name, party, number });
  }

  change(id) {
    this.bump(id);
    this.tell(id, "changed");
  }

  tell(id, cause) {
    this.out.push(frame(this.view(id), cause));
    this.pushAgent();
  }

  write(id) {
    const name = this.pick(["public", "public", "internal"]);
    const number = this.log[id][name].length + 1;
    const made = line(id, number, { lane: name, id: `${id}-${name}-${number}`, at: iso((this.clock += 1)), party: this.pick([ANA, KIM]) });
    this.log[id][name].push(made);
    this.out.push({ type: "message", ...made });
  }

  bump(id) {
    const row = this.rows.get(id);
    this.rows.set(id, { ...row, version: row.version + 1, email: `v${row.version + 1}` });
  }

  pushAgent() {
    this.version += 1;
    this.out.push({ type: "agent", ...this.agent() });
  }

  agent() {
    return agent({ version: this.version, load: this.rows.size + this.rings.size });
  }

  view(id) {
    const { public: open, internal } = this.log[id];
    const texts = open.filter((one) => one.kind === "text");
    const answered = texts.findLastIndex((one) => one.party === ANA);
    const unanswered_since = texts[answered + 1]?.at ?? null;
    const row = this.rows.get(id);
    const seen = (name) => row.lanes.find((one) => one.lane === name).seen;
    return { ...row, lanes: [lane("public", { head: open.length, unanswered_since, seen: seen("public") }), lane("internal", { head: internal.length, seen: seen("internal") })] };
  }

  desk() {
    return desk([...this.rows.keys()].map((id) => this.view(id)), { agent: this.agent(), invitations: [...this.rings.values()] });
  }

  beat() {
    const both = (of) => ({ public: of("public"), internal: of("internal") });
    const head = (id, row) => ({ version: row.version, lanes: both((name) => this.log[id][name].length), marks: both((name) => marksOf(row, name)) });
    const interactions = Object.fromEntries([...this.rows].map(([id, row]) => [id, head(id, row)]));
    return { type: "beat", time: iso(this.time), heads: { agent: this.version, interactions } };
  }

  answer(need) {
    if (need.what === "desk") return { type: "fetched.desk", desk: this.desk() };
    if (need.what === "interaction") return this.rows.has(need.id) ? { type: "fetched.interaction", view: this.view(need.id) } : null;
    if (!this.rows.has(need.interaction)) return null;
    const lanes = need.lane ? [this.log[need.interaction][need.lane]] : Object.values(this.log[need.interaction]);
    const page = lanes.flatMap((lines) => (need.after ? lines.filter((one) => one.number > need.after).slice(0, 5) : lines.slice(-5)));
    return { type: "fetched.lines", interaction: need.interaction, lines: page };
  }
}

/** Loses a fifth of the frames, doubles a fifth, and lets neighbours change places. */
function damaged(frames, random) {
  const out = frames.flatMap((one) => (random() < 0.2 ? [] : random() < 0.25 ? [one, one] : [one]));
  for (let index = out.length - 1; index > 0; index -= 1) {
    const other = Math.max(0, index - Math.floor(random() * 4));
    [out[index], out[other]] = [out[other], out[index]];
  }
  return out;
}

function run(seed) {
  const random = seeded(seed);
  const server = new Server(random);
  let state = BLANK;
  let now = NOW;
  const feed = (event, depth = 0) => {
    const [next, needs] = step(state, event, now);
    state = next;
    assert.ok(depth < 200, "asks for ever");
    for (const need of needs) {
      const answer = random() < 0.1 && depth < 3 ? null : server.answer(need);
      if (answer) feed(answer, depth + 1);
    }
  };
  feed({ type: "welcome", snapshot: server.desk(), time: iso(0) });
  for (let round = 0; round < 8; round += 1) {
    for (let count = 0; count < 20; count += 1) server.act();
    damaged(server.out.splice(0), random).forEach((one) => feed(one));
    feed(server.beat());
  }
  server.rings.clear();
  server.time = 3600;
  now += 3_600_000;
  for (let rest = 0; rest < 4; rest += 1) feed(server.beat());
  return { state, server };
}

test("after the next beat, old state plus frames equals the server's rows", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const { state, server } = run(seed);
    assert.deepEqual(Object.keys(state.interactions).sort(), [...server.rows.keys()].sort(), `seed ${seed}`);
    assert.equal(slotsHeld(state, NOW + 3_600_000), server.rows.size, `seed ${seed} slots`);
    for (const id of server.rows.keys()) {
      const truth = server.view(id);
      assert.equal(state.interactions[id].version, truth.version, `seed ${seed}`);
      assert.deepEqual(state.interactions[id].parties, truth.parties, `seed ${seed} marks`);
      assert.deepEqual(state.interactions[id].lanes.map((one) => one.seen), truth.lanes.map((one) => one.seen), `seed ${seed} own marks`);
      for (const { lane: name, head, unanswered_since: since } of truth.lanes) {
        const held = state.transcripts[id]?.[name]?.lines ?? [];
        assert.equal(held.at(-1)?.number ?? 0, head, `seed ${seed} ${id} ${name}`);
        assert.deepEqual(held, server.log[id][name].slice(head - held.length), `seed ${seed} ${id} ${name}`);
        assert.equal(state.interactions[id].lanes.find((one) => one.lane === name).unanswered_since, since, `seed ${seed} wait`);
      }
    }
  }
});
