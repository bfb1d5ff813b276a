/** The call bar: who calls or is called, how it stands, and what can be done. It pushes the page down and covers nothing. */
import { CALL, answer, call, callAgain, canCall, carried, decline, giveUp, hangUp, hear, putAway, toggleMute } from "../calls.js";
import { forget, isBusy, refusals } from "../asking.js";
import { usable } from "../commands.js";
import { html, useEffect } from "../html.js";
import { pressed } from "../keymap.js";
import { now, socket } from "../state.js";
import { aboutWords, callWords, canTryAgain, carrier, endWords, isNoNews, isOn } from "../store/calls.js";
import { clock, spoken } from "../words.js";
import { Act, Icon } from "./basic.js";

export function CallBar() {
  const view = call.value;
  const held = carried.value;
  if (isOn(view)) return html`<${On} view=${view} held=${held?.id === view.id || !held?.id ? held : null} />`;
  if (held && held.step !== "open") return html`<${Asking} held=${held} />`;
  return html`<${Refused} />${view && html`<${Over} view=${view} />`}`;
}

function Region({ state, children, onKeyDown }) {
  return html`<section class="bar call" id="call" aria-label="Call" tabindex="-1" data-state=${state} onKeyDown=${onKeyDown}>${children}</section>`;
}

const MICROPHONE = "Waiting for the microphone. If the browser asks, allow it.";

/** Before anything is placed. */
function Asking({ held }) {
  return html`<${Region} state="asking">
    <${Icon} name="phone" /><span><b>${held.name}</b> <span role="status">${held.step === "microphone" ? MICROPHONE : "Calling"}</span></span>
    <${Act} class="btn" run=${giveUp}>Cancel<//>
  <//>`;
}

function On({ view, held }) {
  const rings = view.incoming && view.state === "ringing";
  const asking = held?.step === "microphone";
  return html`<${Region} state=${view.state} onKeyDown=${(event) => keys(event, view)}>
    <${Icon} name="phone" />
    <span class="who"><b>${callWords(view, socket.tab)}</b> <span class="meta">${aboutWords(view)}</span> <${Time} view=${view} /></span>
    ${asking && html`<span class="need" role="status">${MICROPHONE}</span>`}
    <${Trouble} held=${held} view=${view} />
    <${Words} />
    ${rings ? html`<${Choices} view=${view} asking=${asking} />` : html`<${Talk} view=${view} held=${held} />`}
  <//>`;
}

/** Since when; while it rings, how long it still does. */
function Time({ view }) {
  const running = view.state === "active";
  if (!running && view.state !== "ringing") return null;
  const seconds = running ? (now.value - Date.parse(view.connected_at)) / 1000 : Math.max(0, (Date.parse(view.expires_at) - now.value) / 1000);
  return html`<time role="timer" aria-label=${running ? `for ${spoken(seconds)}` : `${spoken(seconds)} left`}>${clock(seconds)}</time>`;
}

const TROUBLES = {
  interrupted: (name) => `The connection to ${name} is interrupted. It may come back by itself.`,
  unplugged: (name) => `Your microphone has gone: ${name} cannot hear you.`,
  silent: () => "The browser plays no sound before a click.",
};

function Trouble({ held, view }) {
  const words = TROUBLES[held?.trouble]?.(view.other.nickname);
  if (!words) return null;
  return html`<span class="need hard" role="alert"><${Icon} name="warn" />${words}</span>
    ${held.trouble === "silent" && html`<${Act} class="btn" run=${hear}>Play the sound<//>`}`;
}

function Words() {
  const error = refusals.value[CALL];
  return error && html`<span class="need hard" role="alert"><${Icon} name="warn" />${error.message}</span>`;
}

const free = () => (usable.value === true && isBusy(CALL) ? "One moment" : usable.value);

function Choices({ view, asking }) {
  const can = asking ? "The browser is asked for the microphone" : free();
  return html`<span class="acts">
    <${Act} class="btn primary" can=${can} run=${() => answer(view)}>Accept<kbd aria-hidden="true">Enter</kbd><//>
    <${Act} class="btn" can=${free()} run=${() => decline(view)}>Decline<kbd aria-hidden="true">Esc</kbd><//>
  </span>`;
}

function Talk({ view, held }) {
  const mine = carrier(view, socket.tab) === "mine" && held;
  return html`<span class="acts">
    ${mine && view.state === "active" && html`<button type="button" class="btn" aria-pressed=${held.muted} onClick=${toggleMute}><${Icon} name=${held.muted ? "mic-off" : "mic"} />Mute<kbd aria-hidden="true">M</kbd></button>`}
    <${Act} class="btn danger" can=${free()} run=${() => hangUp(view)}><${Icon} name="hang-up" />Hang up<//>
  </span>`;
}

const SHOWN = 10_000;

/** What became of it. What the agent wanted so is not said; what needs no answer goes by itself. */
function Over({ view }) {
  const quiet = isNoNews(view);
  const goes = quiet ? 0 : view.cause === "hung_up" ? SHOWN : null;
  useEffect(() => {
    if (goes === null) return undefined;
    const timer = setTimeout(() => putAway(view), goes);
    return () => clearTimeout(timer);
  }, [view.id, goes]);
  if (quiet) return null;
  return html`<${Region} state="ended">
    <${Icon} name="phone" /><span role="status">${endWords(view)}</span>
    <span class="acts">
      ${canTryAgain(view) && html`<${Act} class="btn" can=${canCall()} run=${() => callAgain(view)}>Call ${view.other.nickname}<//>`}
      <button type="button" class="btn" onClick=${() => putAway(view)}>Close</button>
    </span>
  <//>`;
}

/** A call that was not placed. */
function Refused() {
  const error = refusals.value[CALL];
  if (!error) return null;
  return html`<${Region} state="refused">
    <${Icon} name="warn" /><span role="alert"><b>No call.</b> ${error.message}</span>
    <button type="button" class="btn" onClick=${() => forget(CALL)}>Close</button>
  <//>`;
}

/** Keys act with the focus in the bar alone; Enter on a button is the button's. */
function keys(event, view) {
  const rings = view.incoming && view.state === "ringing";
  const own = event.target === event.currentTarget;
  if (pressed(event, "mute") && !rings) return taken(event, toggleMute);
  if (!rings || usable.peek() !== true) return;
  if (pressed(event, "accept") && own) taken(event, () => answer(view));
  if (pressed(event, "reject")) taken(event, () => decline(view));
}

function taken(event, run) {
  event.preventDefault();
  event.stopPropagation();
  run();
}
