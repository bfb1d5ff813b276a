/** What the wallboard knows: the newest board, how far this clock is behind the server's, and whether it is old. */

const PATIENCE = 10_000;
const OLD = 15_000;
const REFUSED = { 401: "You are signed out. Sign in again, then load the page.", 403: "This board is not for you, or your workspace is locked." };

export class Watch {
  board = null;
  ahead = 0;
  trouble = "";
  #got = 0;

  constructor({ address, changed, fetch = (...args) => globalThis.fetch(...args), clock = () => Date.now() }) {
    Object.assign(this, { address, changed, fetch, clock });
  }

  /** One question; whatever comes of it is shown. */
  async ask() {
    try {
      const answer = await this.fetch(this.address, { headers: { Accept: "application/json" }, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
      if (answer.ok) this.#take(await answer.json());
      else this.trouble = REFUSED[answer.status] ?? "The server could not answer.";
    } catch {
      this.trouble = "The server cannot be reached.";
    }
    this.changed(this);
  }

  /** Figures that nobody renewed for a while must not pass for those of now. */
  get stale() {
    return this.trouble !== "" || this.clock() - this.#got > OLD;
  }

  get words() {
    if (!this.board) return this.trouble || "Loading";
    const at = new Date(this.board.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    return this.stale ? `${this.trouble || "Nothing new came."} As of ${at}` : "Live";
  }

  #take(board) {
    this.#got = this.clock();
    Object.assign(this, { board, trouble: "", ahead: Date.parse(board.at) - this.#got });
  }
}

/** Since then, as 0:42, 12:05 or 1:02:03. */
export function since(moment, now) {
  const seconds = Math.max(0, Math.floor((now - Date.parse(moment)) / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(":");
}

/** A share as people read it; nothing for nothing yet. */
export const percent = (share) => (share === null ? "–" : `${Math.round(share * 100)} %`);
