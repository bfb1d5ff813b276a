/** What the Team Communicator knows: its question, its hits, which one is chosen, and where the focus goes back to. */
import { forget, refusals } from "../asking.js";
import { batch, computed, effect, signal } from "../html.js";
import { loadChoice, saveChoice } from "../kept.js";
import { api, desk, live, view } from "../state.js";
import { askedByMe } from "../store/consultations.js";
import { joined, keyOf, listsOf, refreshed, rowsOf, titleOf } from "../store/targets.js";
import { isLive } from "../store/views.js";

/** Presence is not pushed: while the sheet is open it is asked for. */
const REFRESH = 5000;
/** A question that takes longer is given up for the next one. */
const PATIENCE = 250;
const PAGE = 30;
const OF_EACH = 8;
const AT_ONCE = 100;

export const open = signal(false);
export const query = signal("");
/** One type of target, or "all". */
export const type = signal("all");
/** "all", "consultations", "favourites" or "recent". */
export const scope = signal("all");
/** Type by type, or one list with the best first. */
export const grouping = signal(loadChoice("grouped", "yes") === "yes");
export const reading = signal(false);
export const failure = signal(null);
export const note = signal("");
/** The answer to the latest question, as shown. */
const found = signal({ hits: [], counts: {}, next: null });
/** The key of the chosen row; null: the first. */
const chosen = signal(null);
/** The chat that it is about: the one whose button was pressed, else the one in front. By its id: it changes meanwhile. */
const pinned = signal(null);
/** What the button that was pressed is for: "conference", "consult", "transfer"; null: opened from the bar. */
export const mode = signal(null);
/** The action that waits for a yes: the contact must have agreed to it. */
export const asks = signal(null);

export const chat = computed(() => {
  const found = pinned.value ? desk.value.interactions[pinned.value] : view.value;
  return found && isLive(found) ? found : null;
});
export const consulted = computed(() => (chat.value ? askedByMe(chat.value) : []));
export const canGroup = computed(() => type.value === "all" && !["recent", "consultations"].includes(scope.value));
export const grouped = computed(() => grouping.value && canGroup.value);
export const lists = computed(() => {
  const { hits, counts, next } = found.value;
  return listsOf(hits, { grouped: grouped.value, counts, next, title: titleOf({ view: scope.value, type: type.value, counts }) });
});
const rows = computed(() => rowsOf(lists.value));
export const row = computed(() => rows.value.find(({ key }) => key === chosen.value) ?? rows.value[0] ?? null);
export const hit = computed(() => row.value?.hit ?? null);
export const total = computed(() => Object.values(found.value.counts).reduce((sum, count) => sum + count, 0));
export const refusal = computed(() => refusals.value.communicator ?? null);

let opener = null;
let timer = null;

export const field = () => document.querySelector(".find input");

/** With consultations going on, those come first: who was asked for advice is who joins or takes the chat. */
export function openFor(interaction, wanted = "conference") {
  if (!open.peek()) opener = document.activeElement === field() ? null : document.activeElement;
  batch(() => {
    pinned.value = interaction.id;
    mode.value = wanted;
    asks.value = null;
    scope.value = consulted.peek().length ? "consultations" : "all";
  });
  if (open.peek()) ask();
  else show();
  field().focus();
}

/** The key that opens it shows all targets once it is open. */
export function summon() {
  if (open.peek() && scope.peek() === "consultations") everything();
  show();
  field().focus();
}

export function show() {
  if (open.peek()) return;
  opener ??= document.activeElement === field() ? null : document.activeElement;
  open.value = true;
  forget("communicator");
  ask();
  timer = setInterval(() => live.peek() && !reading.peek() && refresh(), REFRESH);
}

export function close({ back = true } = {}) {
  if (!open.peek()) return;
  clearInterval(timer);
  stop();
  open.value = false;
  query.value = note.value = "";
  type.value = scope.value = "all";
  put({ results: [], counts: {}, next: null });
  pinned.value = mode.value = asks.value = null;
  const from = cameFrom();
  opener = null;
  if (back) (from ?? document.querySelector(":is(#composer, .consult) textarea") ?? field()).focus();
}

const cameFrom = () => (opener?.isConnected && opener !== document.body ? opener : null);

