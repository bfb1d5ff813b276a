/** Dispositions in lists: radio buttons or check boxes, a drop-down, and what was chosen as chips. */
import { html } from "../html.js";
import { byPlace } from "../store/outcomes.js";
import { Icon } from "./basic.js";

/** Radio buttons; check boxes where several may be chosen. */
export function Flat({ rule, tree, chosen, picked, pick, can }) {
  const boxes = groups(tree, chosen).map(({ place, codes }) => html`<div key=${codes[0].id} role=${place ? "group" : undefined} aria-label=${place || undefined}>
    ${place && html`<p class="meta place" aria-hidden="true">${place}</p>`}
    ${codes.map((code) => html`<${Box} key=${code.id} rule=${rule} code=${code} on=${picked.includes(code.id)} pick=${pick} can=${can} />`)}
  </div>`);
  return boxes;
}

function Box({ rule, code, on, pick, can }) {
  const type = rule.max > 1 ? "checkbox" : "radio";
  const change = (event) => {
    if (type === "checkbox") event.currentTarget.checked = on; // one too many does not stay ticked
    pick(code.id);
  };
  return html`<label class="radio">
    <input type=${type} name="code" checked=${on} disabled=${can !== true} onChange=${change} />${code.name}${code.retired && html`<span class="meta">no longer offered</span>`}
  </label>`;
}

/** One choice stands in the field itself; several stand below it as chips, and the field adds. */
export function DropDown({ rule, tree, chosen, picked, pick, can }) {
  const several = rule.max > 1;
  const value = several ? "" : picked[0] ?? "";
  const change = (event) => {
    const id = event.target.value || picked[0];
    if (several) event.target.value = "";
    if (id) pick(id);
  };
  return html`<div class="field"><select aria-label="Disposition" value=${value} disabled=${can !== true} onChange=${change}>
    <option value="">${several && picked.length ? "Add one" : "Choose one"}</option>
    ${groups(tree, several ? [] : chosen).map((group) => html`<${Options} key=${group.codes[0].id} group=${group} value=${value} hide=${several ? picked : []} />`)}
  </select></div>`;
}

function Options({ group, value, hide }) {
  const options = group.codes
    .filter((code) => !hide.includes(code.id))
    .map((code) => html`<option key=${code.id} value=${code.id} selected=${value === code.id}>${code.name}${code.retired ? " (no longer offered)" : ""}</option>`);
  return group.place && options.length ? html`<optgroup label=${group.place}>${options}</optgroup>` : options;
}

/** What is offered, and what was chosen before it was retired. */
function groups(tree, chosen) {
  const retired = chosen.filter((one) => one.retired);
  return [...byPlace(tree.codes), ...(retired.length ? [{ place: "", codes: retired }] : [])];
}

export function Chips({ chosen, pick, can }) {
  if (!chosen.length) return null;
  return html`<ul class="chosen" aria-label="Chosen dispositions">
    ${chosen.map((one) => html`<${Chip} key=${one.id} one=${one} pick=${pick} can=${can} />`)}
  </ul>`;
}

function Chip({ one, pick, can }) {
  const parts = one.name.split(" / ");
  return html`<li title=${one.name}>
    <span><b>${parts.at(-1)}</b> <span class="meta">${parts.slice(0, -1).join(" / ")}${one.retired ? " (no longer offered)" : ""}</span></span>
    ${can === true && html`<button type="button" aria-label=${`Take away ${one.name}`} title="Take away" onClick=${(event) => takeAway(event, one, pick)}><${Icon} name="x" /></button>`}
  </li>`;
}

/** The focus goes back to where one chooses. */
function takeAway(event, one, pick) {
  const place = event.currentTarget.closest("fieldset");
  pick(one.id);
  place.querySelector("input, select")?.focus();
}
