/** Small parts used everywhere: icons, faces, waits, buttons that may say why not. */
import { icon } from "../config.js";
import { html } from "../html.js";
import { clock, initials, spoken } from "../words.js";

export function Icon({ name }) {
  return html`<svg class="i" aria-hidden="true"><use href=${icon(name)} /></svg>`;
}

export function Face({ who, name, small = false }) {
  const letters = small ? initials(name)[0] : initials(name);
  return html`<span class=${small ? "face s" : "face"} data-who=${who} aria-hidden="true">${letters}</span>`;
}

const WAITS = { ok: "waits for an answer", warn: "waits", bad: "waits too long" };

/** Ring, triangle, octagon, always with the time. */
export function Wait({ wait, timer = false }) {
  const label = `${WAITS[wait.level]}, ${spoken(wait.seconds)}`;
  return html`<span class="wait" data-level=${wait.level} role=${timer ? "timer" : "img"} aria-label=${label}>${clock(wait.seconds)}</span>`;
}

/** `can`: true, or the reason why not. A button that cannot be used stays reachable, so that its reason can be read. */
export function Act({ can = true, run, title, children, ...rest }) {
  const off = can !== true;
  const click = (event) => (off ? event.preventDefault() : run?.(event));
  const reason = off ? can || "Not possible now" : title;
  return html`<button type="button" ...${rest} aria-disabled=${off ? "true" : undefined} title=${reason} onClick=${click}>${children}</button>`;
}

export const whoOf = (view, party) => (party?.id === view.my ? "me" : party?.kind ?? "agent");

/** Refused commands, where they were given. */
export function Refusal({ error, put }) {
  if (!error) return null;
  return html`<div class="ask" role="alert">
    <span>${error.message}</span>
    <button type="button" class="btn" onClick=${put}>Close</button>
  </div>`;
}
