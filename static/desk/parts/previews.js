/** Interaction Preview: what rings, until when, why; keys act only with the focus in it. */
import { hushed, somebodyHere } from "../auto.js";
import { isBusy, refusals } from "../asking.js";
import { OFFLINE, accept, faded, putAway, reject } from "../commands.js";
import { speakInside } from "../calls.js";
import { computed, html } from "../html.js";
import { pressed } from "../keymap.js";
import { desk, live, now } from "../state.js";
import { headingOf, mediumOf, wantsOf } from "../store/requests.js";
import { answersIn, at, previews } from "../store/views.js";
import { clock, labelled, roughly, spoken } from "../words.js";
import { Act, Icon } from "./basic.js";

export const ringing = computed(() => previews(desk.value, now.value).filter((one) => !hushed.value.has(one.id)));

/** Where one writes first: to the contact, or who is only consulted to whom they advise. */
const WRITE = ":is(#composer, .consult) textarea";
const ICONS = { conference: "conference", consult: "consult", transfer: "transfer" };

export function Previews() {
  const shown = ringing.value;
  if (!shown.length && !faded.value.length) return null;
  return html`<section class="previews" aria-label="Interaction Preview">
    ${faded.value.map((one) => html`<${Faded} key=${`faded ${one.id}`} invitation=${one} />`)}
    ${shown.map((one) => html`<${Preview} key=${one.id} invitation=${one} />`)}
  </section>`;
}

function Preview({ invitation: one }) {
  const left = Math.max(0, (at(one.expires_at) - now.value) / 1000);
  const error = refusals.value[`invitation ${one.id}`];
  const [heading, about, hint] = ["pv", "pvabout", "pvhint"].map((part) => `${part}-${one.id}`);
  return html`<article class="preview" tabindex="-1" data-kind=${one.kind} data-id=${one.id} aria-labelledby=${heading} aria-describedby=${`${about} ${hint}`} onKeyDown=${(event) => keys(event, one)}>
    <h2><${Icon} name=${ICONS[one.kind] ?? "chat"} /><span id=${heading}>${headingOf(one)}</span><span class="wait"><time role="timer" aria-label=${`${spoken(left)} left`}>${clock(left)}</time></span></h2>
    <${Bar} invitation=${one} left=${left} />
    <div class="body" id=${about}><${About} invitation=${one} /></div>
    <${Auto} invitation=${one} />
    ${error && html`<p class="need hard refused" role="alert"><${Icon} name="warn" />${error.message}</p>`}
    <${Choices} invitation=${one} />
    <p class="hint meta">Press <kbd>F8</kbd> first: keys go here only then</p>
    <p class="vh" id=${hint}>${one.reject === true ? "Enter accepts, Escape rejects." : "Enter accepts."}</p>
  </article>`;
}

function Bar({ invitation, left }) {
  const whole = (at(invitation.expires_at) - at(invitation.rang_at)) / 1000;
  return html`<div class="left" aria-hidden="true"><i style=${{ inlineSize: `${Math.min(100, (100 * left) / whole)}%` }} /></div>`;
}

function About({ invitation: one }) {
  const waited = `waited ${roughly((now.value - at(one.waited_since)) / 1000)}`;
  const facts = one.case.filter((item) => item.value);
  return html`
    <p><b>${one.contact}</b> <span class="meta">${[mediumOf(one), one.queue, one.priority > 0 && `priority ${one.priority}`, waited].filter(Boolean).join(", ")}</span></p>
    ${one.last_line && html`<blockquote class="cut" title=${one.last_line}>${one.last_line}</blockquote>`}
    ${facts.length > 0 && html`<p class="meta cut">${facts.map((item) => labelled(item.label, item.value)).join(" · ")}</p>`}
    ${one.from && html`<p class="fromnote"><b>${one.from} ${wantsOf(one)}</b> ${one.note}</p>`}
  `;
}

/** Said while it is true: nobody at the screen, and it rings like any other. */
function Auto({ invitation: one }) {
  const left = answersIn(one, now.value);
  if (!left || !somebodyHere()) return null;
  return html`<p class="auto meta"><${Icon} name="clock" />Answers by itself in <time role="timer">${clock(Math.ceil(left))}</time></p>`;
}

function Choices({ invitation: one }) {
  const can = live.value ? (isBusy(`invitation ${one.id}`) ? "One moment" : true) : OFFLINE;
  const may = can === true ? one.reject : can;
  return html`<div class="acts">
    <${Act} class="btn primary" can=${can} run=${() => take(one)}>Accept<kbd aria-hidden="true">Enter</kbd><//>
    <${Act} class="btn" can=${may} run=${() => reject(one)}>Reject<kbd aria-hidden="true">Esc</kbd><//>
  </div>`;
}

/** Who accepts wants to write, unless they have gone elsewhere meanwhile. */
async function take(one) {
  const chat = await accept(one);
  if (!chat) return;
  if (one.medium === "voice") speakInside(chat);
  requestAnimationFrame(() => {
    const free = [document.body, document.querySelector("#work")].includes(document.activeElement);
    if (free) document.querySelector(WRITE)?.focus();
  });
}

function keys(event, one) {
  const [accepts, rejects] = [pressed(event, "accept"), pressed(event, "reject")];
  if (!live.value || !(accepts || rejects)) return;
  if (accepts && event.target !== event.currentTarget) return;
  event.preventDefault();
  event.stopPropagation();
  if (accepts) take(one);
  else if (one.reject === true) reject(one);
}

/** What was asked for and came too late, in the server's words. */
function Faded({ invitation: one }) {
  return html`<article class="preview faded" aria-label=${`${headingOf(one)}, ${one.contact}`}>
    <h2><${Icon} name="warn" />${one.contact}</h2>
    <p class="body" role="alert">${one.words}</p>
    <div class="acts"><button type="button" class="btn" onClick=${() => putAway(one.id)}>Close</button></div>
  </article>`;
}
