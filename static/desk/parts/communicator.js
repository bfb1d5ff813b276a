/** Team Communicator: one field, hits as one types, and beside the chosen one what can be done with it. */
import { OFFLINE } from "../commands.js";
import { html, useEffect, useLayoutEffect, useRef } from "../html.js";
import { live } from "../state.js";
import { MODES, inOrder, starOf } from "../store/targets.js";
import { firstName } from "../store/views.js";
import { Icon } from "./basic.js";
import { Types, Views } from "./filters.js";
import * as finder from "./finder.js";
import { act, cancelOpen, turnStar } from "./finder_acts.js";
import { Hits } from "./hits.js";
import { Item } from "./menu.js";

export function Communicator() {
  const open = finder.open.value;
  const active = open && finder.row.value ? `hit-${finder.row.value.key}` : undefined;
  const root = useRef(null);
  useEffect(() => (open ? closeOnOutside(root.current) : undefined), [open]);
  return html`<div class="communicator" ref=${root} onKeyDown=${(event) => keys(event, root.current)}>
    <form class=${open ? "find open" : "find"} role="search" onSubmit=${(event) => event.preventDefault()}>
      <${Icon} name="search" />
      <input type="text" role="combobox" aria-label="Team Communicator" aria-expanded=${open} aria-controls=${open ? "hits" : undefined} aria-autocomplete="list" aria-activedescendant=${active}
        placeholder="Team Communicator: people, skills, queues" maxlength="80" autocomplete="off" spellcheck=${false} value=${finder.query.value}
        onInput=${(event) => finder.write(event.target.value)} onClick=${finder.show} />
      <kbd aria-hidden="true">Ctrl K</kbd>
    </form>
    ${open && html`<${Sheet} />`}
  </div>`;
}

function Sheet() {
  const chat = finder.chat.value;
  return html`<div class="finder" role="group" aria-label="Team Communicator">
    <div class="mode"><${Mode} chat=${chat} /><${Views} /></div>
    <${Types} />
    <${Hits} />
    <${Actions} chat=${chat} />
    <p class="foot"><span><kbd>↑</kbd> <kbd>↓</kbd> choose</span><span><kbd>→</kbd> actions</span><span><kbd>Enter</kbd> do it</span>${finder.scope.value === "consultations" && html`<span><kbd>Ctrl K</kbd> all targets</span>`}<span><kbd>Esc</kbd> close</span></p>
  </div>`;
}

function Mode({ chat }) {
  if (!chat) return html`<p class="cut"><${Icon} name="search" /><b>Team Communicator</b> <span>open a chat to invite somebody</span></p>`;
  const { title, icon } = MODES[finder.mode.value] ?? { title: "Team Communicator", icon: "search" };
  return html`<p class="cut"><${Icon} name=${icon} /><b>${title}</b> <span>for ${chat.contact.name}</span></p>`;
}

const ICONS = {
  conference: "conference", consult_chat: "consult", consult_voice: "phone", consult_im: "letters",
  transfer: "transfer", transfer_message: "letters", call: "phone", message: "letters", mail: "mail",
};
/** A note travels with these. */
const ASKING = ["conference", "consult_chat", "consult_voice", "consult_im", "transfer", "transfer_message"];

function Actions({ chat }) {
  const hit = finder.hit.value;
  if (!hit) return html`<div class="acts" />`;
  const items = inOrder(hit.actions, finder.mode.value).map((action) => ({ key: action.verb, label: action.label, icon: ICONS[action.verb], can: online(action.can), run: () => act(action) }));
  const error = finder.refusal.value;
  return html`<div class="acts">
    <p class="cut">${hit.name}</p>
    <div class="menu flat" role="menu" aria-label=${`Actions for ${hit.name}`}>
      ${once([...items, star(hit)]).map((item) => html`<${Item} key=${item.key} item=${item} choose=${choose} />`)}
    </div>
    ${chat && items.some((item) => ASKING.includes(item.key) && item.can === true) && html`<label class="field"><span>Note for ${hit.nickname}</span>
      <textarea rows="2" maxlength="500" value=${finder.note.value} onInput=${(event) => (finder.note.value = event.target.value)} /></label>`}
    ${chat && finder.asks.value && html`<${Agreed} hit=${hit} chat=${chat} />`}
    ${error && html`<p class="need hard refused" role="alert"><${Icon} name="warn" /><span>${error.message}</span></p>`}
    ${error?.code === "transfer_pending" && html`<p class="again"><button type="button" class="btn" onClick=${cancelOpen}>Cancel that transfer</button></p>`}
  </div>`;
}

