/**
 * A socket that comes back: hello, resume, full jitter, and an outbox that sends each line until it is answered.
 * Shared by the workspace and the contact's page. It knows frames only by `type`; what they mean is the caller's.
 *
 *   const socket = new Socket({
 *     url: "/ws/contact/",
 *     hello: () => ({ token, chat, after: head }),    // asked anew for each connection; `type` and `tab` are added
 *     onFrame: (frame) => {},                         // every frame of the server, `ack` and `nack` too
 *     onState: (state) => {},                         // see `state` below, at each change
 *     keep: { load() {}, save(lines) {} },            // optional: the outbox over a reload
 *   });
 *   socket.start();
 *   socket.say({ interaction, lane: "public", text }) -> id    // kept until ack or nack, sent again with the same id
 *   socket.post({ type, id, ... }) -> id    // the same for a line of another type
 *   socket.send({ type: "typing", ... }) -> boolean            // now or never
 *   socket.again()                                             // a new connection at once, for a fresh welcome
 *
 * state: { phase, lastHeard, retryAt, code, stopped }
 *   phase: "connecting" (first time), "live" (welcome received), "locked" (heard that instead: connected, nothing is
 *     sent), "waiting" (until retryAt), "retrying", "stopped"
 *   stopped: null, "signed_out" (4401), "replaced" (4409), "forbidden" (4403), "left" (stop() was called)
 */
import { uuid } from "./ids.js";
import { Outbox } from "./outbox.js";

const BASE = 500;
const GROWTH = 1.5;
const CAP = 10_000;
const STEADY_AFTER = 10_000;
const WATCH_EVERY = 2_500;
const ASK_AFTER = 16_000;
const DEAD_AFTER = 8_000;
const GOODBYE = 1000; // without it the server keeps our place as for somebody who lost the connection
const FINAL = { 4401: "signed_out", 4403: "forbidden", 4409: "replaced" };
const LOCK_TURNED = 4423;
const CONNECTING = 0;
const ANSWERS = new Set(["ack", "nack", "im_ack"]);
const TURNS = 5;
const NEVER_AT_ONCE = new Set([4400, 4412, 4429]);

export class Socket {
  constructor({ url, hello, onFrame, onState = () => {}, keep, env = globalThis }) {
    Object.assign(this, { url, hello, onFrame, onState, env });
    this.tab = uuid();
    this.outbox = new Outbox(keep);
    this.attempt = 0;
    this.state = { phase: "connecting", lastHeard: null, retryAt: null, code: null, stopped: null };
  }

  get live() {
    return this.state.phase === "live";
  }

  get open() {
    return this.live || this.state.phase === "locked";
  }

  start() {
    this.env.addEventListener?.("online", () => this.retryNow());
    this.watch = this.env.setInterval(() => this.#look(), WATCH_EVERY);
    this.#open();
  }

  stop(why = "left") {
    this.env.clearInterval(this.watch);
    this.env.clearTimeout(this.timer);
    this.#drop();
    this.#tell({ phase: "stopped", stopped: why, retryAt: null });
  }

  retryNow() {
    if (this.state.phase !== "waiting") return;
    this.env.clearTimeout(this.timer);
    this.#open();
  }

  again() {
    if (this.state.phase === "stopped" || this.ws?.readyState === CONNECTING) return; // what opens has a fresh one to come
    this.env.clearTimeout(this.timer);
    this.#open();
  }

  say({ interaction, text, lane = "public", id = uuid() }) {
    return this.post({ interaction, id, text, lane });
  }

  post(line) {
    this.outbox.add(line);
    this.#flush();
    return line.id;
  }

  send(frame) {
    if (!this.open) return false;
    this.ws.send(JSON.stringify(frame));
    return true;
  }

  // --- one connection ---------------------------------------------------------------------

  #open() {
    this.#drop();
    this.#tell({ phase: this.state.lastHeard ? "retrying" : "connecting", retryAt: null });
    const ws = new this.env.WebSocket(this.#address());
    this.ws = ws;
    this.openedAt = this.#now();
    this.askedAt = null;
    ws.onopen = () => ws.send(JSON.stringify({ type: "hello", tab: this.tab, ...this.hello() }));
    ws.onmessage = (event) => this.#hear(event.data);
    ws.onclose = (event) => this.#closed(event.code);
  }

  #address() {
    const address = new URL(this.url, this.env.location.href);
    address.protocol = address.protocol.replace("http", "ws");
    return address.href;
  }

