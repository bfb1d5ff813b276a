/** A sheet of emoji at the composer: the search keeps the focus, arrows choose, Enter puts the sign where one was writing. */
import { COLUMNS, found, moved, nameOf } from "../emoji.js";
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../html.js";
import { keyOf } from "../keymap.js";
import { Icon } from "./basic.js";
import { closeOnOutside, place } from "./menu.js";

const WIDTH = 320;

/** `put`: takes the sign; `back`: gives the focus to the field. */
export function Emoji({ put, back }) {
  const [open, setOpen] = useState(false);
  const opener = useRef(null);
  const id = useId();
  const close = (returns) => {
    setOpen(false);
    if (returns) back();
  };
  return html`
    <button type="button" class="btn quiet icon emoji" ref=${opener} aria-label="Emoji" title=${`Emoji (${keyOf("emoji")[0]})`} aria-keyshortcuts="Control+;"
      aria-haspopup="dialog" aria-expanded=${open} aria-controls=${open ? id : undefined} onClick=${() => setOpen(!open)}><${Icon} name="smile" /></button>
    ${open && html`<${Sheet} id=${id} opener=${opener} put=${put} close=${close} />`}
  `;
}

function Sheet({ id, opener, put, close }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const sheet = useRef(null);
  const signs = found(query);
  useLayoutEffect(() => {
    place(sheet.current, opener.current, WIDTH);
    sheet.current.querySelector("input").focus();
    return closeOnOutside(sheet.current, opener.current, close);
  }, []);
  useEffect(() => sheet.current.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }), [at, query]);
  const choose = (one) => {
    close(false);
    put(one.sign);
  };
  const search = (event) => {
    setQuery(event.target.value);
    setAt(0);
  };
  return html`<div class="menu signs" popover="manual" role="dialog" aria-label="Emoji" id=${id} ref=${sheet} onKeyDown=${(event) => keys(event, { at, setAt, signs, choose, close })}>
    <input type="text" role="combobox" aria-label="Find an emoji" aria-expanded="true" aria-autocomplete="list" aria-controls=${`${id}-signs`} aria-activedescendant=${signs.length ? `${id}-${at}` : undefined}
      placeholder="Find: thanks, ok, invoice" maxlength="40" autocomplete="off" spellcheck=${false} value=${query} onInput=${search} />
    <${Signs} id=${id} signs=${signs} at=${at} choose=${choose} />
  </div>`;
}

function Signs({ id, signs, at, choose }) {
  const here = signs[at];
  return html`<div role="listbox" id=${`${id}-signs`} aria-label="Emoji" style=${{ "--columns": COLUMNS }}>
      ${signs.map((one, index) => html`<span key=${one.sign} role="option" id=${`${id}-${index}`} aria-label=${nameOf(one)} aria-selected=${index === at} title=${nameOf(one)} onClick=${() => choose(one)}>${one.sign}</span>`)}
    </div>
    <p class="meta cut" role="status">${here ? html`<span aria-hidden="true">${nameOf(here)}</span>` : "No emoji is called so."}</p>`;
}

function keys(event, { at, setAt, signs, choose, close }) {
  if (event.isComposing) return;
  if (event.key === "Tab") return close(false);
  const goal = moved(event.key, at, signs.length);
  if (event.key === "Escape") close(true);
  else if (event.key === "Enter") signs[at] && choose(signs[at]);
  else if (goal !== null) setAt(goal);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