/** Who types looks for somebody else than those they consult. */
export function write(text) {
  query.value = text;
  if (text.trim() && scope.peek() === "consultations") scope.value = "all";
  if (open.peek()) ask();
  else show();
}

export function narrow(filter, value) {
  filter.value = value;
  ask();
}

export function group(on) {
  saveChoice("grouped", on ? "yes" : "no");
  narrow(grouping, on);
}

export function everything() {
  type.value = scope.value = "all";
  ask();
  field().focus();
}

export function choose(key) {
  chosen.value = key;
  asks.value = null;
  forget("communicator");
}

/** By so many rows; at the end of a page the next one comes. */
export function step(by) {
  const all = rows.peek();
  const at = all.indexOf(row.peek()) + by;
  const next = all[Math.max(0, Math.min(at, all.length - 1))];
  if (!next) return;
  choose(next.key);
  if (next.more && !next.more.type) showMore(next.more);
}

// --- questions: the answer to the latest one counts, no other is shown -----------------------------

let turn = 0;
let flight = null;
let again = false;
let then = null;

/** At once, or when what was asked is there: what stands in view until then is not what is meant. */
export function whenRead(run) {
  if (reading.peek()) then = run;
  else run();
}

function answered() {
  const run = then;
  then = null;
  reading.value = false;
  if (run) requestAnimationFrame(() => document.activeElement === field() && run());
}

/** Asks at once; while a question is in the air only the newest of those that follow is asked. */
function ask() {
  turn += 1;
  then = null;
  reading.value = true;
  if (flight) {
    again = true;
    const late = flight;
    setTimeout(() => flight === late && again && late.abort(), PATIENCE);
    return;
  }
  fly(turn);
}

async function fly(mine) {
  flight = new AbortController();
  const answer = await api.get("targets", question(), { signal: flight.signal }).catch((error) => ({ error }));
  flight = null;
  if (again) {
    again = false;
    if (open.peek()) return void fly(turn);
  }
  if (mine !== turn) return;
  answered();
  failure.value = answer.error ?? null;
  put(answer.error ? { results: [], counts: {}, next: null } : answer);
}

function question(more = {}) {
  const all = type.peek() === "all";
  const each = scope.peek() === "all" ? OF_EACH : PAGE;
  return {
    q: query.peek(),
    types: all ? undefined : type.peek(),
    view: scope.peek(),
    grouped: grouped.peek() ? "true" : undefined,
    limit: grouped.peek() ? each : PAGE,
    interaction: chat.peek()?.id,
    ...more,
  };
}

function put({ results, counts, next }) {
  found.value = { hits: results, counts, next };
  chosen.value = null;
}

function stop() {
  turn += 1;
  again = false;
  then = null;
  flight?.abort();
  reading.value = false;
  failure.value = null;
}

/** The rest of one type, or the next page. */
export async function showMore(more) {
  if (more.type) {
    chosen.value = null;
    return narrow(type, more.type);
  }
  const mine = turn;
  const { next, hits } = found.peek();
  if (!next || reading.peek()) return;
  reading.value = true;
  const answer = await api.get("targets", question({ cursor: next })).catch((error) => ({ error }));
  if (mine !== turn) return;
  answered();
  failure.value = answer.error ?? null;
  if (answer.error) return;
  const all = joined(hits, answer.results);
  found.value = { hits: all, counts: answer.counts, next: answer.next };
  if (chosen.peek() === more.key) chosen.value = all[hits.length] ? keyOf(all[hits.length]) : keyOf(all.at(-1));
}

/** How the hits in view stand now; their order stays. */
export async function refresh() {
  const mine = turn;
  const { hits } = found.peek();
  for (let from = 0; from < hits.length; from += AT_ONCE) {
    const some = hits.slice(from, from + AT_ONCE);
    const only = some.map(({ type, id }) => `${type}:${id}`).join(",");
    const answer = await api.get("targets", { only, interaction: chat.peek()?.id }).catch(() => null);
    if (!answer || mine !== turn) return;
    found.value = { ...found.peek(), hits: refreshed(found.peek().hits, some.map(keyOf), answer.results) };
  }
}

/** Back on line, what could not be asked is asked. */
export function watchFinder() {
  effect(() => {
    if (live.value && open.peek() && failure.peek()) ask();
  });
}

export function askAgain() {
  ask();
  field().focus();
}
