/** The chat by e-mail: the part of the page, what another tab hears of it, and how it is looked after. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat } from "../../static/contact/chat.js";
import { Store } from "../../static/contact/store.js";
import { Transcript } from "../../static/contact/transcript.js";
import { learn } from "../../static/contact/words.js";
import { page } from "./wording.mjs";

learn(page("en"), "en");

const OFFERED = { address: "kim@example.com", left: 3, to: null, state: null };
const QUEUED = { address: "kim@example.com", left: 2, to: "kim@example.org", state: "queued" };
const SENT = { ...QUEUED, state: "sent" };
const view = (transcript, version = 1) => ({ id: "chat", state: "ended", public_version: version, number: 0, me: "kim", name: "Kim", agents: [], transcript });
const settle = async () => { for (let turn = 0; turn < 20; turn += 1) await Promise.resolve(); };

// --- the part of the page ---------------------------------------------------------------------

class Element {
  constructor(more = {}) {
    Object.assign(this, { textContent: "", hidden: false, value: "", heard: {}, attributes: {}, validity: { valid: true }, ...more });
  }

  addEventListener = (type, hear) => (this.heard[type] = hear);
  setAttribute = (name, value) => (this.attributes[name] = String(value));
  removeAttribute = (name) => delete this.attributes[name];
  focus = () => (Element.focused = this);
  select = () => {};
  click = () => this.heard.click();
  querySelector = (name) => this.parts[name];
}

function part(ask) {
  const field = new Element(), why = new Element(), button = new Element(), told = new Element(), opener = new Element(), rest = new Element();
  const form = new Element({ hidden: true, elements: { to: field }, parts: { button, ".c-need": why } });
  const whole = new Element({ hidden: true, parts: { p: told, button: opener, form } });
  const made = new Transcript(whole, { ask, rest: rest.focus });
  const submit = async () => (form.heard.submit({ preventDefault() {} }), settle());
  return { made, whole, told, opener, form, field, why, button, rest, submit };
}

test("it is offered with the address that was given, and says what became of it", async () => {
  const asked = [];
  const { made, whole, told, opener, form, field, submit } = part(async (wish) => asked.push(wish));
  made.draw(view(null));
  assert.equal(whole.hidden, true);
  made.draw(view(OFFERED));
  assert.deepEqual([whole.hidden, opener.textContent, told.textContent], [false, "Send me this chat by e-mail", ""]);
  opener.click();
  assert.deepEqual([form.hidden, opener.attributes["aria-expanded"], field.value, Element.focused === field], [false, "true", "kim@example.com", true]);
  field.value = " kim@example.org ";
  await submit();
  assert.deepEqual([asked[0].to, form.hidden, Element.focused === opener], ["kim@example.org", true, true]);
  for (const [state, words] of [["queued", "It is on its way to kim@example.org."], ["sent", "It was sent to kim@example.org."], ["failed", "It could not be sent to kim@example.org. Is the address right?"]]) {
    made.draw(view({ ...QUEUED, state }));
    assert.deepEqual([told.textContent, opener.textContent], [words, "Send it once more"]);
  }
});

test("what is refused stands beside the field; the same wish keeps its id until it was answered", async () => {
  const asked = [];
  const { made, opener, form, field, why, submit } = part(async (wish) => {
    asked.push(wish);
    if (asked.length < 4) throw new Error("We cannot reach the server.");
  });
  made.draw(view(OFFERED));
  opener.click();
  field.value = "";
  await submit();
  assert.deepEqual([asked.length, why.textContent, field.attributes["aria-invalid"]], [0, "Please write an address like name@example.com.", "true"]);
  for (const to of ["a@example.org", "a@example.org", "b@example.org"]) {
    field.value = to;
    await submit();
    assert.deepEqual([why.textContent, form.hidden, Element.focused === field], ["We cannot reach the server.", false, true]);
  }
  await submit();
  const [first, second, third, fourth] = asked.map(({ id }) => id);
  assert.equal(first, second);
  assert.notEqual(second, third);
  assert.equal(third, fourth);
  assert.deepEqual([form.hidden, why.textContent], [true, ""]);
  opener.click();
  await submit();
  assert.notEqual(asked[4].id, fourth);
});

test("after the last one nothing more is offered, and the focus goes on", async () => {
  const { made, told, opener, form, rest, submit } = part(async () => made.draw(view({ ...QUEUED, left: 0 })));
  made.draw(view({ ...SENT, left: 1 }));
  opener.click();
  await submit();
  assert.deepEqual([opener.hidden, form.hidden, Element.focused === rest], [true, true, true]);
  assert.equal(told.textContent, "It is on its way to kim@example.org.");
});

// --- the chat ---------------------------------------------------------------------------------

/** A browser's storage, and a server that answers with what `now` holds. */
function ground(t) {
  const kept = {}, said = [], server = { now: view(OFFERED) };
  const storage = { getItem: (key) => kept[key] ?? null, setItem: (key, value) => (kept[key] = value) };
  const store = new Store("website", { storage });
  store.write({ chat: "chat", token: "secret", people: {} });
  t.mock.method(globalThis, "fetch", async (address, { method, body }) => {
    said.push([method, address.replace("/api/v1/contact/chats", ""), body && JSON.parse(body)]);
    const answer = method === "GET" ? { messages: [], waiting: null } : {};
    return { ok: true, json: async () => ({ snapshot: server.now, ...answer }) };
  });
  const waits = [];
  t.mock.method(globalThis, "setTimeout", (run, wait) => waits.push({ run, wait }));
  const tab = () => new Chat({ kept: store.read(), store, onChange() {} });
  return { server, said, waits, tab };
}

