/** All keys, in a sheet and on the empty desk, from the map that binds them. */
import { html, signal } from "../html.js";
import { GROUPS, keymap } from "../keymap.js";
import { settings } from "../settings.js";
import { Dialog } from "./dialog.js";

const open = signal(false);

export const openHelp = () => void (open.value = true);

export function Keys({ where }) {
  const keys = keymap({ enterSends: settings.value.enter_sends }).filter((one) => one.where === where);
  return html`<dl>${keys.map((one) => html`<div key=${one.id}><dt>${one.words}</dt><dd>${one.keys.map((key) => html`<kbd key=${key}>${key}</kbd> `)}</dd></div>`)}</dl>`;
}

export function Help() {
  const close = () => (open.value = false);
  if (!open.value) return null;
  return html`<${Dialog} class="sheet help" title="All keys" close=${close}>
    <div class="groups">${GROUPS.map(({ where, title }) => html`<section key=${where} class="keys" aria-label=${title}><h3>${title}</h3><${Keys} where=${where} /></section>`)}</div>
    <p class="meta">Keys do nothing while a sheet is open, and never take a letter that somebody types.</p>
  <//>`;
}
