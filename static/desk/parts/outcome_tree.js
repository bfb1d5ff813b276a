/** Dispositions as a tree with search: arrows and letters in the tree, arrows and Enter in the field. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../html.js";
import { above, HITS, keyed, placeOf, rowsOf, search, turned, typed } from "../store/outcomes.js";
import { Icon } from "./basic.js";

const PAUSE = 600;

export function Tree({ tree, picked, rule, pick, can }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(() => above(tree, picked));
  const [wanted, setHere] = useState(picked[0]);
  const hits = search(tree, query).slice(0, HITS);
  const choose = (id) => can === true && pick(id);
  const ask = (text) => {
    setQuery(text);
    setAt(0);
  };
  const keys = (event) => hitKey(event, { hits, at, setAt, ask, query, choose });
  const searching = query.trim() !== "";
  const shared = { tree, picked, rule, choose, can };
  return html`<div class="pick">
    <div class="field"><input type="text" role="combobox" aria-label="Search dispositions" placeholder="Search" autocomplete="off" spellcheck=${false} value=${query}
      aria-autocomplete="list" aria-expanded=${searching} aria-controls=${searching ? "outcome-hits" : undefined} aria-activedescendant=${hits[at] ? `hit-${hits[at].id}` : undefined}
      onInput=${(event) => ask(event.target.value)} onKeyDown=${keys} /></div>
    ${searching ? html`<${Found} ...${shared} hits=${hits} more=${search(tree, query).length - hits.length} at=${at} ask=${ask} />` : html`<${Branches} ...${shared} open=${open} setOpen=${setOpen} wanted=${wanted} setHere=${setHere} />`}
  </div>`;
}

// --- search -------------------------------------------------------------------------------------

function hitKey(event, { hits, at, setAt, ask, query, choose }) {
  if (event.isComposing) return;
  const last = hits.length - 1;
  const act = {
    ArrowDown: () => (query.trim() ? setAt(Math.min(at + 1, last)) : toTree(event)),
    ArrowUp: () => setAt(Math.max(at - 1, 0)),
    Enter: () => hits[at] && (choose(hits[at].id), ask("")),
    Escape: () => ask(""),
  }[event.key];
  if (!act || (event.key === "Escape" && !query)) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

const toTree = (event) => event.currentTarget.closest(".pick").querySelector('[role="treeitem"][tabindex="0"]')?.focus();

function Found({ hits, more, at, picked, rule, choose, ask, can }) {
  const words = hits.length ? `${hits.length} found${more > 0 ? `, and ${more} more: go on typing` : ""}` : "Nothing found";
  return html`<p class=${hits.length && more <= 0 ? "vh" : "meta"} role="status">${words}</p>
    <ul id="outcome-hits" role="listbox" aria-label="Dispositions found" aria-multiselectable=${rule.max > 1 || undefined}>
      ${hits.map((code, index) => html`<${Hit} key=${code.id} code=${code} here=${index === at} on=${picked.includes(code.id)} rule=${rule} can=${can} run=${() => (choose(code.id), ask(""))} />`)}
    </ul>`;
}

function Hit({ code, here, on, rule, can, run }) {
  const row = useRef(null);
  useEffect(() => void (here && row.current.scrollIntoView({ block: "nearest" })), [here]);
  return html`<li ref=${row} role="option" id=${`hit-${code.id}`} aria-selected=${on} aria-disabled=${can === true ? undefined : "true"} data-here=${here ? "" : undefined}
    onMouseDown=${(event) => event.preventDefault()} onClick=${run}>
    <${Mark} rule=${rule} on=${on} /><span><b>${code.name}</b> <span class="meta">${placeOf(code)}</span></span>
  </li>`;
}

// --- the tree -----------------------------------------------------------------------------------

/** One Tab stop; the focus follows the arrows. */
function Branches({ tree, picked, rule, choose, can, open, setOpen, wanted, setHere }) {
  const letters = useRef({ text: "", at: 0 });
  const list = useRef(null);
  const rows = rowsOf(tree, open);
  const here = rows.some((row) => row.node.id === wanted) ? wanted : rows[0]?.node.id;
  const follow = useRef(false);
  useLayoutEffect(() => {
    if (follow.current) list.current.querySelector('[tabindex="0"]')?.focus();
    follow.current = false;
  }, [here]);
  const go = (id) => {
    if (!id || id === here) return;
    follow.current = true;
    setHere(id);
  };
  const run = ({ here: next, open: wider, pick }) => (wider && setOpen(wider), go(next), pick && choose(pick));
  const keys = (event) => treeKey(event, { tree, open, here, letters: letters.current, run, go });
  const click = (node) => (go(node.id), node.folder ? setOpen(turned(open, node.id)) : choose(node.id));
  return html`<ul role="tree" ref=${list} aria-label="Dispositions" aria-multiselectable=${rule.max > 1 || undefined} onKeyDown=${keys}>
    ${rows.map((row) => html`<${Row} key=${row.node.id} row=${row} here=${row.node.id === here} open=${open.has(row.node.id)} on=${picked.includes(row.node.id)} rule=${rule} can=${can} click=${click} />`)}
  </ul>`;
}

function treeKey(event, { tree, open, here, letters, run, go }) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.key.length === 1 && event.key !== " " && event.key !== "*";
  const done = typing ? null : keyed(tree, open, here, event.key);
  if (!typing && !done) return;
  event.preventDefault();
  event.stopPropagation();
  if (done) {
    letters.at = 0;
    return run(done);
  }
  letters.text = letters.at && event.timeStamp - letters.at < PAUSE ? letters.text + event.key : event.key;
  letters.at = event.timeStamp;
  go(typed(tree, open, here, letters.text));
}

function Row({ row: { node, level, place, size }, here, open, on, rule, can, click }) {
  const kind = node.folder ? { "aria-expanded": open } : { "aria-selected": on, "aria-disabled": can === true ? undefined : "true" };
  return html`<li role="treeitem" ...${kind} aria-level=${level} aria-posinset=${place} aria-setsize=${size} tabindex=${here ? 0 : -1} data-level=${Math.min(level, 6)} onClick=${() => click(node)}>
    ${node.folder ? html`<${Icon} name="down" />` : html`<${Mark} rule=${rule} on=${on} />`}<span>${node.name}</span>
  </li>`;
}

/** A dot where one is chosen, a tick where several may be. */
function Mark({ rule, on }) {
  return html`<span class="mark" data-kind=${rule.max > 1 ? "box" : "dot"} data-on=${on ? "" : undefined} aria-hidden="true">${on && rule.max > 1 ? html`<${Icon} name="check" />` : null}</span>`;
}
