/** Two agents write one key of the case data: whichever of answer and push comes first, nobody overwrites unseen and who came second is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { interaction } from "./cast.mjs";

globalThis.document = { body: { dataset: { api: "/api/v1/", socket: "/ws/agent/", user: "bo" } }, cookie: "csrftoken=token" };
const { insist, isTyped, quarrel, save, saveAll, valueOf, write } = await import("../../static/desk/case.js");
const { desk, feed, link } = await import("../../static/desk/state.js");
const { BLANK } = await import("../../static/desk/store/store.js");

const I = "i0000000-0000-4000-8000-000000000001";
const KEY = "order";

/** Bo's desk and the server's row; a push arrives when the test says so, an answer too. */
function begin() {
  const server = { version: 1, value: "" };
  const view = () => interaction(I, { version: server.version, case: [{ key: KEY, label: "Order number", value: server.value, editable: true, type: "text", choices: [] }] });
  const held = [];
  globalThis.fetch = (address, { method, body }) => {
    if (method !== "PUT") return Promise.resolve(Response.json({ results: [] }));
    const answer = put(server, view, JSON.parse(body));
    return new Promise((resolve) => held.push(() => resolve(answer)));
  };
  desk.value = { ...BLANK, interactions: { [I]: view() } };
  link.value = { ...link.value, phase: "live" };
  return {
    server,
    seen: () => desk.value.interactions[I],
    item: () => desk.value.interactions[I].case[0],
    colleagueWrites: (value) => Object.assign(server, { value, version: server.version + 1 }),
    push: () => feed({ type: "interaction", cause: "case.set", ...view() }),
    answer: () => held.shift()(),
    onTheirWay: () => held.length,
  };
}

function put(server, view, { value, expect }) {
  if (server.value !== expect) return Response.json({ code: "case_changed", message: "Meanwhile.", detail: { key: KEY, value: server.value } }, { status: 409 });
  Object.assign(server, { value, version: server.version + 1 });
  return Response.json(view());
}

const ORDERS = {
  "the refusal before the push": async (bo) => {
    const saved = save(bo.seen(), bo.item());
    bo.answer();
    assert.equal(await saved, false);
    assert.equal(quarrel(bo.seen(), bo.item()).theirs, "A-17");
    bo.push();
  },
  "the push before it is saved": async (bo) => {
    bo.push();
    assert.equal(valueOf(bo.seen(), bo.item()), "B-1", "what is being written stays");
    const saved = save(bo.seen(), bo.item());
    bo.answer();
    assert.equal(await saved, false);
  },
  "the push while it is on its way": async (bo) => {
    const saved = save(bo.seen(), bo.item());
    bo.push();
    bo.answer();
    assert.equal(await saved, false);
  },
};

for (const [order, play] of Object.entries(ORDERS)) {
  test(`who comes second is told, ${order}`, async () => {
    const bo = begin();
    write(bo.seen(), bo.item(), "B-1");
    bo.colleagueWrites("A-17");
    await play(bo);
    assert.deepEqual(quarrel(bo.seen(), bo.item()), { mine: "B-1", theirs: "A-17" });
    assert.equal(valueOf(bo.seen(), bo.item()), "B-1");
    assert.equal(bo.server.value, "A-17");

    const insisted = insist(bo.seen(), bo.item());
    bo.answer();
    assert.equal(await insisted, true);
    assert.equal(bo.server.value, "B-1");
    assert.equal(valueOf(bo.seen(), bo.item()), "B-1");
    assert.ok(!isTyped(bo.seen(), bo.item()));
  });
}

test("who comes first is told nothing, and reads afterwards what the colleague wrote over it", async () => {
  const bo = begin();
  write(bo.seen(), bo.item(), "B-1");
  const saved = save(bo.seen(), bo.item());
  bo.answer();
  assert.equal(await saved, true);
  assert.equal(quarrel(bo.seen(), bo.item()), null);
  bo.colleagueWrites("A-17");
  bo.push();
  assert.equal(valueOf(bo.seen(), bo.item()), "A-17");
});

test("who asks while it is on its way waits for it: Mark Done is not lost", async () => {
  const bo = begin();
  write(bo.seen(), bo.item(), "B-1");
  const saved = save(bo.seen(), bo.item());
  const all = saveAll(bo.seen());
  bo.answer();
  assert.deepEqual(await Promise.all([saved, all]), [true, true]);
  assert.equal(bo.server.value, "B-1");
});

test("what is typed while it is on its way follows it, and is no quarrel with oneself", async () => {
  const bo = begin();
  write(bo.seen(), bo.item(), "B-1");
  const saved = save(bo.seen(), bo.item());
  write(bo.seen(), bo.item(), "B-12");
  bo.answer();
  while (!bo.onTheirWay()) await new Promise(setImmediate);
  bo.answer();
  assert.equal(await saved, true);
  assert.equal(quarrel(bo.seen(), bo.item()), null);
  assert.equal(bo.server.value, "B-12");
  assert.ok(!isTyped(bo.seen(), bo.item()));
});

test("a value that changed once more before one insists is a new quarrel, not an overwrite", async () => {
  const bo = begin();
  write(bo.seen(), bo.item(), "B-1");
  bo.colleagueWrites("A-17");
  await ORDERS["the refusal before the push"](bo);
  bo.colleagueWrites("");
  const insisted = insist(bo.seen(), bo.item());
  bo.answer();
  assert.equal(await insisted, false);
  bo.push();
  assert.deepEqual(quarrel(bo.seen(), bo.item()), { mine: "B-1", theirs: "" });
  assert.equal(bo.server.value, "");
});
