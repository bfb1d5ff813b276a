/** What the browser keeps per routing point: the secret client id, the chat and its token, draft and unsent lines. */
import { uuid } from "../common/ids.js";

const FORGET_AFTER = 3_600_000;

export class Store {
  constructor(slug, { storage, now = Date.now } = {}) {
    Object.assign(this, { key: `parley.contact.${slug}`, storage, now, memory: "{}" });
  }

  /** {client, chat, token, people, outbox, draft, endedAt, asked, previous}; an ended chat is shown for an hour. */
  read() {
    const kept = this.#parse();
    if (kept.endedAt && this.now() - kept.endedAt > FORGET_AFTER) return this.#save({ draft: kept.draft, previous: { chat: kept.chat, token: kept.token } });
    return kept;
  }

  write(changes) {
    return this.#save({ ...this.read(), ...changes });
  }

  /** What one chat knows, unless another tab has begun the next one. */
  update(chat, changes) {
    if (this.read().chat === chat) this.write(changes);
  }

  /** The secret of this browser; made once and kept until its chat is over. */
  client() {
    return this.read().client ?? this.write({ client: uuid() }).client;
  }

  /** Make room for a new chat, unless another tab already has one. */
  forget(chat, draft) {
    const kept = this.read();
    const previous = kept.token && { chat, token: kept.token };
    this.#save(kept.chat === chat ? { draft, previous } : { ...kept, draft });
  }

  /** The socket's outbox over a reload. Several tabs share the record: each takes out only what it put in. */
  outbox() {
    const own = new Set();
    const known = (lines) => (lines.forEach((line) => own.add(line.id)), lines);
    return {
      load: () => known(this.read().outbox ?? []),
      save: (lines) => {
        known(lines);
        const others = (this.read().outbox ?? []).filter((line) => !own.has(line.id));
        this.write({ outbox: [...others, ...lines] });
      },
    };
  }

  #parse() {
    try {
      return JSON.parse(this.#text()) ?? {};
    } catch {
      return {};
    }
  }

  /** Storage may be denied: then the page's memory has to do. */
  #text() {
    try {
      return this.storage.getItem(this.key) ?? this.memory;
    } catch {
      return this.memory;
    }
  }

  #save(kept) {
    this.memory = JSON.stringify(kept);
    try {
      this.storage.setItem(this.key, this.memory);
    } catch {
      // kept in memory
    }
    return kept;
  }
}
