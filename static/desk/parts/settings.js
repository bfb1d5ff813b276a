/** The agent's own settings: each choice is kept at once, by the server, for all tabs. */
import { forget, refusals } from "../asking.js";
import { setSettings, usable } from "../commands.js";
import { html, signal, useId } from "../html.js";
import { PERMISSION, askPermission, permission, settings } from "../settings.js";
import { play } from "../sounds.js";
import { Act, Refusal } from "./basic.js";
import { Dialog } from "./dialog.js";

const open = signal(false);

export const openSettings = () => void (open.value = true);

const WAYS = [[true, "Enter sends, Shift Enter starts a new line"], [false, "Ctrl Enter sends, Enter starts a new line"]];
const SOUNDS = [["offer", "An invitation rings"], ["message", "A line in a chat I do not look at"], ["left", "A contact left, or a chat passed to me"]];
const THEMES = [["system", "As the system"], ["light", "Light"], ["dark", "Dark"]];
const SIZES = [["normal", "Normal"], ["large", "Large"], ["larger", "Larger"]];

export function Settings() {
  if (!open.value) return null;
  const close = () => (open.value = false);
  return html`<${Dialog} class="sheet settings" title="Settings" close=${close}>
    <${Refusal} error=${refusals.value.settings} put=${() => forget("settings")} />
    ${usable.value !== true && html`<p class="warnline">${usable.value}: what you change now is not kept.</p>`}
    <div class="groups">
      <section><${Choice} title="Writing" name="enter_sends" choices=${WAYS} /><${Tick} name="spellcheck" label="Check spelling while I write" /></section>
      <section><${Choice} title="Colours" name="theme" choices=${THEMES} /><${Choice} title="Size of text" name="text_size" choices=${SIZES} /></section>
      <${Sounds} />
      <${Notifications} />
    </div>
    <p class="meta">Kept at once, for every browser you sign in at.</p>
  <//>`;
}

function Choice({ title, name, choices }) {
  return html`<fieldset><legend>${title}</legend>
    ${choices.map(([value, label]) => html`<label class="radio" key=${label}><input type="radio" name=${name} checked=${settings.value[name] === value} onChange=${() => setSettings({ [name]: value })} />${label}</label>`)}
  </fieldset>`;
}

function Tick({ name, label }) {
  return html`<label class="radio"><input type="checkbox" checked=${settings.value[name]} onChange=${(event) => setSettings({ [name]: event.target.checked })} />${label}</label>`;
}

function Sounds() {
  return html`<fieldset><legend>Sounds</legend>
    ${SOUNDS.map(([kind, label]) => html`<${Sound} key=${kind} kind=${kind} label=${label} />`)}
    <p class="meta">One tab of the workspace sounds. Browsers allow it after the first key or click.</p>
  </fieldset>`;
}

function Sound({ kind, label }) {
  const [on, volume] = [`sound_${kind}`, `volume_${kind}`];
  const set = (event) => setSettings({ [volume]: Number(event.target.value) });
  return html`<div class="sound">
    <${Tick} name=${on} label=${label} />
    <input type="range" min="0" max="100" step="5" value=${settings.value[volume]} aria-label=${`Volume: ${label}`} aria-valuetext=${`${settings.value[volume]} percent`} onChange=${set} />
    <button type="button" class="btn" aria-label=${`Try: ${label}`} onClick=${() => play(kind, settings.value[volume] / 100)}>Try</button>
  </div>`;
}

function Notifications() {
  const id = useId();
  return html`<fieldset aria-describedby=${id}><legend>Notifications of the browser</legend>
    <${Tick} name="notifications" label="Tell me of an invitation when no tab of the workspace is in view" />
    <p id=${id} class="allow">${PERMISSION[permission.value]}
      ${permission.value === "default" && html` <${Act} class="btn" run=${askPermission}>Ask the browser<//>`}
    </p>
  </fieldset>`;
}
