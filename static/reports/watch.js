/** What the wallboard knows: the board as of now, how far this clock is behind the server's, and since when it is old. */
import { Socket } from "../common/socket.js";

const OLD = 12_000; // the server vouches for the board every five seconds
const STOPPED = {
  signed_out: "You are signed out. Sign in again, then load the page.",
  forbidden: "This board is not for you. Ask an administrator.",
  replaced: "This board goes on in another window.",
};

export class Watch {
  board = null;
  ahead = 0;
  #asOf = null;
  #heardAt = 0;
  #trouble = "";

  constructor({ url, changed, env = globalThis }) {
    Object.assign(this, { changed, env });
    this.socket = new Socket({ url, env, hello: () => ({}), onFrame: (frame) => this.#hear(frame), onState: () => changed(this) });
  }

  start() {
    this.socket.start();
  }

  /** Figures that nobody vouches for any more must not pass for those of now. */
  get stale() {
    return this.board !== null && this.#why() !== "";
  }

  /** Since when the board is not up to date, as this clock has it; null while it is. */
  get staleSince() {
    return this.stale ? this.#heardAt : null;
  }

  get words() {
    const why = this.#why();
    if (!this.board) return why || "Connecting";
    return why ? `${why} Not up to date since ${clock(this.#asOf)}` : "Live";
  }

  #why() {
    const { phase, stopped } = this.socket.state;
    if (phase === "stopped") return STOPPED[stopped] ?? "The board has ended. Load the page again.";
    if (phase === "locked") return "Your workspace is locked. Unlock it, and the board goes on.";
    if (this.#trouble) return this.#trouble;
    if (phase !== "live") return phase === "connecting" ? "" : "The server cannot be reached, trying again.";
    return this.env.Date.now() - this.#heardAt > OLD ? "Nothing new came." : "";
  }

  #hear(frame) {
    if (frame.type === "welcome") this.board = sorted(frame.board);
    else if (frame.type === "board") this.board = apply(this.board, frame);
    else if (frame.type === "locked") this.board = null;
    if (frame.type === "error") this.#trouble = frame.message;
    else this.#vouched(frame.time ?? frame.at);
    this.changed(this);
  }

  #vouched(at) {
    this.#heardAt = this.env.Date.now();
    Object.assign(this, { ahead: Date.parse(at) - this.#heardAt });
    this.#asOf = at;
    this.#trouble = "";
  }
}

/** The board after a frame: rows that came replace those of their ids, what is gone goes. */
export function apply(board, { at, since: today, threshold, queues, agents, gone }) {
  const out = new Set(gone);
  const merged = (rows, changed) => {
    const held = new Map([...rows, ...changed].map((row) => [row.id, row]));
    return [...held.values()].filter(({ id }) => !out.has(id));
  };
  return sorted({ at, since: today, threshold, queues: merged(board.queues, queues), agents: merged(board.agents, agents) });
}

function sorted(board) {
  const byName = (rows) => rows.toSorted((one, other) => one.name.localeCompare(other.name));
  return { ...board, queues: byName(board.queues), agents: byName(board.agents) };
}

const clock = (moment) => new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Since then, as 0:42, 12:05 or 1:02:03. */
export function since(moment, now) {
  const seconds = Math.max(0, Math.floor((now - moment) / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(":");
}

/** A share as people read it; nothing for nothing yet. */
export const percent = (share) => (share === null ? "–" : `${Math.round(share * 100)} %`);
