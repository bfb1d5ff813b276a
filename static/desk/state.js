/** The workspace's memory: the store behind a signal, the clock, the selection, and the socket that feeds them. */
import { Socket } from "../common/socket.js";
import { Api } from "./api.js";
import { config, goToLogin } from "./config.js";
import { batch, computed, effect, signal, untracked } from "./html.js";
import { loadRefused, outboxKeep, saveRefused } from "./kept.js";
import { BLANK, step } from "./store/store.js";
import { cursors, laneLines, lists } from "./store/views.js";

export const desk = signal(BLANK);
export const link = signal({ phase: "connecting", lastHeard: null, retryAt: null, stopped: null });
export const tick = signal(Date.now());
export const selected = signal(null);
/** An error of the page itself: it may show old things, so that is said. */
export const broken = signal(false);

/** The server's time; every clock on the page reads this one. */
export const now = computed(() => tick.value + desk.value.clock);
export const live = computed(() => link.value.phase === "live");
export const arrived = computed(() => desk.value.agent !== null);
export const view = computed(() => desk.value.interactions[selected.value] ?? null);
export const options = computed(() => desk.value.options);
/** {since, name, username, rings} while the workspace waits for the password. */
export const lock = computed(() => desk.value.lock);

export const api = new Api({ base: config.api, token: csrfToken, signedOut: goToLogin, locked: () => socket.again() });
export const socket = new Socket({
  url: config.socket,
  hello: () => ({ cursors: cursors(untracked(() => desk.value)) }),
  onFrame: (frame) => feed(frame),
  onState: (state) => (link.value = state),
  keep: outboxKeep,
});

const listeners = [];

/** `listener(event, before, after)` hears each event after the state has changed. */
export function onEvent(listener) {
  listeners.push(listener);
}

export function feed(event) {
  const before = desk.peek();
  const [after, needs] = step(before, event, Date.now());
  batch(() => {
    desk.value = after;
    settleSelection(before, after);
  });
  listeners.forEach((listener) => listener(event, before, after));
  needs.forEach(read);
}

export function start() {
  selected.value = /^#[0-9a-f-]{36}$/.test(location.hash) ? location.hash.slice(1) : null;
  const kept = [...socket.outbox.lines.map((line) => ({ at: new Date().toISOString(), ...line })), ...loadRefused()];
  kept.forEach((line) => feed({ type: line.type === "im_send" ? "im.written" : "line.written", line }));
  effect(() => saveRefused([...desk.value.written, ...desk.value.inbox.written].filter((line) => line.refused)));
  setInterval(() => (tick.value = Date.now()), 1000);
  socket.start();
}

export function select(id) {
  selected.value = id;
  history.replaceState(null, "", id ? `#${id}` : location.pathname);
}

/** A window that went away gives its place to the next chat in hand; unclosed work is opened by a click only. */
function settleSelection(before, after) {
  if (!after.agent || after.interactions[selected.peek()]) return;
  const next = lists(after, Date.now() + after.clock).mine[0]?.id ?? null;
  if (next !== selected.peek()) select(next);
}

// --- reading what is missing ----------------------------------------------------------------

const flights = new Map();

/** One flight per need; asked for again meanwhile, it flies once more. */
export async function read(need) {
  const key = JSON.stringify(need);
  if (flights.has(key)) return void flights.set(key, true);
  flights.set(key, false);
  await fetchOne(need).then(feed, () => missed(need));
  const again = flights.get(key);
  flights.delete(key);
  if (again) read(need);
}

/** {chat: the page that is read now} */
const older = new Map();

/** The lines before those held, in every lane that has some. Once at a time; resolves to whether there were any. */
export function readOlder(chat, limit) {
  if (!older.has(chat.id)) older.set(chat.id, readBefore(chat, limit).finally(() => older.delete(chat.id)));
  return older.get(chat.id);
}

async function readBefore(chat, limit) {
  const firstOf = (lane) => laneLines(desk.peek(), chat.id, lane)[0]?.number ?? 0;
  const needs = chat.lanes.filter(({ lane, start }) => firstOf(lane) > start).map(({ lane }) => ({ lane, before: firstOf(lane) }));
  await Promise.all(needs.map((need) => read({ what: "lines", interaction: chat.id, ...need, limit })));
  return needs.some(({ lane, before }) => firstOf(lane) < before);
}

async function fetchOne(need) {
  if (need.what === "desk") return { type: "fetched.desk", desk: await api.get("desk") };
  if (need.what === "call") return { type: "call", ...(await api.get(`calls/${need.id}`)) };
  if (need.what === "interaction") return { type: "fetched.interaction", view: await api.get(`interactions/${need.id}`) };
  if (need.what === "inbox") return { type: "fetched.inbox", more: !!need.cursor, ...(await api.get("conversations", { cursor: need.cursor })) };
  const { agent, lane, after, before, limit } = need;
  if (need.what === "conversation") return { type: "fetched.conversation", agent, after, ...(await api.get(`conversations/${agent}/messages`, { after, before, limit })) };
  const { results } = await api.get(`interactions/${need.interaction}/messages`, { lane, after, before, limit });
  return { type: "fetched.lines", interaction: need.interaction, lines: results };
}

/** The next beat asks again for anything but a whole transcript: that waits for the reader's click. */
function missed(need) {
  if (need.what === "lines" && !need.lane) feed({ type: "fetch.failed", interaction: need.interaction });
  if (need.what === "conversation" && need.after === undefined && need.before === undefined) feed({ type: "conversation.failed", agent: need.agent });
}

export function csrfToken() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  return cookie?.slice("csrftoken=".length) ?? document.querySelector("#leave [name=csrfmiddlewaretoken]").value;
}
