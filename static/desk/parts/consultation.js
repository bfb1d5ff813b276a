/** Consultations beside the transcript: one at a time, the others behind tabs. It never covers the chat. */
import { forget, isBusy, refusals } from "../asking.js";
import { allowed, besidePlace, conference, endConsultation, transfer } from "../commands.js";
import { html, signal, useLayoutEffect, useRef } from "../html.js";
import { facing, setInViewBeside } from "../reading.js";
import { desk, live, lock, now, readOlder } from "../state.js";
import { blocksOf, reached } from "../store/blocks.js";
import { MEDIA, asTalk, endWords, isActive, laneView, otherOf, ownConsultations, unreadIn } from "../store/consultations.js";
import { at, hasOlder, typingIn } from "../store/views.js";
import { clock, dayName, exact, timeOf } from "../words.js";
import { Act, Face, Icon, Refusal } from "./basic.js";
import { Lines } from "./line.js";
import { useRove } from "./rove.js";
import { WriteBeside } from "./write_beside.js";

/** {chat: the consultation in front}, and those that are over and were put away. */
const chosen = signal({});
const away = signal(new Set());

/** Of those beside this chat, what is shown: all but those put away. */
export const shownBeside = (view) => ownConsultations(view).filter((one) => isActive(one) || !away.value.has(one.id));

export function bringBack(view, one) {
  away.value = new Set([...away.peek()].filter((id) => id !== one.id));
  chosen.value = { ...chosen.peek(), [view.id]: one.id };
}

const putAway = (one) => (away.value = new Set([...away.peek(), one.id]));

/** Those put away, to be brought back. */
export const hiddenBeside = (view) => ownConsultations(view).filter((one) => !isActive(one) && away.value.has(one.id));

/** The one that was chosen, else the newest that goes on, else the newest. */
function inFront(view, all) {
  return all.find(({ id }) => id === chosen.value[view.id]) ?? all.findLast(isActive) ?? all.at(-1);
}

export function Consultations({ view }) {
  const all = shownBeside(view);
  if (!all.length) return null;
  const one = inFront(view, all);
  return html`<section class="consult" aria-labelledby="cons" tabindex="-1" data-over=${isActive(one) ? undefined : ""}>
    ${all.length > 1 && html`<${Tabs} view=${view} all=${all} one=${one} />`}
    <${Head} view=${view} one=${one} />
    <${Refusal} error=${refusals.value[besidePlace(one)]} put=${() => forget(besidePlace(one))} />
    <${Log} key=${one.id} view=${view} one=${one} />
    <${WriteBeside} key=${`write ${one.id}`} view=${view} one=${one} />
  </section>`;
}

function Tabs({ view, all, one }) {
  return html`<div class="consults" role="tablist" aria-label="Consultations" ...${useRove()}>
    ${all.map((each) => html`<${Tab} key=${each.id} view=${view} one=${each} here=${each === one} />`)}
  </div>`;
}

function Tab({ view, one, here }) {
  const unread = here ? 0 : unreadIn(desk.value, view, one).length;
  return html`<button type="button" role="tab" aria-selected=${here} onClick=${() => (chosen.value = { ...chosen.value, [view.id]: one.id })}>
    <span class="cut">${otherOf(view, one)?.nickname}</span>${isActive(one) ? "" : html`<span class="meta">ended</span>`}
    ${unread > 0 && html`<span class="count" role="img" aria-label=${`${unread} unread`}>${unread}</span>`}
  </button>`;
}

function Head({ view, one }) {
  const other = otherOf(view, one);
  const name = other?.nickname ?? "";
  return html`<header class="top-line">
    <${Face} who="agent" name=${name} />
    <div><h2 id="cons"><${Icon} name="lock" /><span class="cut">Consultation with ${name}</span></h2><p class="meta cut"><${Standing} view=${view} one=${one} other=${other} /></p></div>
    ${isActive(one) ? html`<${Acts} view=${view} one=${one} name=${name} />` : html`<button type="button" class="btn quiet icon" aria-label=${`Put away the consultation with ${name}`} title="Put away" onClick=${() => putAway(one)}><${Icon} name="x" /></button>`}
  </header>`;
}

