/** The side column folded to a strip of icons, while a consultation needs the room on narrow screens. */
import { html, signal } from "../html.js";
import { needsOutcome } from "../store/views.js";
import { Icon } from "./basic.js";

/** The agent wants the details beside a consultation after all. */
export const unfolded = signal(false);

const ICONS = { Case: "folder", Contact: "user", Notes: "note", Why: "help" };

export function Rail({ view, tabs, choose }) {
  const open = (name) => () => {
    unfolded.value = true;
    choose(name);
  };
  return html`<div class="rail" role="group" aria-label="Chat details, folded">
    ${tabs.map((name) => html`<${Strip} key=${name} name=${name} asks=${name === "Case" && needsOutcome(view)} run=${open(name)} />`)}
  </div>`;
}

const Strip = ({ name, asks, run }) => html`<button type="button" class=${asks ? "btn quiet icon asks" : "btn quiet icon"} aria-label=${asks ? `${name}, disposition required` : name} title=${name} onClick=${run}><${Icon} name=${ICONS[name]} /></button>`;

export function Fold() {
  return html`<button type="button" class="btn quiet icon fold" aria-label="Fold the details" title="Fold, to give the consultation room" onClick=${() => (unfolded.value = false)}><${Icon} name="x" /></button>`;
}
