/** The transcript: stays at the newest line while that is in view, and stays put when it is not. Draws only what is near. */
import { Component, computed, html, useLayoutEffect, useRef, useState } from "../html.js";
import { atEnd, mark, setInView } from "../reading.js";
import { desk, feed, live, now, read, readOlder, selected, view } from "../state.js";
import { blocksOf, mergedOf, reached } from "../store/blocks.js";
import { NEWEST, chunksOf, following, isNewest, isSame, newer, older, spanOf, startingAt } from "../store/chunks.js";
import { hasOlder, isConsulted, laneLines, unreadLines } from "../store/views.js";
import { dayName, grouped } from "../words.js";
import { Icon } from "./basic.js";
import { Lane, Lines, System } from "./line.js";
import { follow, hold, isAbove, placeOf, scrolledTo, toEnd, toTop } from "./place.js";

const lanes = computed(() => desk.value.transcripts[selected.value]);
const written = computed(() => desk.value.written);
const held = computed(() => ({ transcripts: { [selected.value]: lanes.value }, written: written.value }));
const merged = computed(() => (view.value ? mergedOf(held.value, view.value) : []));
const chunks = computed(() => (view.value ? chunksOf(blocksOf(held.value, view.value, mark.value, merged.value)) : []));
const marks = computed(() => (view.value ? Object.assign({}, ...view.value.lanes.map(({ lane }) => reached(view.value, laneLines(held.value, view.value.id, lane)))) : {}));
const today = computed(() => new Date(now.value).toDateString());
const unseen = computed(() => (view.value ? unreadLines(desk.value, view.value.id).length : 0));

/** So near to an edge of what is drawn, more is drawn. */
const NEAR = 800;

export function Transcript() {
  const chat = view.value;
  const how = desk.value.reading[chat.id];
  const log = useRef(null);
  const place = useRef({ end: true });
  const [pane, setPane] = useState(NEWEST);
  const [jump, setJump] = useState(false);
  const [from, to] = spanOf(chunks.value, pane);
  const reader = { log, place, pane, setPane, jump, setJump, chat };
  const current = useRef(reader);
  current.current = reader;
  const before = log.current ? scrolledTo(log.current) : 0;
  useLayoutEffect(() => settle(reader, before));
  useLayoutEffect(() => watch(current), []);
  useLayoutEffect(() => land(reader), [mark.value?.came]);
  return html`<div class="transcript">
    <section class="log" aria-label="Transcript" aria-busy=${how ? undefined : "true"} tabindex="0" ref=${log} onKeyDown=${(event) => keys(event, reader)}>
      ${from === 0 && hasOlder(held.value, chat) && html`<${Older} view=${chat} />`}
      ${!how && html`<div class="ghosts" role="status" aria-label="Loading the transcript"><i /><i /><i /></div>`}
      ${how === "failed" && html`<${Failed} view=${chat} />`}
      <ol>${chunks.value.slice(from, to + 1).map((chunk) => html`<${Chunk} key=${chunk.key} blocks=${chunk.blocks} view=${chat} marks=${marks.value} live=${live.value} today=${today.value} />`)}</ol>
    </section>
    ${jump && html`<button type="button" class="btn jump up" onClick=${() => toUnread(reader)}><${Icon} name="down" />To the first new line</button>`}
    ${!(atEnd.value && isNewest(pane)) && html`<button type="button" class="btn jump" onClick=${() => newest(reader)}><${Icon} name="down" />${unseen.value ? `${grouped(unseen.value)} new ${unseen.value === 1 ? "line" : "lines"}` : "Newest"}</button>`}
  </div>`;
}

/** Lines that are drawn stay as they are until one of them changes. */
class Chunk extends Component {
  shouldComponentUpdate({ blocks, view, marks, live, today }) {
    const was = this.props;
    if (live !== was.live || today !== was.today || view.parties.length !== was.view.parties.length || view.my !== was.view.my) return true;
    return !isSame(was.blocks, blocks) || idsOf(blocks).some((id) => !sameMark(was.marks[id], marks[id]));
  }

  render({ blocks, view, marks, live, today }) {
    return blocks.map((block) => html`<${Block} key=${block.key} block=${block} view=${view} marks=${marks} live=${live} today=${today} />`);
  }
}

const idsOf = (blocks) => blocks.flatMap((block) => block.lines?.map((line) => line.id) ?? []);
const sameMark = (one, other) => one === other || (!!one && !!other && JSON.stringify(wordsOf(one)) === JSON.stringify(wordsOf(other)));
const wordsOf = ({ seen, delivered, all }) => [seen, delivered].map((parties) => parties.map((party) => party.id)).concat(all.map(({ how }) => how));

