import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../static/contact/store.js";

function fakeStorage() {
  const kept = new Map();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
}

const HOUR = 3_600_000;

test("the client id is made once, is a UUIDv4, and belongs to its routing point", () => {
  const storage = fakeStorage();
  const id = new Store("billing", { storage }).client();
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Store("billing", { storage }).client(), id);
  assert.notEqual(new Store("network", { storage }).client(), id);
});

test("a reload finds chat, token, names and draft", () => {
  const storage = fakeStorage();
  const facts = { chat: "c", token: "t", people: { p: { nickname: "Ana" } }, draft: "so" };
  new Store("x", { storage }).write(facts);
  assert.deepEqual(new Store("x", { storage }).read(), facts);
});

test("a new chat has a new client id, keeps what was not sent and knows the chat before", () => {
  const store = new Store("x", { storage: fakeStorage() });
  const first = store.client();
  store.write({ chat: "c", token: "t", outbox: [{ id: "a" }] });
  store.forget("c", "not sent");
  assert.deepEqual(store.read(), { draft: "not sent", previous: { chat: "c", token: "t" } });
  assert.notEqual(store.client(), first);
});

test("the chat that another tab has begun meanwhile is not forgotten", () => {
  const storage = fakeStorage();
  const one = new Store("x", { storage });
  const other = new Store("x", { storage });
  one.write({ chat: "old", token: "t" });
  other.forget("old", "");
  other.write({ chat: "new", token: "u" });
  one.update("old", { endedAt: 1 });
  one.forget("old", "mine");
  assert.deepEqual(one.read(), { draft: "mine", previous: { chat: "old", token: "t" }, chat: "new", token: "u" });
});

test("an ended chat is shown for an hour, then the draft and the way back are left", () => {
  let time = 1_000;
  const store = new Store("x", { storage: fakeStorage(), now: () => time });
  store.write({ chat: "c", token: "t", endedAt: time, draft: "d" });
  time += HOUR;
  assert.equal(store.read().chat, "c");
  time += 1;
  assert.deepEqual(store.read(), { draft: "d", previous: { chat: "c", token: "t" } });
});

test("tabs share the outbox without taking each other's lines", () => {
  const storage = fakeStorage();
  const [one, other] = [new Store("x", { storage }).outbox(), new Store("x", { storage }).outbox()];
  one.save([{ id: "a" }]);
  other.save([{ id: "b" }]);
  one.save([]);
  assert.deepEqual(new Store("x", { storage }).read().outbox, [{ id: "b" }]);
  const later = new Store("x", { storage }).outbox();
  assert.deepEqual(later.load(), [{ id: "b" }]);
  later.save([]);
  assert.deepEqual(new Store("x", { storage }).read().outbox, []);
});

test("without storage the page's memory has to do; rubbish in it counts as nothing", () => {
  const denied = { getItem: () => { throw new Error("denied"); }, setItem: () => { throw new Error("denied"); } };
  for (const storage of [denied, null]) {
    const store = new Store("x", { storage });
    store.write({ chat: "c" });
    assert.equal(store.read().chat, "c");
  }
  const storage = fakeStorage();
  for (const rubbish of ["{", "null", "[", '"text"']) {
    storage.setItem("parley.contact.x", rubbish);
    assert.equal(new Store("x", { storage }).read().chat, undefined);
  }
});
