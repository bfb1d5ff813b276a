/** The Team Communicator's choice of list and of type: one Tab stop each, arrows inside. And whether hits are grouped. */
import { html } from "../html.js";
import { TYPES, viewsOf } from "../store/targets.js";
import * as finder from "./finder.js";

export function Views() {
  return html`<div class="lanes" role="radiogroup" aria-label="Show">
    ${viewsOf(finder.consulted.value).map(({ view, label }) => html`<${Radio} key=${view} name="show" filter=${finder.scope} value=${view} label=${label} />`)}
  </div>`;
}

export function Types() {
  return html`<div class="kinds"><div class="lanes types" role="radiogroup" aria-label="Type">
    <${Radio} name="type" filter=${finder.type} value="all" label="All types" />
    ${TYPES.map(({ type, many }) => html`<${Radio} key=${type} name="type" filter=${finder.type} value=${type} label=${many} />`)}
  </div><${Grouped} /></div>`;
}

function Grouped() {
  if (!finder.canGroup.value) return null;
  return html`<label class="grouped"><input type="checkbox" checked=${finder.grouping.value} onChange=${(event) => finder.group(event.target.checked)} />Grouped</label>`;
}

function Radio({ name, filter, value, label }) {
  return html`<label><input type="radio" name=${`find-${name}`} checked=${filter.value === value} onChange=${() => finder.narrow(filter, value)} />${label}</label>`;
}
