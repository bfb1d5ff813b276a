/** Name, wait, queue, duration, and the toolbar. */
import { news } from "../announce.js";
import { saveAll } from "../case.js";
import { outcomeArrived } from "../choosing.js";
import { allowed, isBusy, markDone } from "../commands.js";
import { html, useLayoutEffect, useRef } from "../html.js";
import { saveNote } from "../notes.js";
import { now, options } from "../state.js";
import { at, endedAt, isLive, needsOutcome, waitOf } from "../store/views.js";
import { clock, exact, timeOf } from "../words.js";
import { Act, Icon, Wait } from "./basic.js";
import { openFor } from "./finder.js";
import { EndButton } from "./end.js";
import { goToOutcome } from "./side.js";

export function Head({ view }) {
  const wait = waitOf(view, options.value, now.value);
  return html`<header class="head">
    <div class="who">
      <h1 id="chat"><span class="cut" title=${view.contact.name}>${view.contact.name}</span> ${wait && html`<${Wait} wait=${wait} timer=${true} />`}</h1>
      <p class="meta cut"><${Where} view=${view} /></p>
    </div>
    <${Toolbar} key=${view.id} view=${view} />
  </header>`;
}

function Where({ view }) {
  const place = view.queue?.name ?? view.routing_point.name;
  if (!isLive(view)) return html`${place}, Ended <time title=${exact(endedAt(view))}>${timeOf(endedAt(view))}</time>`;
  const since = view.active_since ?? view.created_at;
  return html`${place}, <time title=${`in chat since ${exact(since)}`}>${clock((now.value - at(since)) / 1000)}</time>`;
}

function Toolbar({ view }) {
  const bar = useRef(null);
  useLayoutEffect(() => oneStop(bar.current));
  return html`<div class="toolbar" role="toolbar" aria-label="Chat" ref=${bar} onKeyDown=${(event) => rove(event, bar.current)} onFocusin=${(event) => keepStop(event, bar.current)}>
    <${Act} class="btn quiet" aria-label="Instant Conference" aria-keyshortcuts="Control+I" title="Instant Conference (Ctrl I)" can=${allowed(view.can.conference)} run=${() => openFor(view)}>
      <${Icon} name="conference" />Conference
    <//>
    <span class="gap" role="separator" aria-orientation="vertical" />
    ${isLive(view) && html`<${EndButton} view=${view} />`}
    <${Done} view=${view} />
  </div>`;
}

/** What is missing stands beside the button as a link to it. */
function Done({ view }) {
  const can = isBusy(`window ${view.id}`) ? "One moment" : allowed(view.can.done);
  const missing = can !== true && !isLive(view) && needsOutcome(view);
  return html`
    ${missing && html`<a class="need hard" id="why-done" href="#outcome" onClick=${goToOutcome}><${Icon} name="warn" />${can}</a>`}
    <${Act} class="btn done" aria-keyshortcuts="Control+D" title="Mark Done (Ctrl D)" can=${can} aria-describedby=${missing ? "why-done" : undefined} run=${() => finish(view)}>Mark Done<//>
  `;
}

/** Case data, a note or a disposition still on its way goes first: Mark Done freezes them. */
async function finish(view) {
  const kept = (await saveAll(view)) && (await saveNote(view.id)) && (await outcomeArrived(view.id));
  if (kept && (await markDone(view))) news(`${view.contact.name} is marked done.`);
}

// --- one Tab stop, arrows inside ----------------------------------------------------------------

const stops = (bar) => [...bar.querySelectorAll("button, a")].filter((one) => !one.closest('[role="menu"]'));

function oneStop(bar) {
  const all = stops(bar);
  const held = all.find((one) => one.dataset.stop === "here") ?? all[0];
  all.forEach((one) => (one.tabIndex = one === held ? 0 : -1));
}

function keepStop(event, bar) {
  const all = stops(bar);
  const target = all.find((one) => one === event.target);
  if (!target) return;
  all.forEach((one) => (one.dataset.stop = one === target ? "here" : ""));
  oneStop(bar);
}

function rove(event, bar) {
  const all = stops(bar);
  const at = all.indexOf(event.target);
  const goal = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || goal === undefined) return;
  event.preventDefault();
  all.at(goal % all.length).focus();
}
