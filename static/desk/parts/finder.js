/** What the Team Communicator knows: its question, its hits, which one is chosen, and where the focus goes back to. */
import { news } from "../announce.js";
import { conference, favourite, forget, refusals } from "../commands.js";
import { computed, signal } from "../html.js";
import { api, live, view } from "../state.js";
import { inOrder, keyOf } from "../store/targets.js";
import { isLive } from "../store/views.js";

const PAUSE = 120;
/** Presence is not pushed: while the sheet is open it is asked for. */
const REFRESH = 5000;

export const open = signal(false);
export const query = signal("");
/** One type of target, or "all". */
export const type = signal("all");
/** "all", "favourites" or "recent". */
export const scope = signal("all");
export const hits = signal([]);
export const reading = signal(false);
export const failure = signal(null);
export const chosen = signal(0);
export const note = signal("");
/** The chat a conference is for: the one whose button was pressed, else the one in front. */
const pinned = signal(null);

export const chat = computed(() => pinned.value ?? (view.value && isLive(view.value) ? view.value : null));
export const hit = computed(() => hits.value[chosen.value] ?? null);
export const refusal = computed(() => refusals.value.communicator ?? null);

let opener = null;
let asked = 0;
let timer = null;
let refresh = null;

export const field = () => document.querySelector(".find input");

export function openFor(interaction) {
  show();
  pinned.value = interaction;
  field().focus();
}

export function show() {
  if (open.peek()) return;
  opener = document.activeElement === field() ? null : document.activeElement;
  open.value = true;
  forget("communicator");
  ask();
  refresh = setInterval(() => live.peek() && !reading.peek() && ask({ keep: true }), REFRESH);
}

export function close({ back = true } = {}) {
  if (!open.peek()) return;
  clearTimeout(timer);
  clearInterval(refresh);
  asked += 1;
  open.value = false;
  query.value = note.value = "";
  type.value = scope.value = "all";
  hits.value = [];
  pinned.value = null;
  if (back) (cameFrom() ?? document.querySelector("#composer textarea") ?? field()).focus();
}

const cameFrom = () => (opener?.isConnected && opener !== document.body ? opener : null);

export function write(text) {
  query.value = text;
  show();
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

export function narrow(filter, value) {
  filter.value = value;
  ask();
}

export function choose(index) {
  chosen.value = Math.max(0, Math.min(index, hits.peek().length - 1));
  forget("communicator");
}

/** Only the answer to the latest question counts. `keep`: the same question again, so the chosen hit stays chosen. */
async function ask({ keep = false } = {}) {
  const turn = (asked += 1);
  reading.value = true;
  const given = {
    q: query.peek(),
    types: type.peek() === "all" ? undefined : type.peek(),
    view: scope.peek(),
    interaction: chat.peek()?.id,
    verb: chat.peek() ? "conference" : undefined,
  };
  const answer = await api.get("targets", given).catch((error) => ({ error }));
  if (turn !== asked) return;
  reading.value = false;
  failure.value = answer.error ?? null;
  const kept = keep && hit.peek() && keyOf(hit.peek());
  hits.value = inOrder(answer.results ?? [], scope.peek());
  chosen.value = Math.max(0, hits.peek().findIndex((one) => keyOf(one) === kept));
}

const VERBS = {
  conference: (target) => conference(chat.peek(), target, note.peek().trim()),
};

/** Does it; a refusal stays here in words. */
export async function act(action) {
  const target = hit.peek();
  if (action.can !== true || !VERBS[action.verb]) return;
  if (await VERBS[action.verb](target)) close();
  else ask({ keep: true });
}

export async function turnStar(target) {
  const on = !target.favourite;
  if (!(await favourite(target, on))) return;
  news(`${target.name} is ${on ? "now" : "no longer"} a favourite`);
  await ask({ keep: true });
  requestAnimationFrame(() => open.peek() && document.activeElement === document.body && field().focus());
}
