/** What has been read: sends `seen` while the chat is really looked at, and keeps the mark "2 new" for who comes back. */
import { computed, effect, signal, untracked } from "./html.js";
import { desk, live, selected, socket, view } from "./state.js";
import { laneLines } from "./store/views.js";

/** {after, upTo}: lines of the chosen chat that were new when the reader came to it. */
export const mark = signal(null);

const atEnd = signal(true);
const looking = signal(document.visibilityState === "visible" && document.hasFocus());
const reads = computed(() => looking.value && atEnd.value && !!view.value);

const read = computed(() => desk.value.reading[selected.value] === "read");

export const setAtEnd = (value) => (atEnd.value = value);

export function watchReading() {
  const look = () => (looking.value = document.visibilityState === "visible" && document.hasFocus());
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  addEventListener("blur", look);
  effect(markNew);
  effect(sendSeen);
}

/** Coming to a chat, or back to it, freezes what is new at that moment. */
function markNew() {
  const id = selected.value;
  const reading = reads.value && read.value;
  untracked(() => {
    if (mark.value?.id !== id) mark.value = null;
    const lane = view.value?.lanes.find((one) => one.lane === "public");
    const upTo = laneLines(desk.value, id, "public").at(-1)?.number ?? 0;
    if (reading && lane && lane.seen > 0 && upTo > lane.seen) mark.value = { id, after: lane.seen, upTo };
  });
}

/** The own line answers: nothing above it is new any more. */
export const clearMark = () => (mark.value = null);

const told = new Map();

function sendSeen() {
  if (!live.value) told.clear();
  if (!reads.value || !live.value) return;
  const { id, lanes } = view.value;
  for (const { lane, seen } of lanes) {
    const number = laneLines(desk.value, id, lane).at(-1)?.number ?? 0;
    const key = `${id} ${lane}`;
    if (number <= seen || number <= (told.get(key) ?? 0)) continue;
    if (socket.send({ type: "seen", interaction: id, lane, number })) told.set(key, number);
  }
}