function Standing({ view, one, other }) {
  if (!isActive(one)) return html`<b>Ended</b> <time title=${exact(one.ended_at)}>${timeOf(one.ended_at)}</time>. ${endWords(view, one)}`;
  const medium = one.medium === "chat" ? "" : `${MEDIA[one.medium]}, `;
  const who = medium ? "only you two read this" : `only you and ${other?.nickname} read this`;
  const time = html`<time title=${`since ${exact(one.started_at)}`}>${clock((now.value - at(one.started_at)) / 1000)}</time>`;
  if (other && typingIn(desk.value, view, other, now.value, [one.id])) return html`${time}, ${medium}<span class="typing">typing</span>`;
  return html`${time}, ${medium}${who}`;
}

/** The requester asks from here too; the consultant only ends it. */
function Acts({ view, one, name }) {
  const place = besidePlace(one);
  const can = (given) => (isBusy(place) ? "One moment" : allowed(given));
  const mine = one.requester === view.my;
  return html`
    ${mine && html`<${Act} class="btn quiet icon" aria-label=${`Instant Chat Conference with ${name}`} title=${`Instant Chat Conference: ${name} is asked into the chat`} can=${can(one.conference)} run=${() => conference(view, { consultation: one.id }, "", place)}><${Icon} name="conference" /><//>
      <${Act} class="btn quiet icon" aria-label=${`Instant Chat Transfer to ${name}`} title=${`Instant Chat Transfer: ${name} is asked to take the chat`} can=${can(one.transfer)} run=${() => transfer(view, { consultation: one.id }, "", { place })}><${Icon} name="transfer" /><//>`}
    <${Act} class="btn" aria-label=${`End consultation with ${name}`} title="End consultation" can=${can(one.end)} run=${() => endConsultation(one)}>End<//>`;
}

/** In place of End, for who is only consulted. */
export function EndOwn({ view }) {
  const one = ownConsultations(view).find(isActive);
  const can = !one ? "The consultation has ended" : isBusy(besidePlace(one)) ? "One moment" : allowed(one.end);
  return html`<span class="whole"><${Act} class="btn end" aria-keyshortcuts="Control+E" can=${can} title="End consultation (Ctrl E)" run=${() => endConsultation(one)}>End consultation<//></span>`;
}

// --- lines --------------------------------------------------------------------------------------

const NEAR_END = 24;

function Log({ view, one }) {
  const { chat, lines, state } = asTalk(desk.value, view, one);
  const log = useRef(null);
  const end = useRef(true);
  const last = lines.at(-1)?.number ?? 0;
  const drawn = () => {
    if (end.current) log.current.scrollTop = log.current.scrollHeight;
    look();
  };
  const look = () => {
    end.current = log.current.scrollHeight - log.current.scrollTop - log.current.clientHeight < NEAR_END;
    if (end.current && facing.peek() && !lock.peek()) setInViewBeside(one.id, last);
  };
  useLayoutEffect(drawn, [last, state.written.length, facing.value]);
  useLayoutEffect(() => watchSize(log.current, end), []);
  const blocks = blocksOf(state, chat, null, lines);
  const marks = reached(chat, lines);
  const lane = laneView(view, one);
  const older = lane && hasOlder(desk.value, view, [lane]);
  const load = async () => {
    const below = log.current.scrollHeight - log.current.scrollTop;
    await readOlder(view);
    requestAnimationFrame(() => log.current && (log.current.scrollTop = log.current.scrollHeight - below));
  };
  return html`<section class="log" aria-label=${`Lines with ${otherOf(view, one)?.nickname ?? "a colleague"}`} tabindex="0" ref=${log} onScroll=${look}>
    ${older && html`<p class="older"><${Act} class="btn quiet" can=${allowed(true)} run=${load}><${Icon} name="clock" />Load older lines<//></p>`}
    <ol>${blocks.map((block) => html`<${Block} key=${block.key} block=${block} chat=${chat} marks=${marks} />`)}</ol>
  </section>`;
}

/** Who is at the newest line stays there when the column changes its height. */
function watchSize(log, end) {
  const watch = new ResizeObserver(() => end.current && (log.scrollTop = log.scrollHeight));
  watch.observe(log);
  return () => watch.disconnect();
}

function Block({ block, chat, marks }) {
  if (block.kind === "day") return html`<li class="day">${dayName(block.at, now.value)}</li>`;
  if (block.kind === "system") return html`<li class="sys"><span>${block.lines[0].text} <time title=${exact(block.at)}>${timeOf(block.at)}</time></span></li>`;
  return html`<${Lines} block=${block} view=${chat} marks=${marks} live=${live.value} />`;
}
