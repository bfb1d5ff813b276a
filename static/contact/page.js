/** The contact's page: pre-chat form, waiting, conversation, end. Which of them is shown is `data-mode` on the body. */
import { call } from "./api.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Form } from "./form.js";
import { Log } from "./log.js";
import { News } from "./news.js";
import { behind, ended, head, isMine, unsent } from "./state.js";
import { Store } from "./store.js";
import { Survey } from "./survey.js";
import { Transcript } from "./transcript.js";
import { learn, many, opens, place, status, t, waitWords } from "./words.js";

const BAR_AFTER = 1_000;
const PAGE_LIMIT = 500;
const byId = (id) => document.getElementById(id);
const page = JSON.parse(byId("page").textContent);
learn(page.words, page.language);
const store = new Store(page.slug, { storage: storage() });
const opening = byId("status-text").textContent;
const form = new Form(byId("form"), start, (at) => opens(page.texts.opens, at));
const log = new Log(byId("log"), edit);
const news = new News(byId("news"));
const composer = new Composer(byId("write"), {
  send: (text) => (log.bottom(), leaving ? leaveMessage(text) : chat.say(text)),
  typing: (on) => chat.type(on),
  keep: (draft) => store.write({ draft }),
  limit: page.text_limit,
});
const survey = new Survey(byId("survey"), byId("survey-thanks"), (answers) => chat.answer(answers));
const letter = new Transcript(byId("transcript"), { ask: (wish) => chat.ask("transcript", wish), rest: () => byId("again").focus() });
if (!page.open) form.close(page.next_opening);
let chat = null;
let started = null;
let looked = 0;
let barTimer = null;
let leaving = false;

// --- a chat begins ----------------------------------------------------------------------------

async function start(answers) {
  const client_id = store.client();
  const { previous } = store.read();
  const body = { routing_point: page.slug, client_id, language: page.language, page: cameFrom(), ...(previous && { previous }), ...answers };
  const { chat: id, token, ...waiting } = await call("POST", "", { body });
  store.write({ chat: id, token, people: {}, outbox: [], endedAt: null, patient: false });
  started = waiting;
  open();
  composer.field.focus();
}

/** The page that the contact came from: the one that the link names (`?page=`), else the one that the browser says. */
function cameFrom() {
  const named = new URLSearchParams(location.search).get("page") || document.referrer;
  return Array.from(named).slice(0, PAGE_LIMIT).join("");
}

/** Whatever this browser has: a chat to return to, or the form. */
function open() {
  const kept = store.read();
  if (!kept.chat) return show("form");
  chat = new Chat({ kept, store, waiting: started, onChange: draw });
  show("chat");
  composer.text = kept.draft ?? "";
  draw();
  chat.start();
}

function startAnew() {
  const { view } = chat.state;
  store.forget(chat.id, unsent(chat.state, composer.text));
  chat.stop();
  chat = started = null;
  looked = 0;
  leaving = false;
  [log, news, letter].forEach((part) => part.clear());
  open();
  if (!chat) form.open(view?.name);
}

function edit(line) {
  chat.drop(line.id);
  composer.takeBack(line.text);
}

// --- a chat goes on ---------------------------------------------------------------------------

function draw() {
  const { state, link } = chat;
  if (link.state === "gone" && !state.view) return startAnew();
  const over = ended(state) || link.state === "gone";
  survey.draw(over ? state.view?.survey : null);
  show(over ? "ended" : "chat");
  drawBar(!over && link.state === "down");
  drawHead(state, over);
  log.draw(state, link.state === "down");
  news.draw(state, !behind(state) && state.view);
  letter.draw(state.view);
  drawUnseen(state);
}

function drawHead(state, over) {
  const cut = !byId("bar").hidden;
  document.body.toggleAttribute("data-cut", cut);
  put("status-text", status(cut && !over ? null : state.view));
  byId("wait").hidden = over || (state.view ? state.view.state !== "waiting" : !state.waiting);
  drawWait(state.waiting, state.view);
  if (over) put("over", overWords());
  byId("kept").hidden = !over || !unsent(state, composer.text);
}

