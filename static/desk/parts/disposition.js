/** Disposition: radio list, drop-down or tree as the rule says; boxed when it is what is missing. */
import { chooseOutcome, wantedOf } from "../choosing.js";
import { forget, refusals } from "../asking.js";
import { allowed } from "../commands.js";
import { html, useEffect, useState } from "../html.js";
import { failureOf, treeOf, want } from "../outcomes.js";
import { live } from "../state.js";
import { fullWords, needOf, toggled } from "../store/outcomes.js";
import { isLive, needsOutcome } from "../store/views.js";
import { Icon, Refusal } from "./basic.js";
import { Chips, DropDown, Flat } from "./outcome_lists.js";
import { Tree } from "./outcome_tree.js";

const FACES = { radio: Flat, dropdown: DropDown, tree: Tree };

export function Disposition({ view }) {
  return view.segment.rule ? html`<${Choice} view=${view} rule=${view.segment.rule} />` : html`<${Chosen} view=${view} />`;
}

/** No rule any more: what was chosen stays readable. */
function Chosen({ view }) {
  const names = view.segment.disposition.map((one) => one.name);
  return names.length > 0 && html`<dl class="facts"><dt>Disposition</dt><dd>${names.join(", ")}</dd></dl>`;
}

function Choice({ view, rule }) {
  const { disposition } = view.segment;
  const held = disposition.filter((one) => one.set === rule.set);
  const elsewhere = disposition.filter((one) => one.set !== rule.set);
  const [picked, pick, full] = usePicked(view, held.map((one) => one.id), rule.max);
  useEffect(() => void want(rule), [rule.set, rule.revision, live.value]);
  const can = allowed(view.can.disposition);
  const early = rule.after_only && isLive(view);
  const missing = needsOutcome(view) && !isLive(view);
  const place = `outcome ${view.id}`;
  return html`
    <fieldset class=${missing ? "outcome asks" : "outcome"} id="outcome" aria-describedby="need" title=${can === true ? undefined : can}>
      <legend>Disposition <${Need} need=${needOf({ rule, count: picked.length, over: !isLive(view), early })} /></legend>
      ${early ? html`<p class="meta early"><${Icon} name="clock" />${view.can.disposition === true ? "Chosen after End" : view.can.disposition}</p>` : html`<${Face} rule=${rule} held=${held} picked=${picked} pick=${pick} can=${can} full=${full} />`}
      ${elsewhere.length > 0 && html`<p class="meta">From another list, does not count here: ${elsewhere.map((one) => one.name).join(", ")}</p>`}
    </fieldset>
    <${Refusal} error=${refusals.value[place]} put=${() => forget(place)} />
  `;
}

/** The choice as it is meant; `full`: words when one more was wanted than may be chosen. */
function usePicked(view, held, max) {
  const [picked, setPicked] = useState(held);
  const [full, setFull] = useState("");
  useEffect(() => {
    if (!wantedOf(view.id)) setPicked(held);
  }, [held.join()]);
  const pick = async (id) => {
    const next = toggled(wantedOf(view.id) ?? picked, id, max);
    setFull(next ? "" : fullWords(max));
    if (!next) return;
    setPicked(next);
    if (!(await chooseOutcome(view, next))) setPicked(held);
  };
  return [picked, pick, full];
}

const MARKS = { met: ["need met", "check"], hard: ["need hard", "warn"], soft: ["need", "warn"] };

function Need({ need }) {
  const [name, icon] = MARKS[need.level] ?? ["meta", null];
  return html`<span class=${name} id="need">${icon && html`<${Icon} name=${icon} />`}${need.words}</span>`;
}

function Face({ rule, held, picked, pick, can, full }) {
  const tree = treeOf(rule);
  if (!tree) return html`<${Waiting} rule=${rule} />`;
  const known = Object.fromEntries(held.map((one) => [one.id, one.name]));
  const chosen = picked.map((id) => ({ id, name: tree.byId.get(id)?.path ?? known[id] ?? "", retired: !tree.byId.has(id) }));
  const Shown = FACES[rule.display] ?? Flat;
  const chips = rule.display === "tree" || (rule.display === "dropdown" && rule.max > 1);
  return html`
    <${Shown} rule=${rule} tree=${tree} chosen=${chosen} picked=${picked} pick=${pick} can=${can} />
    ${full && html`<p class="need hard" role="alert"><${Icon} name="warn" />${full}</p>`}
    ${chips && html`<${Chips} chosen=${chosen} pick=${pick} can=${can} />`}
  `;
}

function Waiting({ rule }) {
  const failure = failureOf(rule);
  if (!failure) return html`<p class="meta" role="status">Loading the list</p>`;
  return html`<p class="meta" role="alert">${failure.message} <button type="button" class="link" onClick=${() => want(rule)}>Try again</button></p>`;
}
