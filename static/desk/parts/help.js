/** All keys, in a sheet and on the empty desk. */
import { html, signal, useEffect, useRef } from "../html.js";

const KEYS = [
  ["Team Communicator", "Ctrl K"],
  ["Next region, previous region", "F6", "Shift F6"],
  ["Interaction Preview, and back", "F8"],
  ["Chat that waits longest", "F9"],
  ["Previous chat, next chat", "Alt ↑", "Alt ↓"],
  ["Public or agents only", "Ctrl ."],
  ["Send, new line", "Enter", "Shift Enter"],
  ["All keys", "?"],
];

const open = signal(false);

export const openHelp = () => (open.value = true);

export function Keys() {
  return html`<dl>${KEYS.map(([what, ...keys]) => html`<div key=${what}><dt>${what}</dt><dd>${keys.map((key) => html`<kbd key=${key}>${key}</kbd> `)}</dd></div>`)}</dl>`;
}

export function Help() {
  return open.value ? html`<${Sheet} />` : null;
}

function Sheet() {
  const dialog = useRef(null);
  const back = useRef(document.activeElement);
  useEffect(() => {
    dialog.current.showModal();
    return () => back.current?.focus?.();
  }, []);
  const close = () => (open.value = false);
  return html`<dialog class="help keys" ref=${dialog} aria-labelledby="all-keys" onClose=${close} onCancel=${close}>
    <h2 id="all-keys">All keys</h2>
    <${Keys} />
    <p class="meta">In the Interaction Preview <kbd>Enter</kbd> accepts and <kbd>Esc</kbd> rejects, only while the focus is in it. Toolbars, tabs, menus and lists: arrows.</p>
    <button type="button" class="btn" onClick=${close}>Close</button>
  </dialog>`;
}
