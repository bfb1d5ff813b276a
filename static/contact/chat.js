/** One chat: its state, the way to the server, and the clocks around them (typing, marks, catching up). */
import { call } from "./api.js";
import { Link } from "./link.js";
import { behind, empty, ended, head, isMine, pending, reduce } from "./state.js";
import { Typing } from "../common/typing.js";
import { uuid } from "../common/ids.js";

const TYPING_GONE = 10_000;
const MARK_EVERY = 1_000;
const CATCH_UP_AFTER = 500;
const LOOK_FIRST = 1_500;
const LOOKS = 7; // within three minutes

export class Chat {
  /** `kept`: {chat, token, people}. `onChange()` after each change of `state` or `link.state`. */
  constructor({ kept, store, waiting = null, onChange }) {
    Object.assign(this, { id: kept.chat, token: kept.token, store, onChange, typers: {}, seen: 0, told: 0, markedAt: 0, looks: 0, asked: store.read().asked });
    this.state = { ...empty(kept.people), waiting };
    this.link = new Link({
      chat: kept.chat,
      token: kept.token,
      after: () => head(this.state),
      onFrame: (frame) => this.#hear(frame),
      onState: () => this.over || this.onChange(),
      keep: store.outbox(),
    });
    this.typing = new Typing({ tell: (on) => this.link.send({ type: "typing", on }) });
    for (const line of this.link.unsent) this.state = reduce(this.state, { ...line, type: "say" });
  }

  start() {
    this.link.start();
  }

  stop() {
    this.over = true;
    clearTimeout(this.looking);
    this.typing.sent();
    this.link.stop();
  }

  say(text) {
    this.typing.sent();
    this.#hear({ type: "say", id: this.link.say(text), text });
  }

  /** A refused line goes back to the composer. */
  drop(id) {
    this.#hear({ type: "drop", id });
  }

  /** A key; `on`: something stands in the field. */
  type(on) {
    if (on) this.typing.key();
    else this.typing.stop();
  }

  /** Lines have arrived; `looking`: the contact has all of them before their eyes. Told at most once a second. */
  mark(looking) {
    const number = head(this.state);
    if (this.waits || number <= (looking ? this.seen : this.told)) return;
    const rest = this.markedAt + MARK_EVERY - Date.now();
    if (rest > 0) this.waits = setTimeout(() => ((this.waits = null), this.over || this.onChange()), rest);
    else this.#tell(looking, number);
  }

  /** A new connection tells anew: the last mark may have gone down with the old one. */
  forgetMarks() {
    this.seen = this.told = 0;
  }

  #tell(looking, number) {
    const told = looking ? this.link.see(number) : this.link.deliver(number);
    if (told) Object.assign(this, { told: number, seen: looking ? number : this.seen, markedAt: Date.now() });
  }

  async leave() {
    await this.#post("leave", {}, () => (this.left = true));
  }

  /** What the contact wants once the chat is over. Its socket is closed then: other tabs are told by the store. */
  async ask(what, body) {
    this.looks = 0;
    await this.#post(what, body);
    this.asked = uuid();
    this.store.update(this.id, { asked: this.asked });
  }

  /** Another tab has written into the store. */
  hearTabs() {
    const { chat, asked } = this.store.read();
    if (chat !== this.id || asked === this.asked) return;
    this.asked = asked;
    this.#look();
  }

  /** The page came back into view. */
  wake() {
    if (pending(this.state)) this.#look();
    this.link.wake();
  }

  /** Has the contact written anything here? Then it can be a message. */
  get written() {
    return this.state.mine.length > 0 || this.state.lines.some((line) => isMine(this.state, line));
  }

  /** Wait no longer; `text` belongs to the message, the answer comes later. */
  async leaveMessage(text) {
    this.typing.sent();
    await this.#post("message", { id: uuid(), text });
  }

  async #post(what, body, done = () => {}) {
    const { snapshot } = await call("POST", `/${this.id}/${what}`, { token: this.token, body });
    done();
    this.#hear({ ...snapshot, type: "interaction" });
  }

  /** What the contact says of the chat, by the keys of the questions. */
  async answer(answers) {
    await this.ask("survey", { answers });
  }

  /** How an ended chat stands now; what cannot be had is asked for with the next look. */
  async #look() {
    const answer = await call("GET", `/${this.id}?after=${head(this.state)}`, { token: this.token }).catch(() => null);
    if (answer) this.#hear({ ...answer, type: "fetched" });
  }

  /** What becomes of a mail comes after the end, when nobody pushes any more: it is asked for, ever more seldom. */
  #lookLater() {
    if (this.looking || this.looks >= LOOKS) return;
    const wait = LOOK_FIRST * 2 ** this.looks;
    this.looks += 1;
    this.looking = setTimeout(async () => {
      await this.#look();
      this.looking = null;
      if (pending(this.state) && !this.over) this.#lookLater();
    }, wait);
  }

  #hear(frame) {
    if (this.over) return;
    const { people } = this.state;
    this.state = reduce(this.state, frame);
    if (frame.type === "welcome") this.forgetMarks();
    if (this.state.people !== people) this.store.update(this.id, { people: this.state.people });
    this.link.settle(this.state.mine);
    if (frame.type === "typing") this.#expire(frame);
    if (behind(this.state)) this.#catchUpSoon();
    else if (ended(this.state)) this.#finish();
    this.onChange();
  }

  #expire({ party, on }) {
    clearTimeout(this.typers[party]);
    if (on) this.typers[party] = setTimeout(() => this.#hear({ type: "typing", party, on: false }), TYPING_GONE);
  }

  /** What is missing is mostly on its way; only what does not come is fetched. */
  #catchUpSoon() {
    this.later ??= setTimeout(async () => {
      const had = head(this.state);
      const answered = behind(this.state) && (await this.link.fetch());
      this.later = null;
      if (answered && behind(this.state) && head(this.state) > had) this.#catchUpSoon();
    }, CATCH_UP_AFTER);
  }

  #finish() {
    if (!this.store.read().endedAt) this.store.update(this.id, { endedAt: Date.now() });
    if (this.state.mine.every((line) => line.why)) this.link.stop();
    if (pending(this.state)) this.#lookLater();
  }
}
