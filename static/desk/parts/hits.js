/** The Team Communicator's hits, grouped by type, with presence in words and the star of a favourite. */
import { OFFLINE } from "../commands.js";
import { html } from "../html.js";
import { live } from "../state.js";
import { factsOf, grouped, iconOf, keyOf, noHits, starOf } from "../store/targets.js";
import { Face, Icon } from "./basic.js";
import * as finder from "./finder.js";

export function Hits() {
  const hits = finder.hits.value;
  const words = emptyWords(hits);
  return html`<div class="hits">
    <p class=${words ? "none" : "vh"} role="status">${words ?? `${hits.length} found`}</p>
    <div id="hits" role="listbox" tabindex="-1" aria-label="Targets" aria-busy=${finder.reading.value}>
      ${grouped(hits, finder.scope.value).map((group) => html`<${Group} key=${group.key} group=${group} />`)}
    </div>
  </div>`;
}

function emptyWords(hits) {
  if (!live.value) return OFFLINE;
  if (finder.failure.value) return finder.failure.value.message;
  if (hits.length) return null;
  return finder.reading.value ? "Searching" : noHits({ query: finder.query.value, view: finder.scope.value });
}

function Group({ group }) {
  return html`<ul role="group" aria-labelledby=${`hits-${group.key}`}>
    <li class="gh" role="presentation" id=${`hits-${group.key}`}>${group.title}</li>
    ${group.hits.map((hit) => html`<${Hit} key=${keyOf(hit)} hit=${hit} />`)}
  </ul>`;
}

const DOTS = { ready: "ready", logged_off: "off" };

function Hit({ hit }) {
  const here = finder.hit.value === hit;
  const scroll = (item) => here && item?.scrollIntoView({ block: "nearest" });
  return html`<li class="hit" role="option" id=${`hit-${keyOf(hit)}`} aria-selected=${here} ref=${scroll} onClick=${() => pick(hit)}>
    <${Badge} hit=${hit} />
    <span><b class="cut"><${Marked} text=${hit.name} /></b>
      <span class="has"><span class="dot" data-state=${DOTS[hit.presence.status] ?? "busy"} /><span class="cut">${factsOf(hit, finder.scope.value)}</span></span></span>
    <${Star} hit=${hit} />
  </li>`;
}

function Badge({ hit }) {
  const name = iconOf(hit);
  return name ? html`<span class="kind"><${Icon} name=${name} /></span>` : html`<${Face} who="agent" name=${hit.name} />`;
}

/** For pointers only, because an option holds no button: keys and ears have the same in the actions. */
function Star({ hit }) {
  const { on, label, can } = starOf(hit);
  const turn = (event) => {
    event.stopPropagation();
    pick(hit);
    if (can === true && live.value) finder.turnStar(hit);
  };
  return html`<span class="star" aria-hidden="true" data-on=${on ? "" : undefined} data-off=${can === true ? undefined : ""} title=${can === true ? label : "Corporate favourite"} onClick=${turn}><${Icon} name="star" /></span>`;
}

function pick(hit) {
  finder.choose(finder.hits.peek().indexOf(hit));
  finder.field().focus();
}

function Marked({ text }) {
  const query = finder.query.value.trim();
  const at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at < 0) return text;
  return html`${text.slice(0, at)}<mark>${text.slice(at, at + query.length)}</mark>${text.slice(at + query.length)}`;
}
