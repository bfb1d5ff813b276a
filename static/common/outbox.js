/** Lines on their way: kept, in order, until the server has acknowledged or refused them. */

const AGAIN_AFTER = 10_000;
/** So many may wait for an answer: the server closes who sends more than forty at a time, and a slow one must not be
 *  asked again by everybody for all that it has not come to yet. */
const IN_FLIGHT = 20;

/** `keep`: {load() -> lines, save(lines)}, to survive a reload; without it lines live as long as the page. */
export class Outbox {
  constructor(keep) {
    this.keep = keep;
    this.lines = (keep ? keep.load() : []).map((line) => ({ ...line, sentAt: null }));
  }

  add(line) {
    this.lines = [...this.lines, { ...line, sentAt: null }];
    this.#save();
  }

  settle(id) {
    const left = this.lines.filter((line) => line.id !== id);
    const known = left.length !== this.lines.length;
    this.lines = left;
    if (known) this.#save();
    return known;
  }

  /** A new socket: nothing of the old one's answers will come, so everything is due again. */
  rewind() {
    this.lines.forEach((line) => (line.sentAt = null));
  }

  /** The first lines never sent on this socket, or sent and not answered for ten seconds. The same id makes that harmless. */
  due(now) {
    const due = this.lines.filter((line) => line.sentAt === null || now - line.sentAt >= AGAIN_AFTER);
    return due.slice(0, Math.max(0, IN_FLIGHT - (this.lines.length - due.length)));
  }

  #save() {
    this.keep?.save(this.lines.map(({ sentAt, ...line }) => line));
  }
}