/** `alone`: nobody of the queue is there. A message instead is offered by the server; `patient`: they rather wait. */
function drawWait(waiting, view) {
  const alone = waiting?.staffed === false;
  const waits = Boolean(view && !view.offline && view.state === "waiting");
  leaving &&= waits;
  const offered = waits && view.message_offered && !store.read().patient;
  put("place", view?.offline ? view.texts.message : place(waiting));
  put("estimate", view?.offline ? "" : alone ? view?.texts.unstaffed ?? "" : waitWords(waiting?.estimated_wait));
  put("meanwhile", waits && !alone && !offered ? view.texts.waiting : "");
  put("offer", leaving ? t("write_it") : offered && !alone ? view.texts.offer : "");
  byId("instead").hidden = !waits || !(offered || alone || view.message_offered);
  byId("go-on").hidden = !offered && !leaving;
  byId("leave-it").hidden = leaving;
}

/** What is written already is the message; without a word yet the next line is. */
function askMessage() {
  if (chat.written || composer.text.trim()) return leaveMessage(composer.take());
  leaving = true;
  draw();
  composer.field.focus();
}

async function leaveMessage(text) {
  leaving = false;
  put("instead-why", "");
  try {
    await chat.leaveMessage(text);
  } catch (refused) {
    if (text) composer.takeBack(text);
    put("instead-why", refused.message);
  }
}

function goOn() {
  leaving = false;
  store.update(chat.id, { patient: true });
  draw();
  composer.field.focus();
}

function overWords() {
  if (chat.left) return t("you_left");
  return t(chat.link.state === "gone" ? "gone" : "over");
}

/** A blink of the connection is nobody's business; only one that lasts is told. */
function drawBar(down) {
  if (!down) {
    clearTimeout(barTimer);
    barTimer = null;
    byId("bar").hidden = true;
  } else barTimer ??= setTimeout(tellCut, BAR_AFTER);
}

function tellCut() {
  byId("bar").hidden = false;
  draw();
}

/** Lines below the fold are told by a button; all of them before the eyes are told to the agents. */
function drawUnseen(state) {
  const looking = !document.hidden && document.hasFocus() && log.stuck;
  if (looking) looked = head(state);
  chat.mark(looking);
  const count = state.lines.slice(looked).filter((line) => !isMine(state, line)).length;
  byId("newer").hidden = log.stuck || !count;
  put("newer", many("new", count));
}

// --- the frame --------------------------------------------------------------------------------

function show(mode) {
  const before = document.body.dataset.mode;
  if (before === mode) return;
  const wrote = byId("write").contains(document.activeElement);
  document.body.dataset.mode = mode;
  if (mode === "form") put("status-text", opening);
  ask(false);
  if (mode === "ended" && (wrote || chat.left)) byId(byId("survey").hidden ? "again" : "survey-title").focus();
}

function ask(on) {
  byId("ask").hidden = !on;
  byId("leave").setAttribute("aria-expanded", on);
  put("ask-why", "");
  if (on) byId("stay").focus();
}

async function leave() {
  try {
    await chat.leave();
  } catch (refused) {
    put("ask-why", refused.message);
  }
}

function put(id, words) {
  if (byId(id).textContent !== words) byId(id).textContent = words;
}

/** The browser may deny storage: reading the property alone can throw. */
function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

byId("leave").addEventListener("click", () => ask(byId("ask").hidden));
byId("stay").addEventListener("click", () => (ask(false), byId("leave").focus()));
byId("go").addEventListener("click", leave);
byId("ask").addEventListener("keydown", (event) => event.key === "Escape" && byId("stay").click());
byId("again").addEventListener("click", startAnew);
byId("leave-it").addEventListener("click", askMessage);
byId("go-on").addEventListener("click", goOn);
byId("newer").addEventListener("click", () => (log.bottom(), draw()));
byId("log").addEventListener("scroll", () => chat && log.stuck && draw());
addEventListener("storage", () => (chat ? chat.hearTabs() : open()));
addEventListener("focus", () => chat && draw());
document.addEventListener("visibilitychange", () => {
  if (!chat || document.hidden) return;
  chat.wake();
  draw();
});
open();
