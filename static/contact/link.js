/**
 * The way to the server: the shared socket, and while none can be opened (a proxy may forbid it) polling.
 * Either way the caller hears the same frames; a poll's answer comes as {type: "fetched", ...}.
 *
 * onState: "connecting", "live", "polling", "down" (neither works, both are tried again), "gone" (no right to the chat)
 */
import { Socket } from "../common/socket.js";
import { call } from "./api.js";

const PATIENCE = 4_000;
const POLL_EVERY = 3_000;
const POLL_CAP = 30_000;

export class Link {
  constructor({ chat, token, after, onFrame, onState, keep, env = globalThis, ask = call }) {
    Object.assign(this, { chat, token, after, onFrame, onState, env, ask, state: "connecting", failures: 0 });
    const hello = () => ({ token, chat, after: after() });
    this.socket = new Socket({ url: "/ws/contact/", hello, onFrame, onState: (state) => this.#look(state), keep, env });
  }

  start() {
    this.#beImpatient();
    this.socket.start();
  }

  stop() {
    this.over = true;
    this.env.clearTimeout(this.impatience);
    this.env.clearTimeout(this.turn);
    this.socket.stop();
  }

  /** Lines that an earlier visit left unsent. */
  get unsent() {
    return this.socket.outbox.lines;
  }

  say(text) {
    const id = this.socket.say({ interaction: this.chat, text });
    if (this.polling) this.#poll();
    return id;
  }

  /** What is no longer under way has arrived, even if its acknowledgement was lost. */
  settle(mine) {
    for (const { id } of this.unsent) if (!mine.some((line) => line.id === id)) this.socket.outbox.settle(id);
  }

  send(frame) {
    return this.socket.send({ ...frame, interaction: this.chat, lane: "public" });
  }

  /** Without a socket the next poll says it. */
  see(number) {
    this.seen = number;
    return this.polling || this.send({ type: "seen", number });
  }

  /** A poll says it by what it asks for. */
  deliver(number) {
    return this.polling || this.socket.send({ type: "delivered", cursors: { [this.chat]: { public: number } } });
  }

  /** The page came back into view: do not wait for the next turn. */
  wake() {
    this.socket.retryNow();
  }

  /** What is missing, over HTTP. Resolves to whether anything was answered. */
  async fetch() {
    try {
      const answer = await this.ask("GET", `/${this.chat}?after=${this.after()}${this.seen ? `&seen=${this.seen}` : ""}`, { token: this.token });
      if (!this.over) this.onFrame({ type: "fetched", ...answer });
      return true;
    } catch (refused) {
      if (refused.gone) this.#tell("gone");
      return false;
    }
  }

  // --- socket or polling --------------------------------------------------------------------

  #look({ phase, stopped }) {
    if (this.over) return;
    if (phase === "live") return this.#settle();
    if (stopped === "signed_out") return this.#tell("gone");
    if (stopped) return this.#startPolling();
    if (this.state === "live") this.#tell("down");
    this.#beImpatient();
  }

  #settle() {
    this.env.clearTimeout(this.impatience);
    this.env.clearTimeout(this.turn);
    this.impatience = null;
    this.polling = false;
    this.#tell("live");
  }

  #beImpatient() {
    this.impatience ??= this.env.setTimeout(() => this.#startPolling(), PATIENCE);
  }

  #startPolling() {
    if (this.polling) return;
    this.polling = true;
    this.#poll();
  }

  async #poll() {
    if (this.busy) return;
    this.busy = true;
    this.env.clearTimeout(this.turn);
    const worked = (await this.#post()) && (await this.fetch());
    this.busy = false;
    if (this.over || !this.polling) return;
    this.failures = worked ? 0 : this.failures + 1;
    this.#tell(worked ? "polling" : "down");
    this.turn = this.env.setTimeout(() => this.#poll(), this.#delay());
  }

  #delay() {
    if (!this.failures) return this.socket.outbox.lines.length ? 0 : POLL_EVERY;
    const most = Math.min(POLL_CAP, POLL_EVERY * 2 ** this.failures);
    return POLL_EVERY + (this.env.random ?? Math.random)() * (most - POLL_EVERY);
  }

  /** The outbox, one line after the other; false when the server cannot be reached. */
  async #post() {
    for (const { id, text } of [...this.socket.outbox.lines]) {
      try {
        await this.ask("POST", `/${this.chat}/messages`, { token: this.token, body: { id, text } });
        this.#answered({ type: "ack", id });
      } catch (refused) {
        if (refused.gone) this.#tell("gone");
        if (refused.gone || refused.passing) return false;
        this.#answered({ type: "nack", id, code: refused.code, message: refused.message });
      }
    }
    return true;
  }

  #answered(frame) {
    this.socket.outbox.settle(frame.id);
    if (!this.over) this.onFrame(frame);
  }

  #tell(state) {
    if (this.over || this.state === "gone") return;
    this.state = state;
    this.onState(state);
    if (state === "gone") this.stop();
  }
}
