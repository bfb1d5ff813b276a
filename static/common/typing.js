/** The typing notice: said with the first key, then every three seconds while keys go on, taken back ten seconds after the last. */
const EVERY = 3_000;
const REST = 10_000;

export class Typing {
  /** `tell(on)` returns whether it went out. */
  constructor({ tell, env = globalThis }) {
    Object.assign(this, { tell, env, saidAt: null, again: null, rest: null });
  }

  /** Keys that come too soon after a notice are told in time, so that the notice never ends before ten seconds of rest. */
  key() {
    this.env.clearTimeout(this.rest);
    this.rest = this.env.setTimeout(() => this.stop(), REST);
    const wait = this.saidAt === null ? 0 : this.saidAt + EVERY - this.env.Date.now();
    if (wait <= 0) this.#say();
    else this.again ??= this.env.setTimeout(() => this.#say(), wait);
  }

  stop() {
    const said = this.saidAt !== null;
    this.sent();
    if (said) this.tell(false);
  }

  /** A line ends the typing by itself, for everybody who reads it: the next key is told at once. */
  sent() {
    this.env.clearTimeout(this.rest);
    this.#forget();
  }

  #say() {
    this.#forget();
    if (this.tell(true)) this.saidAt = this.env.Date.now();
  }

  #forget() {
    this.env.clearTimeout(this.again);
    this.again = this.saidAt = null;
  }
}