function Block({ block, view, marks, live: on, today: day }) {
  if (block.kind === "day") return html`<li class="day"><time datetime=${block.at.slice(0, 10)}>${dayName(block.at, day)}</time></li>`;
  if (block.kind === "unread") return html`<li class="unread">${block.count} new</li>`;
  if (block.kind === "from") return html`<li class="day from">${isConsulted(view) ? "You are consulted from here on" : "You joined here, read from here"}</li>`;
  if (block.kind === "system") return html`<${System} line=${block.lines[0]} />`;
  if (block.kind === "lane") return html`<${Lane} block=${block} view=${view} marks=${marks} live=${on} />`;
  return html`<${Lines} block=${block} view=${view} marks=${marks} live=${on} />`;
}

function Older({ view }) {
  return html`<p class="older"><button type="button" class="btn quiet" onClick=${() => readOlder(view)}><${Icon} name="clock" />Load older lines</button></p>`;
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

function watch(current) {
  const { log } = current.current;
  return follow(log.current, { look: () => look(current.current), changed: () => settle(current.current, scrolledTo(current.current.log.current)) });
}

/** After each drawing: at the end, at the goal of a jump, or where it was. */
function settle(reader, before) {
  const { log, place, pane, setPane } = reader;
  const goal = place.current.goal && log.current.querySelector(place.current.goal);
  const stays = place.current.end && isNewest(pane) && before >= (place.current.above ?? 0) - 1;
  if (goal) toTop(log.current, goal);
  else if (stays) toEnd(log.current);
  else hold(log.current, place.current, before);
  place.current.goal = null;
  if (stays && following(chunks.peek(), pane) !== pane) setPane(NEWEST);
  look(reader);
}

/** Where the reader is now, for what is told as seen and for the buttons. */
function note({ log, place, pane, setJump, chat }) {
  place.current = { ...placeOf(log.current), goal: place.current.goal };
  const lowest = place.current.lowest;
  const end = place.current.end && isNewest(pane);
  const lines = merged.peek();
  const last = end ? lines.length - 1 : lines.findLastIndex((line) => line.id === lowest);
  const numbers = {};
  for (let index = 0; index <= last; index += 1) numbers[lines[index].lane] = lines[index].number;
  setInView({ id: chat.id, end, numbers });
  setJump(unreadIsUp(log.current, spanOf(chunks.peek(), pane)[0]));
}

function unreadIsUp(log, from) {
  const drawn = log.querySelector(".unread");
  return drawn ? isAbove(log, drawn) : unreadChunk() !== -1 && unreadChunk() < from;
}

const unreadChunk = () => (mark.peek() ? chunks.peek().findIndex((chunk) => chunk.blocks.some((block) => block.kind === "unread")) : -1);

/** After scrolling and drawing: near an edge of what is drawn, draw more; near the first line held, read older ones. */
function look(reader) {
  const { place, pane, setPane, chat } = reader;
  note(reader);
  const { above, below, end } = place.current;
  if (above < NEAR && !(end && isNewest(pane)) && chunks.peek().length) {
    const more = older(chunks.peek(), pane);
    if (more !== pane) return setPane(more);
    readOlder(chat);
  }
  if (below < NEAR && !isNewest(pane)) setPane(newer(chunks.peek(), pane));
}

/** Who comes to a chat with more new lines than fit begins at the first of them. */
function land(reader) {
  const { log, chat } = reader;
  if (mark.peek()?.id !== chat.id || !mark.peek().came) return;
  const drawn = log.current.querySelector(".unread");
  if (!drawn || isAbove(log.current, drawn)) toUnread(reader);
}

function toUnread({ log, place, setPane }) {
  const index = unreadChunk();
  if (index === -1) return;
  place.current = { ...place.current, end: false, goal: ".unread" };
  setPane(startingAt(chunks.peek(), Math.max(0, index - 1)));
  log.current.focus({ preventScroll: true });
}

function newest({ log, place, setPane }) {
  place.current = { end: true };
  setPane(NEWEST);
  toEnd(log.current);
  log.current.focus({ preventScroll: true });
}

const GOES = { Home: first, End: newest };

function keys(event, reader) {
  if (event.target !== event.currentTarget || event.ctrlKey || event.altKey || event.shiftKey || !GOES[event.key]) return;
  event.preventDefault();
  GOES[event.key](reader);
}

/** To the very first line: what is not held is read. */
async function first({ place, setPane, chat }) {
  while (selected.peek() === chat.id && hasOlder(held.peek(), chat) && (await readOlder(chat, 500)));
  if (selected.peek() !== chat.id || !chunks.peek().length) return;
  place.current = { end: false, goal: "li" };
  setPane({ ...startingAt(chunks.peek(), 0) });
}