/** A message instead of a chat: only what the contact agreed to. */
function Agreed({ hit, chat }) {
  const first = useRef(null);
  useLayoutEffect(() => first.current.focus(), []);
  const name = firstName(chat.contact.name);
  const stay = () => {
    finder.asks.value = null;
    finder.field().focus();
  };
  const escape = (event) => event.key === "Escape" && taken(event, stay);
  return html`<div class="ask" role="alertdialog" aria-label="Leave a message there?" aria-describedby="agreed" onKeyDown=${escape}>
    <span id="agreed">Nobody of ${hit.name} can take the chat now. It ends for ${name} and waits there as a message. Has ${name} agreed?</span>
    <button type="button" class="btn" ref=${first} onClick=${stay}>No, stay</button>
    <button type="button" class="btn primary" onClick=${() => act(finder.asks.value)}>${name} agreed</button>
  </div>`;
}

const online = (can) => (live.value ? can : OFFLINE);

function star(hit) {
  const { label, can } = starOf(hit);
  return { key: "star", label, icon: "star", can: online(can), run: () => turnStar(hit) };
}

/** The same reason under each of several neighbours is written under the last of them; each is still described by it. */
const once = (items) => items.map((item, index) => ({ ...item, same: item.can !== true && item.can === items[index + 1]?.can }));

function choose(item) {
  if (item.can === true) item.run();
}

// --- keys: the focus stays in the field until Right or Enter goes to the actions ------------------

function keys(event, root) {
  if (event.key === "Escape" && finder.open.peek()) return taken(event, finder.close);
  const menu = event.target.closest('[role="menu"]');
  if (menu) return menuKeys(event, menu);
  if (event.target === finder.field()) fieldKeys(event, root);
}

function fieldKeys(event, root) {
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
  if (!finder.open.peek()) return event.key === "ArrowDown" ? taken(event, finder.show) : undefined;
  if (event.key in steps) return taken(event, () => finder.step(steps[event.key]));
  const atEnd = event.target.selectionStart === event.target.value.length;
  if (event.key === "Enter" || (event.key === "ArrowRight" && atEnd)) finder.whenRead(() => goOn(event, root));
}

/** To the first action; from a row that stands for more, to those. */
function goOn(event, root) {
  const more = finder.row.peek()?.more;
  if (more) return event.key === "Enter" ? taken(event, () => finder.showMore(more)) : undefined;
  const first = root.querySelector('[role="menuitem"]');
  if (first) taken(event, () => first.focus());
}

function menuKeys(event, menu) {
  const all = [...menu.querySelectorAll('[role="menuitem"]')];
  const at = all.indexOf(event.target);
  if (event.key === "ArrowLeft") return taken(event, () => finder.field().focus());
  const goal = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
  if (goal !== undefined) taken(event, () => all.at(goal % all.length).focus());
}

function taken(event, run) {
  event.preventDefault();
  event.stopPropagation();
  run();
}

function closeOnOutside(root) {
  const outside = (event) => {
    if (!root.contains(event.target)) finder.close({ back: false });
  };
  const left = (event) => {
    if (event.relatedTarget && !root.contains(event.relatedTarget)) finder.close({ back: false });
  };
  document.addEventListener("pointerdown", outside, true);
  root.addEventListener("focusout", left);
  return () => {
    document.removeEventListener("pointerdown", outside, true);
    root.removeEventListener("focusout", left);
  };
}
