/** Case data: what is known about the matter; keys that agents may change are fields. */
import { drop, insist, isTyped, place, quarrel, save, saveAll, valueOf, write } from "../case.js";
import { refusals } from "../asking.js";
import { OFFLINE } from "../commands.js";
import { html, useEffect } from "../html.js";
import { live } from "../state.js";
import { isConsulted } from "../store/views.js";
import { Icon } from "./basic.js";

export function Facts({ view }) {
  const online = live.value;
  useEffect(() => {
    if (online) saveAll(view);
  }, [online]);
  return html`<dl class="facts">
    <dt>Contact</dt><dd>${view.contact.name}</dd>
    ${view.email && html`<dt>E-mail</dt><dd>${view.email}</dd>`}
    ${view.case.map((item) => html`<${Fact} key=${item.key} view=${view} item=${item} />`)}
  </dl>`;
}

function Fact({ view, item }) {
  const id = `case-${item.key}`;
  const open = item.editable && view.can.note === true && !isConsulted(view);
  return html`<dt id=${id}>${item.label}</dt><dd>${open ? html`<${Field} view=${view} item=${item} label=${id} />` : item.value || "not given"}</dd>`;
}

function Field({ view, item, label }) {
  const value = valueOf(view, item);
  const why = `${label}-why`;
  const given = { value, "aria-labelledby": label, "aria-describedby": why, "aria-invalid": refusals.value[place(view.id, item.key)] ? "true" : undefined };
  const keep = (event) => {
    write(view, item, event.target.value);
    save(view, item);
  };
  return html`
    ${item.type === "choice"
      ? html`<select ...${given} onChange=${keep}>${answers(item).map((answer) => html`<option key=${answer} value=${answer}>${answer || "not given"}</option>`)}</select>`
      : html`<input ...${given} type=${item.type === "date" ? "date" : "text"} inputmode=${item.type === "number" ? "decimal" : undefined} maxlength="500" autocomplete="off"
          onInput=${(event) => write(view, item, event.target.value)} onBlur=${() => save(view, item)} onKeyDown=${(event) => keys(event, view, item)} />`}
    <${State} id=${why} view=${view} item=${item} />`;
}

/** A value that is no longer among the choices stands there until another is chosen. */
const answers = (item) => ["", ...item.choices, ...(item.value && !item.choices.includes(item.value) ? [item.value] : [])];

function keys(event, view, item) {
  if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
  event.preventDefault();
  if (event.key === "Enter") save(view, item);
  else drop(view, item);
}

function State({ id, view, item }) {
  const error = refusals.value[place(view.id, item.key)];
  if (quarrel(view, item)) return html`<${Quarrel} id=${id} view=${view} item=${item} />`;
  if (error) return html`<p class="need hard" id=${id} role="alert"><${Icon} name="warn" />Not saved: ${error.message}</p>`;
  const waits = isTyped(view, item) && !live.value;
  return html`<p class="vh" id=${id}></p>${waits && html`<p class="meta">${OFFLINE} to be saved; it is kept here</p>`}`;
}

/** Both values, and the choice between them. */
function Quarrel({ id, view, item }) {
  const { mine, theirs } = quarrel(view, item);
  return html`<div class="quarrel" role="alert" id=${id}>
    <p class="need hard"><${Icon} name="warn" />Meanwhile somebody ${theirs ? `wrote “${theirs}”` : "took the value away"}.</p>
    <button type="button" class="btn" onClick=${() => drop(view, item)}>Keep ${theirs ? `“${theirs}”` : "it empty"}</button>
    <button type="button" class="btn" onClick=${() => insist(view, item)}>Write ${mine ? `“${mine}”` : "nothing"}</button>
  </div>`;
}