  #hear(data) {
    const frame = JSON.parse(data);
    this.heardAt = this.#now();
    this.state.lastHeard = this.heardAt;
    this.askedAt = null;
    if (ANSWERS.has(frame.type)) this.outbox.settle(frame.id);
    this.onFrame(frame);
    if (frame.type === "welcome") this.#welcomed();
    if (frame.type === "locked" && this.state.phase !== "locked") this.#greeted("locked");
  }

  #welcomed() {
    this.outbox.rewind();
    this.#greeted("live");
    this.#flush();
  }

  #greeted(phase) {
    this.steadyAt = this.#now() + STEADY_AFTER;
    this.#tell({ phase, retryAt: null, code: null });
  }

  #flush() {
    if (!this.live) return;
    const now = this.#now();
    for (const line of this.outbox.due(now)) {
      const { sentAt, ...fields } = line;
      line.sentAt = now;
      this.ws.send(JSON.stringify({ type: "send", ...fields }));
    }
  }

  #drop() {
    if (!this.ws) return;
    this.ws.onopen = this.ws.onmessage = this.ws.onclose = null;
    this.ws.close(GOODBYE);
    this.ws = null;
  }

  // --- coming back ------------------------------------------------------------------------

  #closed(code) {
    this.#drop();
    if (FINAL[code]) return this.stop(FINAL[code]);
    if (code === LOCK_TURNED && this.attempt < TURNS) return this.#turned();
    const delay = this.#delay(code);
    this.attempt += 1;
    this.#tell({ phase: "waiting", code, retryAt: this.#now() + delay });
    this.timer = this.env.setTimeout(() => this.#open(), delay);
  }

  /** Nothing was lost: the other side only has something else to say from now on. */
  #turned() {
    this.attempt += 1;
    this.#open();
  }

  /** Full jitter: many clients lose a server at the same moment and must not return at the same moment. */
  #delay(code) {
    if (this.attempt === 0 && !NEVER_AT_ONCE.has(code)) return 0;
    return Math.round((this.env.random ?? Math.random)() * Math.min(CAP, BASE * GROWTH ** Math.max(1, this.attempt)));
  }

  /**
   * Timers of hidden tabs run once a minute and a laptop may have slept, so silence alone proves nothing:
   * the server is asked first, and only a question without an answer closes the socket.
   */
  #look() {
    const now = this.#now();
    if (now < this.lookedAt) this.#forgetTheTime(now);
    this.lookedAt = now;
    if (this.open && now >= this.steadyAt) this.attempt = 0;
    if (this.live) this.#flush();
    if (!this.ws) return;
    if (!this.open) return now - this.openedAt >= ASK_AFTER ? this.#closed(null) : undefined;
    if (this.askedAt !== null) return now - this.askedAt >= DEAD_AFTER ? this.#closed(null) : undefined;
    if (now - this.heardAt >= ASK_AFTER) this.#ask(now);
  }

  /** The clock was set back: what was to be at moments of the old time does not wait until they come again. */
  #forgetTheTime(now) {
    this.openedAt = this.heardAt = now;
    if (this.askedAt !== null) this.askedAt = now;
    this.steadyAt = now + STEADY_AFTER;
    this.outbox.rewind();
  }

  #ask(now) {
    this.askedAt = now;
    this.send({ type: "beat" });
  }

  #tell(change) {
    this.state = { ...this.state, ...change };
    this.onState(this.state);
  }

  #now() {
    return this.env.Date.now();
  }
}
