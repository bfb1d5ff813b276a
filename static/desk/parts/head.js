/** Name, wait, queue, duration, and the toolbar. */
import { news } from "../announce.js";
import { saveAll } from "../case.js";
import { outcomeArrived } from "../choosing.js";
import { isBusy } from "../asking.js";
import { allowed, markDone } from "../commands.js";
import { html } from "../html.js";
import { saveNote } from "../notes.js";
import { now, options } from "../state.js";
import { at, endedAt, isConsulted, isLive, needsOutcome, waitOf } from "../store/views.js";
import { clock, exact, timeOf } from "../words.js";
import { Act, Icon, Wait } from "./basic.js";
import { EndOwn } from "./consultation.js";
import { openFor } from "./finder.js";
import { EndButton } from "./end.js";
import { useRove } from "./rove.js";
import { goToOutcome, showCase } from "./side.js";

export function Head({ view }) {
  const wait = waitOf(view, options.value, now.value);
  return html`<header class="head">
    <div class="who">
      <h1 id="chat"><span class="cut" title=${view.title}>${view.title}</span> ${wait && html`<${Wait} wait=${wait} timer=${true} />`}</h1>
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
  return html`<div class="toolbar" role="toolbar" aria-label="Chat" ...${useRove()}>
    <${Ask} view=${view} mode="conference" name="Instant Conference" short="Conference" letter="I" />
    <${Ask} view=${view} mode="consult" name="Start Consultation" short="Consultation" letter="U" />
    <${Ask} view=${view} mode="transfer" name="Instant Transfer" short="Transfer" letter="G" />
    <span class="gap" role="separator" aria-orientation="vertical" />
    ${isLive(view) && (isConsulted(view) ? html`<${EndOwn} view=${view} />` : html`<${EndButton} view=${view} />`)}
    <${Done} view=${view} />
  </div>`;
}

/** Opens the Team Communicator in its mode. */
function Ask({ view, mode, name, short, letter }) {
  return html`<${Act} class="btn quiet ask-for" aria-label=${name} aria-keyshortcuts=${`Control+${letter}`} title=${`${name} (Ctrl ${letter})`} can=${allowed(view.can[mode])} run=${() => openFor(view, mode)}>
    <${Icon} name=${mode} /><span>${short}</span>
  <//>`;
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
  if (!kept) return showCase(); // what was refused, and why, stands there
  if (await markDone(view)) news(`${view.contact.name} is marked done.`);
}
