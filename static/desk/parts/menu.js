/**
 * A button with a menu: arrows and letters move in it, Esc and Tab close it, the focus returns to the button.
 * What opens takes the focus before the next key arrives, here as in every sheet: a quick Esc is for the sheet.
 */
import { html, useId, useLayoutEffect, useRef, useState } from "../html.js";
import { Icon } from "./basic.js";

/** `items`: {label, can, run, icon, current, keys, checked: one of a choice, stays: the menu does, rule: a line below, same: the next one says the reason}. */
export function Menu({ label, items, children, width = 220, wrap = "span", onOpen, ...button }) {
  const [open, setOpen] = useState(false);
  const opener = useRef(null);
  const id = useId();
  const close = (back) => {
    setOpen(false);
    if (back) opener.current?.focus();
  };
  const toggle = () => {
    if (!open) onOpen?.();
    setOpen(!open);
  };
  const down = (event) => {
    if (event.key !== "ArrowDown" || open) return;
    event.preventDefault();
    event.stopPropagation();
    toggle();
  };
  return html`
    <button type="button" ...${button} ref=${opener} aria-haspopup="menu" aria-expanded=${open} aria-controls=${open ? id : undefined}
      onClick=${toggle} onKeyDown=${down}>${children}</button>
    ${open && html`<${Sheet} id=${id} label=${label} items=${items} width=${width} opener=${opener} close=${close} />`}
  `;
}

function Sheet({ id, label, items, width, opener, close }) {
  const sheet = useRef(null);
  useLayoutEffect(() => {
    place(sheet.current, opener.current, width);
    entries(sheet.current)[0]?.focus();
    return closeOnOutside(sheet.current, opener.current, close);
  }, []);
  const choose = (item) => {
    if ((item.can ?? true) !== true) return;
    if (!item.stays) close(true);
    item.run();
  };
  return html`<div class="menu" popover="manual" role="menu" id=${id} aria-label=${label} ref=${sheet} onKeyDown=${(event) => move(event, sheet.current, close)}>
    ${items.map((item) => html`<${Item} key=${item.label} item=${item} choose=${choose} />`)}
  </div>`;
}

/** The reason why not stands outside of the button: its name stays the verb alone. */
export function Item({ item, choose }) {
  const id = useId();
  const off = (item.can ?? true) !== true;
  return html`<div role="none">
    <button type="button" role=${item.checked === undefined ? "menuitem" : "menuitemradio"} aria-checked=${item.checked} tabindex="-1" aria-disabled=${off ? "true" : undefined} aria-describedby=${off ? id : undefined} aria-current=${item.current ? "true" : undefined} aria-keyshortcuts=${item.keys?.replace("Ctrl ", "Control+")}
      onClick=${() => choose(item)}>
      ${item.icon && html`<${Icon} name=${item.icon} />`}<span>${item.label}</span>${item.keys && html`<kbd aria-hidden="true">${item.keys}</kbd>`}${(item.current || item.checked) && html`<${Icon} name="check" />`}
    </button>
    ${off && html`<small id=${id} class=${item.same ? "vh" : undefined} aria-hidden="true">${item.can}</small>`}
    ${item.rule && html`<div role="separator" />`}
  </div>`;
}

const entries = (sheet) => [...sheet.querySelectorAll('[role^="menuitem"]')];

export function place(sheet, opener, width) {
  sheet.showPopover();
  const from = opener.getBoundingClientRect();
  const left = Math.max(8, Math.min(from.left, innerWidth - width - 8));
  Object.assign(sheet.style, { inset: "auto", margin: "0", left: `${left}px`, minWidth: `${Math.max(width, from.width)}px` });
  const below = from.bottom + 4 + sheet.offsetHeight <= innerHeight;
  sheet.style.top = `${below ? from.bottom + 4 : Math.max(8, from.top - 4 - sheet.offsetHeight)}px`;
}

export function closeOnOutside(sheet, opener, close) {
  const outside = (event) => {
    if (!sheet.contains(event.target) && !opener.contains(event.target)) close(false);
  };
  const gone = () => close(false);
  document.addEventListener("pointerdown", outside, true);
  addEventListener("resize", gone);
  return () => {
    document.removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", gone);
  };
}

function move(event, sheet, close) {
  const all = entries(sheet);
  const at = all.indexOf(document.activeElement);
  const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Tab") return close(false);
  if (event.key === "Escape") close(true);
  else if (goal !== undefined) all.at(goal % all.length)?.focus();
  else if (!letter(event, all, at)) return;
  event.preventDefault();
  event.stopPropagation();
}

function letter(event, all, at) {
  if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.altKey) return false;
  const wanted = event.key.toLowerCase();
  const next = [...all.slice(at + 1), ...all].find((item) => item.textContent.trim().toLowerCase().startsWith(wanted));
  next?.focus();
  return !!next;
}
