/** What the Team Communicator knows: its question, its hits, which one is chosen, and where the focus goes back to. */
import { conference, forget, refusals } from "../commands.js";
import { computed, signal } from "../html.js";
import { api, view } from "../state.js";
import { isLive } from "../store/views.js";

const PAUSE = 120;

export const open = signal(false);
export const query = signal("");
export const hits = signal([]);
export const reading = signal(false);
export const failure = signal(null);
export const chosen = signal(0);
export const note = signal("");
/** The chat a conference is for: the one whose button was pressed, else the one in front. */
const pinned = signal(null);

export const chat = computed(() => pinned.value ?? (view.value && isLive(view.value) ? view.value : null));
export const hit = computed(() => hits.value[chosen.value] ?? null);
export const refusal = computed(() => refusals.value.conference ?? null);

let opener = null;
let asked = 0;
let timer = null;

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
  forget("conference");
  ask();
}

export function close({ back = true } = {}) {
  if (!open.peek()) return;
  clearTimeout(timer);
  asked += 1;
  open.value = false;
  query.value = note.value = "";
  hits.value = [];
  pinned.value = null;
  if (back) (opener?.isConnected ? opener : document.querySelector("#composer textarea") ?? field()).focus();
}

export function type(text) {
  query.value = text;
  show();
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

export function choose(index) {
  chosen.value = Math.max(0, Math.min(index, hits.peek().length - 1));
  forget("conference");
}

/** Only the answer to the latest question counts. */
async function ask() {
  const turn = (asked += 1);
  reading.value = true;
  const given = { q: query.peek(), types: "agent", interaction: chat.peek()?.id, verb: chat.peek() ? "conference" : undefined };
  const answer = await api.get("targets", given).catch((error) => ({ error }));
  if (turn !== asked) return;
  reading.value = false;
  failure.value = answer.error ?? null;
  const kept = hit.peek()?.id;
  hits.value = answer.results ?? [];
  chosen.value = Math.max(0, hits.peek().findIndex((one) => one.id === kept));
}

const VERBS = {
  conference: (target) => conference(chat.peek(), target, note.peek().trim()),
};

/** Does it; a refusal stays here in words. */
export async function act(action) {
  const target = hit.peek();
  if (action.can !== true || !VERBS[action.verb]) return;
  if (await VERBS[action.verb](target)) close();
  else ask();
}
