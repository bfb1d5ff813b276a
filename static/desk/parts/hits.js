/** The Team Communicator's hits, grouped by type or not, with presence in words and the star of a favourite. */
import { OFFLINE } from "../commands.js";
import { html, useEffect, useRef } from "../html.js";
import { live, now } from "../state.js";
import { factsOf, iconOf, keyOf, marked, noHits, starOf } from "../store/targets.js";
import { at, partyOf } from "../store/views.js";
import { clock } from "../words.js";
import { Face, Icon } from "./basic.js";
import * as finder from "./finder.js";
import { turnStar } from "./finder_acts.js";

export function Hits() {
  const list = useRef(null);
  useEffect(() => show(list.current), [finder.row.value?.key]);
  return html`<div class="hits">
    <${Said} />
    <div id="hits" role="listbox" tabindex="-1" aria-label="Targets" aria-busy=${finder.reading.value} ref=${list}>
      ${finder.lists.value.map((one) => html`<${List} key=${one.key} list=${one} />`)}
    </div>
  </div>`;
}

/** The chosen row comes into view; of the first one its heading too. */
function show(list) {
  const row = list?.querySelector('[aria-selected="true"]');
  if (row === list?.querySelector(".hit")) list.scrollTop = 0;
  else row?.scrollIntoView({ block: "nearest" });
}

function Said() {
  const error = live.value && finder.failure.value;
  if (error) return html`<div class="ask" role="alert"><span>${error.message}</span><button type="button" class="btn" onClick=${finder.askAgain}>Search again</button></div>`;
  const words = emptyWords();
  const narrowed = words && finder.query.value.trim() && (finder.type.value !== "all" || finder.scope.value !== "all");
  return html`<div class=${words ? "none" : "vh"}>
    <p role="status" data-late=${finder.reading.value ? "" : undefined}>${words ?? `${finder.total.value} found`}</p>
    ${narrowed && html`<button type="button" class="link" onClick=${finder.everything}>Search all targets</button>`}
  </div>`;
}

function emptyWords() {
  if (!live.value) return OFFLINE;
  if (finder.lists.value.length) return null;
  return finder.reading.value ? "Searching" : noHits({ query: finder.query.value, view: finder.scope.value, type: finder.type.value });
}

function List({ list }) {
  return html`<ul role="group" aria-labelledby=${`hits-${list.key}`}>
    <li class="gh" role="presentation" id=${`hits-${list.key}`}>${list.title}</li>
    ${list.hits.map((hit) => html`<${Hit} key=${keyOf(hit)} hit=${hit} />`)}
    ${list.more && html`<${More} key=${list.more.key} more=${list.more} />`}
  </ul>`;
}

const DOTS = { ready: "ready", logged_off: "off" };

function Hit({ hit }) {
  const facts = factsOf(hit, { grouped: finder.grouped.value, now: now.value, consulting: consultingWords(hit) });
  return html`<li class="hit" role="option" id=${`hit-${keyOf(hit)}`} aria-selected=${finder.hit.value === hit} onClick=${() => pick(hit)}>
    <${Badge} hit=${hit} />
    <span><b class="cut" title=${hit.name}>${marked(hit.name, finder.query.value).map(({ text, on }) => (on ? html`<mark>${text}</mark>` : text))}</b>
      <span class="has" title=${facts}><span class="dot" data-state=${DOTS[hit.presence.status] ?? "busy"} /><span class="cut">${facts}</span></span></span>
    <${Star} hit=${hit} />
  </li>`;
}

/** How long I have been asking them for advice. */
function consultingWords(hit) {
  const one = finder.consulted.value.find(({ consultant }) => partyOf(finder.chat.value, consultant)?.agent === hit.id);
  return one ? `consulting with you ${clock((now.value - at(one.started_at)) / 1000)}` : null;
}

function More({ more }) {
  return html`<li class="hit more" role="option" id=${`hit-${more.key}`} aria-selected=${finder.row.value?.more === more} onClick=${() => goOn(more)}>
    <span class="kind"><${Icon} name="down" /></span><span>${more.label}</span>
  </li>`;
}

function goOn(more) {
  finder.showMore(more);
  finder.field().focus();
}

function Badge({ hit }) {
  const name = iconOf(hit);
  return name ? html`<span class="kind"><${Icon} name=${name} /></span>` : html`<${Face} who=${hit.type === "contact" ? "contact" : "agent"} name=${hit.name} />`;
}

/** For pointers only, because an option holds no button: keys and ears have the same in the actions. */
function Star({ hit }) {
  const { on, label, can } = starOf(hit);
  const turn = (event) => {
    event.stopPropagation();
    pick(hit);
    if (can === true && live.value) turnStar(hit);
  };
  return html`<span class="star" aria-hidden="true" data-on=${on ? "" : undefined} data-off=${can === true ? undefined : ""} title=${can === true ? label : "Corporate favourite"} onClick=${turn}><${Icon} name="star" /></span>`;
}

function pick(hit) {
  finder.choose(keyOf(hit));
  finder.field().focus();
}
