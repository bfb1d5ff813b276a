/** The conversation: one list item per line, appended in order; text nodes only. */
import { pieces } from "../common/links.js";
import { isMine, reachedBy, typists } from "./state.js";
import { date, initials, names, t, typingWords, why } from "./words.js";

const TOGETHER = 300_000;
const clock = (at) => date(at, { hour: "2-digit", minute: "2-digit" });
const day = (at) => date(at, { weekday: "long", day: "numeric", month: "long" });
const exact = (at) => date(at, { dateStyle: "full", timeStyle: "medium" });

export class Log {
  /** `edit(line)`: the contact takes a refused line back into the composer. */
  constructor(box, edit) {
    Object.assign(this, { box, edit, list: box.querySelector("ol"), drawn: 0, items: [], stuck: true });
    this.typing = make("li", "c-typing");
    box.addEventListener("scroll", () => (this.stuck = box.scrollHeight - box.scrollTop - box.clientHeight < 48));
    new ResizeObserver(() => this.#stick()).observe(box);
  }

  draw(state, down) {
    this.#rename(state.people);
    for (; this.drawn < state.lines.length; this.drawn += 1) this.#append(state, this.drawn);
    this.#drawMine(state.mine, down);
    this.#drawSeen(state);
    const words = typingWords(typists(state));
    if (this.typing.textContent !== words) this.typing.textContent = words;
    if (!words) this.typing.remove();
    else if (!this.typing.isConnected) this.list.append(this.typing);
    this.#stick();
  }

  bottom() {
    this.stuck = true;
    this.#stick();
  }

  clear() {
    this.list.replaceChildren();
    Object.assign(this, { drawn: 0, items: [], mine: null, known: null, stuck: true });
  }

  #stick() {
    if (this.stuck) this.box.scrollTop = this.box.scrollHeight;
  }

  /** A line may come before its writer's name does. */
  #rename(people) {
    const known = Object.values(people).map((person) => person.nickname + person.group).join();
    if (known === this.known) return;
    this.known = known;
    for (const item of this.list.querySelectorAll("[data-party]")) nameHead(item, people[item.dataset.party]);
  }

  #append(state, index) {
    const line = state.lines[index];
    const before = state.lines[index - 1];
    if (before ? !sameDay(before.at, line.at) : !sameDay(new Date(), line.at)) this.#put(system(day(line.at)));
    const item = line.kind === "system" ? system(line.text, line.at) : bubble(line, isMine(state, line));
    item.toggleAttribute("data-more", together(before, line));
    if (item.dataset.party) nameHead(item, state.people[line.party]);
    this.items[line.number] = item;
    this.#put(item);
  }

  #put(item) {
    this.list.insertBefore(item, this.list.querySelector(".c-own, .c-typing"));
  }

  #drawMine(mine, down) {
    if (mine === this.mine && down === this.down) return;
    Object.assign(this, { mine, down });
    for (const item of this.list.querySelectorAll(".c-own")) item.remove();
    for (const line of mine) this.list.insertBefore(this.#own(line, down), this.typing.parentNode && this.typing);
  }

  #own(line, down) {
    const item = bubble(line, true);
    item.classList.add("c-own");
    if (!line.why) {
      item.append(make("footer", "", t(down ? "later" : "sending")));
      return item;
    }
    const button = make("button", "c-btn", t("edit"));
    button.addEventListener("click", () => this.edit(line));
    const foot = make("footer", "c-why", t("not_sent", { why: why({ code: line.code, message: line.why }) }));
    foot.append(button);
    item.append(foot);
    return item;
  }

  /** Under the newest own line whether it was sent or delivered; under the newest seen one who has seen it. */
  #drawSeen(state) {
    const last = state.lines.findLast((line) => isMine(state, line));
    const seen = state.lines.findLast((line) => isMine(state, line) && reachedBy(state, line.number, "seen").length);
    const words = new Map(last ? [[last.number, this.#sent(state, last)]] : []);
    if (seen) words.set(seen.number, t("seen", { names: names(reachedBy(state, seen.number, "seen")) }));
    for (const foot of this.list.querySelectorAll(".c-seen")) {
      if (words.get(Number(foot.dataset.number)) === foot.textContent) words.delete(Number(foot.dataset.number));
      else foot.remove();
    }
    for (const [number, text] of words) {
      const foot = make("footer", "c-seen", text);
      foot.dataset.number = number;
      foot.toggleAttribute("data-seen", number === seen?.number);
      this.items[number].append(foot);
    }
  }

  #sent(state, { number, at }) {
    return t(reachedBy(state, number, "delivered").length ? "delivered" : "sent", { time: clock(at) });
  }
}

function bubble(line, mine) {
  const item = make("li", "c-line");
  const header = make("header", mine ? "vh" : "");
  header.append(make("b", "", t(mine ? "you" : "agent")), make("span"), " ", ...(line.at ? [stamp(line.at)] : []));
  item.append(header, words(line.text));
  if (mine) item.dataset.who = "me";
  else seat(item, line.party);
  return item;
}

function seat(item, party) {
  const face = make("span", "face");
  face.ariaHidden = "true";
  item.dataset.party = party;
  item.prepend(face);
}

function nameHead(item, person) {
  if (!person?.nickname) return;
  item.querySelector(".face").textContent = initials(person.nickname);
  item.querySelector("b").textContent = person.nickname;
  item.querySelector("header span").textContent = person.group ? `, ${person.group}` : "";
}

function system(text, at) {
  const item = make("li", "c-sys", text);
  if (at) item.append(" ", stamp(at));
  return item;
}

function words(text) {
  const paragraph = make("p");
  paragraph.dir = "auto";
  for (const piece of pieces(text)) paragraph.append(piece.href ? link(piece) : piece.text);
  return paragraph;
}

function link({ text, href }) {
  const anchor = make("a", "", text);
  Object.assign(anchor, { href, rel: "noopener noreferrer nofollow", target: "_blank" });
  return anchor;
}

function stamp(at) {
  const time = make("time", "", clock(at));
  Object.assign(time, { dateTime: at, title: exact(at) });
  return time;
}

const together = (before, line) =>
  before?.kind === "text" && line.kind === "text" && before.party === line.party && new Date(line.at) - new Date(before.at) < TOGETHER;

const sameDay = (one, other) => new Date(one).toDateString() === new Date(other).toDateString();

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
