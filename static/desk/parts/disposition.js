/** Disposition: radio list or drop-down as the rule says; boxed when it is what is missing. */
import { allowed, forget, refusals, setDisposition } from "../commands.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { isLive, needsOutcome } from "../store/views.js";
import { Icon, Refusal } from "./basic.js";

export function Disposition({ view }) {
  const { rule, disposition } = view.segment;
  const [picked, setPicked] = useState(disposition[0] ?? "");
  useEffect(() => {
    if (wanted.current === null) setPicked(disposition[0] ?? "");
  }, [disposition.join()]);
  if (!rule?.codes.length) return null;
  const can = allowed(view.can.disposition);
  const missing = needsOutcome(view) && !isLive(view);
  const wanted = useRef(null);
  const pick = async (code) => {
    setPicked(code);
    const running = wanted.current !== null;
    wanted.current = code;
    if (!running && !(await settle(view, wanted))) setPicked(disposition[0] ?? "");
  };
  const Choice = rule.display === "dropdown" ? DropDown : Radios;
  const place = `outcome ${view.id}`;
  return html`
    <fieldset class=${missing ? "outcome asks" : "outcome"} id="outcome" aria-describedby=${rule.required ? "need" : undefined} title=${can === true ? undefined : can}>
      <legend>Disposition <${Need} rule=${rule} picked=${picked} missing=${missing} /></legend>
      <${Choice} rule=${rule} picked=${picked} pick=${pick} can=${can} />
    </fieldset>
    <${Refusal} error=${refusals.value[place]} put=${() => forget(place)} />
  `;
}

/** Arrows in a radio list choose at each step: the last choice is the one that must arrive. */
async function settle(view, wanted) {
  let sent, answer;
  do {
    sent = wanted.current;
    answer = await setDisposition(view, sent ? [sent] : []);
  } while (answer && wanted.current !== sent);
  wanted.current = null;
  return answer;
}

function Need({ rule, picked, missing }) {
  if (!rule.required) return html`<span class="meta">not required</span>`;
  if (picked) return html`<span class="need met" id="need"><${Icon} name="check" />set</span>`;
  return html`<span class=${missing ? "need hard" : "need"} id="need"><${Icon} name="warn" />${missing ? "missing" : "required"}</span>`;
}

function Radios({ rule, picked, pick, can }) {
  return rule.codes.map((code) => html`<label key=${code.id} class="radio">
    <input type="radio" name="code" checked=${picked === code.id} disabled=${can !== true} onChange=${() => pick(code.id)} />${code.name}
  </label>`);
}

function DropDown({ rule, picked, pick, can }) {
  return html`<div class="field"><select aria-label="Disposition" value=${picked} disabled=${can !== true} onChange=${(event) => pick(event.target.value)}>
    <option value="">Choose one</option>
    ${rule.codes.map((code) => html`<option key=${code.id} value=${code.id} selected=${picked === code.id}>${code.name}</option>`)}
  </select></div>`;
}
