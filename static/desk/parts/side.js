/** The side column: case, the contact and their other chats, notes, routing explanation, and below them the Interaction Previews. */
import { html, signal } from "../html.js";
import { view } from "../state.js";
import { isConsulted, isLive, needsOutcome } from "../store/views.js";
import { Facts } from "./case.js";
import { Disposition } from "./disposition.js";
import { open as messagesOpen } from "../messaging.js";
import { faded } from "../commands.js";
import { shownBeside } from "./consultation.js";
import { Mails } from "./mails.js";
import { Messages } from "./messages.js";
import { Keys } from "./help.js";
import { Contact } from "./history.js";
import { shown } from "./narrow.js";
import { Note } from "./note.js";
import { Previews, ringing } from "./previews.js";
import { Fold, Rail, unfolded } from "./rail.js";
import { Why } from "./why.js";

const TABS = ["Case", "Contact", "Notes", "Why"];
const tab = signal("Case");

export function Side() {
  return html`<aside class="side" aria-label="Chat details" tabindex="-1">
    ${view.value && folds(view.value) && html`<${Rail} view=${view.value} tabs=${TABS} choose=${choose} />`}
    ${view.value ? html`<${Tabs} /><${Panel} view=${view.value} />` : html`<section class="panel keys" aria-labelledby="keys" tabindex="0"><h2 id="keys">Keys</h2><${Keys} where="everywhere" /></section>`}
    <${Messages} />
    <${Previews} />
  </aside>`;
}

/** Beside a consultation it gives its room away on narrow screens, unless something in it is asked for. */
export function folds(chat) {
  const wanted = unfolded.value || messagesOpen.value || ringing.value.length > 0 || faded.value.length > 0;
  return shownBeside(chat).length > 0 && isLive(chat) && !wanted;
}

function choose(name) {
  tab.value = name;
  requestAnimationFrame(() => document.querySelector("#panel")?.focus());
}

export function showCase() {
  tab.value = "Case";
  unfolded.value = true;
  shown.value = "side";
}

/** From "Choose a disposition first" to the place where it is chosen. */
export function goToOutcome(event) {
  event.preventDefault();
  showCase();
  requestAnimationFrame(() => document.querySelector("#outcome :is(input, select)")?.focus());
}

/** After End: the disposition when it is missing, else Mark Done. False where nothing is asked. */
export function askNext() {
  const chat = view.peek();
  if (!chat || isLive(chat)) return false;
  tab.value = "Case";
  requestAnimationFrame(() => {
    const wanted = needsOutcome(chat) ? document.querySelector("#outcome :is(input, select)") : null;
    const seen = wanted?.checkVisibility() && !wanted.disabled;
    (seen ? wanted : document.querySelector(".toolbar > .done") ?? document.querySelector("#work")).focus();
  });
  return true;
}

function Tabs() {
  const move = (event) => {
    const at = TABS.indexOf(tab.value);
    const goal = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    tab.value = TABS.at(goal % TABS.length);
    event.currentTarget.children[TABS.indexOf(tab.value)].focus();
  };
  const beside = shownBeside(view.value).length > 0 && isLive(view.value);
  return html`<div class="tab-row"><div class="tabs" role="tablist" aria-label="Chat details" onKeyDown=${move}>
    ${TABS.map((name) => html`<${Tab} key=${name} name=${name} />`)}
  </div>${beside && html`<${Fold} />`}</div>`;
}

function Tab({ name }) {
  const here = tab.value === name;
  return html`<button type="button" role="tab" id=${`tab-${name}`} aria-selected=${here} aria-controls=${here ? "panel" : undefined} tabindex=${here ? 0 : -1}
    title=${name === "Why" ? "Why this agent? The routing explanation" : undefined} onClick=${() => (tab.value = name)}>${name}</button>`;
}

function Panel({ view: chat }) {
  return html`<div class="panel" role="tabpanel" id="panel" aria-label=${tab.value} tabindex="0">
    ${tab.value === "Case" && html`<${Case} view=${chat} />`}
    ${tab.value === "Contact" && html`<${Contact} key=${chat.id} view=${chat} />`}
    ${tab.value === "Notes" && html`<${Note} key=${chat.id} view=${chat} />`}
    ${tab.value === "Why" && html`<${Why} key=${chat.id} view=${chat} />`}
  </div>`;
}

function Case({ view: chat }) {
  return html`
    <${Facts} key=${`case ${chat.id}`} view=${chat} />
    ${isConsulted(chat) ? null : html`<${Disposition} key=${chat.id} view=${chat} />`}
    <${Mails} key=${`mails ${chat.id}`} view=${chat} />
    ${!isLive(chat) && html`<${Note} key=${`note ${chat.id}`} view=${chat} />`}
  `;
}
