/** Team Communicator: one field, hits as one types, presence in words, and beside each hit what can be done with it. */
import { OFFLINE } from "../commands.js";
import { html, useEffect, useRef } from "../html.js";
import { live } from "../state.js";
import { Face, Icon } from "./basic.js";
import * as finder from "./finder.js";
import { Item } from "./menu.js";

export function Communicator() {
  const open = finder.open.value;
  const active = open && finder.hit.value ? `hit-${finder.hit.value.id}` : undefined;
  const root = useRef(null);
  useEffect(() => (open ? closeOnOutside(root.current) : undefined), [open]);
  return html`<div class="communicator" ref=${root} onKeyDown=${(event) => keys(event, root.current)}>
    <form class=${open ? "find open" : "find"} role="search" onSubmit=${(event) => event.preventDefault()}>
      <${Icon} name="search" />
      <input type="text" role="combobox" aria-label="Team Communicator" aria-expanded=${open} aria-controls=${open ? "hits" : undefined} aria-autocomplete="list" aria-activedescendant=${active}
        placeholder="Team Communicator: people" autocomplete="off" spellcheck=${false} value=${finder.query.value}
        onInput=${(event) => finder.type(event.target.value)} onClick=${finder.show} />
      <kbd aria-hidden="true">Ctrl K</kbd>
    </form>
    ${open && html`<${Sheet} />`}
  </div>`;
}

function Sheet() {
  const chat = finder.chat.value;
  return html`<div class="finder" role="group" aria-label="Team Communicator">
    <p class="mode"><${Icon} name=${chat ? "conference" : "search"} />${chat ? html`<b>Instant Conference</b> <span class="cut">for ${chat.contact.name}</span>` : html`<b>Team Communicator</b> <span>open a chat to invite somebody to it</span>`}</p>
    <${Hits} />
    <${Actions} chat=${chat} />
    <p class="foot"><span><kbd>↑</kbd> <kbd>↓</kbd> choose</span><span><kbd>→</kbd> actions</span><span><kbd>Enter</kbd> do it</span><span><kbd>Esc</kbd> close</span></p>
  </div>`;
}

function Hits() {
  const hits = finder.hits.value;
  const words = emptyWords(hits);
  return html`<div class="hits">
    <p class="gh" role="status">${words ?? "Agents"}</p>
    <ul id="hits" role="listbox" aria-label="Agents" aria-busy=${finder.reading.value}>${hits.map((hit, index) => html`<${Hit} key=${hit.id} hit=${hit} index=${index} />`)}</ul>
  </div>`;
}

function emptyWords(hits) {
  if (!live.value) return OFFLINE;
  if (finder.failure.value) return finder.failure.value.message;
  if (hits.length) return null;
  return finder.reading.value ? "Searching" : `Nobody found${finder.query.value ? ` for "${finder.query.value}"` : ""}`;
}

const DOTS = { ready: "ready", logged_off: "off", away: "away" };

function Hit({ hit, index }) {
  const here = finder.chosen.value === index;
  const scroll = (item) => here && item?.scrollIntoView({ block: "nearest" });
  return html`<li class="hit" role="option" id=${`hit-${hit.id}`} aria-selected=${here} ref=${scroll} onClick=${() => pick(index)}>
    <${Face} who=${hit.me ? "me" : "agent"} name=${hit.name} />
    <span><b><${Marked} text=${hit.name} /></b>${hit.me ? " (you)" : ""}
      <span class="has"><span class="dot" data-state=${DOTS[hit.presence.status] ?? "busy"} /><span>${[hit.presence.text, hit.department].filter(Boolean).join(", ")}</span></span></span>
  </li>`;
}

function pick(index) {
  finder.choose(index);
  finder.field().focus();
}

function Marked({ text }) {
  const query = finder.query.value.trim();
  const at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at < 0) return text;
  return html`${text.slice(0, at)}<mark>${text.slice(at, at + query.length)}</mark>${text.slice(at + query.length)}`;
}

function Actions({ chat }) {
  const hit = finder.hit.value;
  if (!hit) return html`<div class="acts" />`;
  const items = hit.actions.map((action) => ({ label: action.label, icon: "conference", can: live.value ? action.can : OFFLINE, action }));
  const error = finder.refusal.value;
  return html`<div class="acts">
    <p>${hit.name}</p>
    <div class="menu flat" role="menu" aria-label=${`Actions for ${hit.name}`}>${items.map((item) => html`<${Item} key=${item.label} item=${item} choose=${({ action }) => finder.act(action)} />`)}</div>
    ${chat && items.some((item) => item.can === true) && html`<label class="field"><span>Note for ${hit.nickname}</span>
      <textarea rows="2" maxlength="500" value=${finder.note.value} onInput=${(event) => (finder.note.value = event.target.value)} /></label>`}
    ${error && html`<p class="need hard refused" role="alert"><${Icon} name="warn" />${error.message}</p>`}
  </div>`;
}

// --- keys: the focus stays in the field until Right or Enter goes to the actions ------------------

function keys(event, root) {
  if (event.key === "Escape" && finder.open.peek()) return taken(event, finder.close);
  const menu = event.target.closest('[role="menu"]');
  if (menu) return menuKeys(event, menu);
  if (event.target === finder.field()) fieldKeys(event, root);
}

function fieldKeys(event, root) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (!finder.open.peek()) return event.key === "ArrowDown" ? taken(event, finder.show) : undefined;
  if (event.key in steps) return taken(event, () => finder.choose(finder.chosen.peek() + steps[event.key]));
  const atEnd = event.target.selectionStart === event.target.value.length;
  const first = root.querySelector('[role="menuitem"]');
  if (first && (event.key === "Enter" || (event.key === "ArrowRight" && atEnd))) taken(event, () => first.focus());
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