test("another tab hears of it, once", async (t) => {
  const { server, said, tab } = ground(t);
  const [one, other] = [tab(), tab()];
  server.now = view(SENT, 2);
  await one.ask("transcript", { id: "i", to: "kim@example.org" });
  assert.deepEqual(said, [["POST", "/chat/transcript", { id: "i", to: "kim@example.org" }]]);
  for (const chat of [other, other, one]) {
    chat.hearTabs();
    await settle();
    assert.deepEqual(chat.state.view.transcript, SENT);
  }
  assert.deepEqual(said.slice(1), [["GET", "/chat?after=0", undefined]]);
  assert.equal(tab().asked, one.asked);
});

test("while it is on its way the page looks again, ever more seldom, and stops", async (t) => {
  const { server, said, waits, tab } = ground(t);
  const chat = tab();
  server.now = view(QUEUED, 2);
  await chat.ask("transcript", { id: "i", to: "kim@example.org" });
  for (let look = 0; look < waits.length; look += 1) {
    assert.equal(said.length, 1 + look);
    await waits[look].run();
  }
  assert.deepEqual(waits.map(({ wait }) => wait / 1000), [1.5, 3, 6, 12, 24, 48, 96]);
  chat.wake();
  await settle();
  server.now = view(SENT, 3);
  chat.wake();
  await settle();
  assert.equal(chat.state.view.transcript.state, "sent");
  assert.equal(said.length, 10);
  chat.wake();
  await settle();
  assert.equal(said.length, 10);
});

test("what was sent meanwhile is not looked after, and a chat that is left is not either", async (t) => {
  const { server, waits, tab } = ground(t);
  const [chat, left] = [tab(), tab()];
  server.now = view(QUEUED, 2);
  await chat.ask("transcript", { id: "i", to: "kim@example.org" });
  server.now = view(SENT, 3);
  await waits[0].run();
  assert.deepEqual([waits.length, chat.state.view.transcript.state], [1, "sent"]);
  server.now = view(QUEUED, 4);
  await left.ask("transcript", { id: "j", to: "kim@example.org" });
  left.stop();
  await waits[1].run();
  assert.equal(waits.length, 2);
});
