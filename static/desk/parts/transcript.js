/** The transcript: stays at the newest line while that is in view, and stays put when it is not. */
import { computed, html, useLayoutEffect, useRef } from "../html.js";
import { mark, setAtEnd } from "../reading.js";
import { desk, feed, live, now, read, selected, view } from "../state.js";
import { blocksOf, seenBy } from "../store/blocks.js";
import { hasOlder, laneLines } from "../store/views.js";
import { dayName } from "../words.js";
import { Icon } from "./basic.js";
import { Lane, Lines, System } from "./line.js";

const lanes = computed(() => desk.value.transcripts[selected.value]);
const written = computed(() => desk.value.written);
const held = computed(() => ({ transcripts: { [selected.value]: lanes.value }, written: written.value }));
const blocks = computed(() => (view.value ? blocksOf(held.value, view.value, mark.value) : []));
const seen = computed(() => (view.value ? seenBy(view.value, laneLines(held.value, view.value.id, "public")) : {}));
const today = computed(() => new Date(now.value).toDateString());

export function Transcript() {
  const chat = view.value;
  const how = desk.value.reading[chat.id];
  const log = useRef(null);
  const place = useRef({ end: true, fromEnd: 0 });
  useLayoutEffect(() => settle(log.current, place.current, blocks.value));
  useLayoutEffect(() => follow(log.current, place.current), []);
  return html`<section class="log" aria-label="Transcript" tabindex="0" ref=${log} onScroll=${() => look(log.current, place.current)}>
    ${hasOlder(held.value, chat) && html`<${Older} view=${chat} />`}
    ${!how && html`<div class="ghosts" role="status" aria-busy="true" aria-label="Loading the transcript"><i /><i /><i /></div>`}
    ${how === "failed" && html`<${Failed} view=${chat} />`}
    <ol>${blocks.value.map((block) => html`<${Block} key=${block.key} block=${block} view=${chat} seen=${seen.value} />`)}</ol>
  </section>`;
}

function Block({ block, view, seen }) {
  if (block.kind === "day") return html`<li class="day"><time datetime=${block.at.slice(0, 10)}>${dayName(block.at, today.value)}</time></li>`;
  if (block.kind === "unread") return html`<li class="unread">${block.count} new</li>`;
  if (block.kind === "from") return html`<li class="day from">You joined here, read from here</li>`;
  if (block.kind === "system") return html`<${System} line=${block.lines[0]} />`;
  if (block.kind === "lane") return html`<${Lane} block=${block} view=${view} live=${live.value} />`;
  return html`<${Lines} block=${block} view=${view} seen=${seen} live=${live.value} />`;
}

function Older({ view }) {
  return html`<p class="older"><button type="button" class="btn quiet" onClick=${() => readOlder(view)}><${Icon} name="clock" />Load older lines</button></p>`;
}

function readOlder(view) {
  for (const { lane, start } of view.lanes) {
    const first = laneLines(desk.peek(), view.id, lane)[0]?.number;
    if (first > start) read({ what: "lines", interaction: view.id, lane, before: first });
  }
}

function Failed({ view }) {
  const again = () => {
    feed({ type: "fetch.again", interaction: view.id });
    read({ what: "lines", interaction: view.id });
  };
  return html`<div class="ask" role="alert">
    <span><b>The transcript did not arrive.</b> The chat itself goes on; new lines show below.</span>
    <button type="button" class="btn" onClick=${again}>Read again</button>
  </div>`;
}

// --- staying where the reader is --------------------------------------------------------------

/** In small windows the page scrolls instead of the transcript. */
const small = matchMedia("(max-width: 900px)");
const scroller = (log) => (small.matches ? document.scrollingElement : log);

const gapBelow = (box) => box.scrollHeight - box.scrollTop - box.clientHeight;

function look(log, place) {
  const box = scroller(log);
  Object.assign(place, { end: gapBelow(box) < 24, fromEnd: gapBelow(box), height: box.scrollHeight });
  setAtEnd(place.end);
}

/** New lines at the end push nothing for a reader further up; older lines at the top push nothing either. */
function settle(log, place, blocks) {
  const box = scroller(log);
  const first = blocks.find((block) => block.lines)?.key;
  if (place.end) box.scrollTop = box.scrollHeight;
  else if (place.first !== undefined && first !== place.first) box.scrollTop = box.scrollHeight - box.clientHeight - place.fromEnd;
  place.first = first;
  place.fromEnd = gapBelow(box);
}

/** The composer grows, the window changes, the page is scrolled: the newest line stays in view if it was. */
function follow(log, place) {
  const changed = () => {
    const box = scroller(log);
    if (place.end) box.scrollTop = box.scrollHeight;
  };
  const watch = new ResizeObserver(changed);
  watch.observe(log);
  const scrolled = () => look(log, place);
  addEventListener("scroll", scrolled, { passive: true });
  return () => {
    watch.disconnect();
    removeEventListener("scroll", scrolled);
  };
}
