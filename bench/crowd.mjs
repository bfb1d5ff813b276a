/**
 * A crowd without browsers: contacts and agents on the product's own code (sockets, outboxes, stores) in one process.
 *
 *   node --experimental-websocket bench/crowd.mjs URL     with orders on stdin, news on stdout, each a line of JSON
 *
 * orders: {agents: [{name, cookie, csrf}]}, {contacts: 50}, {talk: seconds between two lines of a person, 0: silent}, {report: number}
 * news: {who, state, at}: a connection changed; {slow: milliseconds, at}: a line came late; {report: {...}}
 */
import { createInterface } from "node:readline";
import { Socket } from "../static/common/socket.js";
import { Chat } from "../static/contact/chat.js";
import { call } from "../static/contact/api.js";
import { Store } from "../static/contact/store.js";
import { Api } from "../static/desk/api.js";
import { BLANK, step } from "../static/desk/store/store.js";
import { cursors, laneLines } from "../static/desk/store/views.js";

const SLOW = 1000;
const { WebSocket: Native, fetch } = globalThis;
const origin = process.argv[2];
const acked = new Set();
const people = [];
let pause = 0;

const tell = (news) => process.stdout.write(`${JSON.stringify(news)}\n`);
const said = ({ number, id, text }) => [number, id, text];

/** A socket of Node's with the headers of a browser; what it acknowledges is written down. */
function socketOf(cookie) {
  return class extends Native {
    constructor(address) {
      super(address, { headers: { origin, ...(cookie && { cookie }) } });
      this.addEventListener("message", ({ data }) => hear(JSON.parse(data)));
      this.addEventListener("error", () => this.onclose?.({ code: 1006 })); // Node says no `close` of what never opened
    }
  };
}

function hear(frame) {
  if (frame.type === "ack") acked.add(frame.id);
  if (frame.type !== "message") return;
  const slow = Date.now() - Date.parse(frame.at);
  if (slow > SLOW) tell({ slow, at: Date.now() });
}

globalThis.location = { href: `${origin}/` };
globalThis.WebSocket = socketOf();
globalThis.fetch = async (path, options) => {
  const answer = await fetch(new URL(path, origin), options);
  if (answer.ok && path.endsWith("/messages") && options.method === "POST") acked.add(JSON.parse(options.body).id);
  return answer;
};

class Person {
  constructor(who) {
    Object.assign(this, { who, state: "", count: 0 });
    people.push(this);
    this.#talk();
  }

  is(state) {
    if (state !== this.state) tell({ who: this.who, state, at: Date.now() });
    this.state = state;
  }

  async #talk() {
    for (;;) {
      await new Promise((done) => setTimeout(done, (pause || 1) * 1000 * (0.5 + Math.random())));
      if (pause) this.say(`${this.who} says ${(this.count += 1)}`);
    }
  }
}

class Contact extends Person {
  async start() {
    const store = new Store("website", { storage: null });
    const body = { routing_point: "website", client_id: store.client(), name: this.who };
    const { chat: id, token } = await call("POST", "", { body });
    store.write({ chat: id, token, people: {}, outbox: [] });
    this.chat = new Chat({ kept: store.read(), store, onChange: () => this.is(this.chat.link.state) });
    this.chat.start();
  }

  say(text) {
    this.chat?.say(text);
  }

  report() {
    const { lines, mine, view } = this.chat.state;
    return { chats: { [this.chat.id]: lines.map(said) }, unsent: mine.length, over: view?.state === "ended" };
  }
}

class Agent extends Person {
  constructor({ name, cookie, csrf }) {
    super(name);
    const headers = { cookie: `${cookie}; csrftoken=${csrf}`, origin };
    const bound = (path, options) => fetch(origin + path, { ...options, headers: { ...options.headers, ...headers } });
    this.desk = BLANK;
    this.flights = new Map();
    this.api = new Api({ base: "/api/v1/", token: () => csrf, fetch: bound });
    const timers = { setTimeout, setInterval, clearTimeout, clearInterval };
    this.socket = new Socket({
      url: "/ws/agent/",
      hello: () => ({ cursors: cursors(this.desk) }),
      onFrame: (frame) => this.feed(frame),
      onState: ({ phase, stopped }) => this.is(stopped ?? phase),
      env: { ...timers, Date, location, WebSocket: socketOf(headers.cookie) },
    });
  }

  async start() {
    this.socket.start();
    await this.api.post("me/status", { channel: "chat", status: "ready" });
  }

  feed(event) {
    const [after, needs] = step(this.desk, event, Date.now());
    this.desk = after;
    needs.forEach((need) => this.read(need));
    Object.values(after.invitations).forEach((one) => this.accept(one));
  }

  accept({ id, state }) {
    if (state === "ringing") this.once(`accept ${id}`, () => this.api.post(`invitations/${id}/accept`));
  }

  read(need) {
    this.once(JSON.stringify(need), async () => this.feed(await this.fetched(need)));
  }

  once(key, flight) {
    if (this.flights.has(key)) return;
    this.flights.set(key, flight().catch(() => {}).finally(() => this.flights.delete(key)));
  }

  async fetched(need) {
    if (need.what === "desk") return { type: "fetched.desk", desk: await this.api.get("desk") };
    if (need.what === "interaction") return { type: "fetched.interaction", view: await this.api.get(`interactions/${need.id}`) };
    const { lane, after, before } = need;
    const { results } = await this.api.get(`interactions/${need.interaction}/messages`, { lane, after, before, limit: 500 });
    return { type: "fetched.lines", interaction: need.interaction, lines: results };
  }

  say(text) {
    const open = Object.values(this.desk.interactions).filter((view) => view.state === "active" && !view.segment.left_at);
    open.forEach(({ id }) => this.socket.say({ interaction: id, text }));
  }

  report() {
    const chats = Object.keys(this.desk.interactions).map((id) => [id, laneLines(this.desk, id, "public").map(said)]);
    return { chats: Object.fromEntries(chats), unsent: this.socket.outbox.lines.length, over: false };
  }
}

const ORDERS = {
  agents: (given) => given.forEach((one) => new Agent(one).start()),
  contacts: async (count) => {
    for (let n = 1; n <= count; n += 1) await new Contact(`Contact ${n}`).start();
  },
  talk: (seconds) => (pause = seconds),
  report: () => tell({ report: { acked: [...acked], people: Object.fromEntries(people.map((one) => [one.who, one.report()])) } }),
};

createInterface({ input: process.stdin })
  .on("line", (line) => Object.entries(JSON.parse(line)).forEach(([order, given]) => ORDERS[order](given)))
  .on("close", () => process.exit());
