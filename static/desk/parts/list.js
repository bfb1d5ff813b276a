/** My interactions, unclosed work, queues. */
import { computed, html } from "../html.js";
import { arrived, desk, live, link, now, options, select, selected } from "../state.js";
import { isActive, otherOf, ownConsultations } from "../store/consultations.js";
import { at, endedAt, graded, holder, isConsulted, isLive, isTyping, lastText, lists, needsOutcome, otherAgents, unreadLines, unseenNews, waitOf } from "../store/views.js";
import { listed, timeOf } from "../words.js";
import { Face, Icon, Wait } from "./basic.js";
import { shown } from "./narrow.js";
import { Tails } from "./tails.js";

export const sorted = computed(() => lists(desk.value, now.value));

export function List() {
  const { mine, unclosed } = sorted.value;
  const { agent } = desk.value;
  const slots = agent && `${agent.load} of ${agent.capacity}`;
  return html`<nav class="list" aria-label="Interactions and queues" tabindex="-1">
    <section aria-labelledby="mine">
      <h2 class="group" id="mine">My interactions <span class="meta" title=${slots && `${slots} slots used`}>${slots}</span></h2>
      ${mine.length ? html`<ul class="items">${mine.map(item)}</ul>` : html`<p class="none">${arrived.value ? "None. New chats ring here." : "Loading"}</p>`}
      <${Tails} />
    </section>
    ${unclosed.length > 0 && html`<section aria-labelledby="unclosed">
      <h2 class="group" id="unclosed">Unclosed <span class="meta">${unclosed.length}</span></h2>
      <ul class="items">${unclosed.map(item)}</ul>
    </section>`}
    <${Queues} />
    <p class="foot meta"><span><kbd>F9</kbd> longest wait</span><span><kbd>?</kbd> all keys</span></p>
  </nav>`;
}

const item = (view) => html`<li key=${view.id}><${Entry} view=${view} /></li>`;

function Entry({ view }) {
  const wait = waitOf(view, options.value, now.value);
  const here = selected.value === view.id;
  const news = unseenNews(desk.value, view, options.value, now.value);
  const open = (event) => {
    event.preventDefault();
    select(view.id);
    shown.value = "work";
  };
  return html`<a class="item" href=${`#${view.id}`} aria-current=${here ? "true" : undefined} data-level=${wait?.level === "bad" && !here ? "bad" : undefined} data-flash=${news ? "" : undefined} onClick=${open}>
    <${Face} who="contact" name=${view.contact.name} />
    <span class="row"><b class="cut" title=${view.title}>${view.title}</b><${Right} view=${view} wait=${wait} /></span>
    <span class="row">${isLive(view) ? html`<${Live} view=${view} news=${news} />` : html`<${Over} view=${view} news=${news} />`}</span>
  </a>`;
}

function Right({ view, wait }) {
  if (wait) return html`<${Wait} wait=${wait} />`;
  return isLive(view) ? null : html`<span class="end meta">Ended ${timeOf(endedAt(view))}</span>`;
}

/** What flashes says why: a bell and words, so that neither colour nor motion is needed. */
const News = ({ words }) => html`<span class="say cut news" title=${words}><${Icon} name="bell" /><span class="vh">New: </span>${words}</span>`;

function Live({ view, news }) {
  const unread = unreadLines(desk.value, view.id).length;
  const others = otherAgents(view);
  const advising = ownConsultations(view).filter(isActive).map((one) => otherOf(view, one)?.nickname);
  return html`${news ? html`<${News} words=${news} />` : html`<span class="say cut">${whatHappens(view)}</span>`}
    ${view.offline && html`<span class="tag" title="Left as a message; the contact is not here">message</span>`}
    ${advising.length > 0 && html`<span class="tag" title=${`Consultation with ${listed(advising)}`}><${Icon} name="consult" />${advising.length > 1 && advising.length}<span class="vh">consultation</span></span>`}
    ${others.length > 0 && !isConsulted(view) && html`<span class="tag" title=${`Conference with ${listed(others.map((one) => one.nickname))}`}><${Icon} name="group" />+${others.length}</span>`}
    ${unread > 0 && html`<span class="count" role="img" aria-label=${`${unread} unread`}>${unread}</span>`}`;
}

function whatHappens(view) {
  const contact = view.parties.find((party) => party.kind === "contact");
  if (contact && isTyping(desk.value, view, contact, now.value)) return "typing";
  return lastText(desk.value, view.id) || view.queue?.name || view.routing_point.name;
}

function Over({ view, news }) {
  const other = holder(view);
  return html`${news ? html`<${News} words=${news} />` : html`<span class="say cut">${other ? `${other.nickname} has the chat` : view.queue?.name ?? view.routing_point.name}</span>`}
    ${needsOutcome(view) && html`<span class="tag">no outcome</span>`}`;
}

function Queues() {
  const { queues } = desk.value;
  if (!queues.length) return null;
  const asOf = live.value || !link.value.lastHeard ? null : `as of ${timeOf(link.value.lastHeard)}`;
  return html`<section aria-labelledby="queues">
    <h2 class="group" id="queues">Queues ${asOf && html`<span class="meta">${asOf}</span>`}</h2>
    <table class="queues">
      <thead><tr><th scope="col">Queue</th><th scope="col">Waiting</th><th scope="col">Longest</th></tr></thead>
      <tbody>${queues.map((queue) => html`<${QueueRow} key=${queue.id} queue=${queue} />`)}</tbody>
    </table>
  </section>`;
}

function QueueRow({ queue }) {
  const wait = queue.longest_since && graded((now.value - at(queue.longest_since)) / 1000, options.value);
  return html`<tr>
    <th scope="row">${queue.name}</th><td>${queue.waiting}</td>
    ${wait ? html`<td><${Wait} wait=${wait} /></td>` : html`<td class="meta">none</td>`}
  </tr>`;
}
