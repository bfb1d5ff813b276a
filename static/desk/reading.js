/** What has arrived and what has been read: tells the server at most once a second, and keeps the mark "2 new" for who comes back. */
import { computed, effect, signal, untracked } from "./html.js";
import { desk, live, lock, onEvent, selected, socket, view } from "./state.js";
import { lastOf } from "./store/lanes.js";
import { laneLines, mine } from "./store/views.js";

const EVERY = 1000;
/** As long as it takes to draw: what is seen at once need not be told as delivered before. */
const DRAWN = 80;

/** {id, after, upTo, came}: lines of the chosen chat that were new; `came` counts when the reader came to them from elsewhere. */
export const mark = signal(null);
/** {id, end, numbers: {lane: N}}: how far down the chosen transcript is in view. */
const inView = signal({ id: null, end: true, numbers: {} });

/** The tab is visible and has the focus. */
export const facing = signal(isFacing());
const looking = computed(() => facing.value && !lock.value && !!view.value);
const read = computed(() => desk.value.reading[selected.value] === "read");
export const atEnd = computed(() => inView.value.id !== selected.value || inView.value.end);

/** {lane: number}: how far down the consultations beside the chosen chat are in view. A lane's name is its own. */
const beside = signal({});

export const setInViewBeside = (lane, number) => number !== beside.peek()[lane] && (beside.value = { ...beside.peek(), [lane]: number });

export const setInView = (value) => JSON.stringify(value) !== JSON.stringify(inView.peek()) && (inView.value = value);

function isFacing() {
  return document.visibilityState === "visible" && document.hasFocus();
}

export function watchReading() {
  const look = () => (facing.value = isFacing());
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  addEventListener("blur", look);
  onEvent((event) => event.type === "beat" && told.clear());
  effect(markNew);
  effect(plan);
}

/** Coming to a chat, back to it, or back to its end freezes what is new at that moment. */
function markNew() {
  const id = selected.value;
  const here = looking.value && read.value && id;
  const reading = here && atEnd.value;
  untracked(() => {
    const came = here !== was ? (visits += 1) : 0;
    was = here;
    if (mark.value?.id !== id) mark.value = null;
    const lane = view.value?.lanes.find((one) => one.lane === "public");
    const upTo = laneLines(desk.value, id, "public").at(-1)?.number ?? 0;
    if (reading && lane && lane.seen > 0 && upTo > lane.seen && upTo > (mark.value?.upTo ?? 0)) mark.value = { id, after: lane.seen, upTo, came };
  });
}

let was = null;
let visits = 0;

/** The own line answers: nothing above it is new any more. */
export const clearMark = () => (mark.value = null);

// --- telling ----------------------------------------------------------------------------------

/** {"chat lane": number} as told on this connection; what the server does not confirm by its next beat is told again. */
const told = new Map();
let timer = null;
let toldAt = 0;

function plan() {
  if (!live.value) return told.clear();
  const [seen, delivered] = untold(desk.value);
  if (timer || (!seen.length && !delivered.length)) return;
  const rest = Math.max(looking.value ? DRAWN : 0, toldAt + EVERY - Date.now());
  if (rest > 0) timer = setTimeout(tell, rest);
  else untracked(tell);
}

function tell() {
  timer = null;
  if (!live.peek()) return;
  const [seen, delivered] = untold(desk.peek());
  toldAt = Date.now();
  for (const one of seen) if (socket.send({ type: "seen", interaction: one.id, lane: one.lane, number: one.number })) keep("seen", one);
  const rest = delivered.filter((one) => isNews("delivered", one));
  if (rest.length && socket.send({ type: "delivered", cursors: cursorsOf(rest) })) rest.forEach((one) => keep("delivered", one));
}

const keyOf = (how, { id, lane }) => `${how} ${id} ${lane}`;
const isNews = (how, one) => one.number > (told.get(keyOf(how, one)) ?? 0);

function keep(how, one) {
  told.set(keyOf(how, one), one.number);
  if (how === "seen") keep("delivered", one);
}

function cursorsOf(all) {
  const cursors = {};
  for (const { id, lane, number } of all.slice(0, 200)) (cursors[id] ??= {})[lane] = number;
  return cursors;
}

/** [[{id, lane, number}] seen, the same for delivered]: what the server does not know yet. */
function untold(state) {
  const { id } = inView.value;
  const numbers = { ...beside.value, ...inView.value.numbers };
  const seen = [];
  const delivered = [];
  for (const chat of Object.values(state.interactions)) {
    for (const { lane, seen: known } of chat.lanes) {
      const held = state.transcripts[chat.id]?.[lane];
      if (!held?.lines.length || state.reading[chat.id] !== "read") continue;
      const reached = { id: chat.id, lane, number: lastOf(held) };
      if (reached.number > (mine(chat)?.delivered[lane] ?? 0) && isNews("delivered", reached)) delivered.push(reached);
      const looked = { ...reached, number: Math.min(reached.number, numbers[lane] ?? 0) };
      if (looking.value && chat.id === id && id === selected.value && looked.number > known && isNews("seen", looked)) seen.push(looked);
    }
  }
  return [seen, delivered];
}
