/** The composer: its rail, its words and its button wear the lane that will be written to. */
import { say } from "../commands.js";
import { html, useLayoutEffect, useRef, useState } from "../html.js";
import { inserted } from "../emoji.js";
import { clearMark } from "../reading.js";
import { pressed } from "../keymap.js";
import { settings } from "../settings.js";
import { options } from "../state.js";
import { alongside } from "../store/consultations.js";
import { firstName, readers } from "../store/views.js";
import { grouped, lengthOf, listed } from "../words.js";
import { chooseLane, draftOf, laneOf, setDraft, typed, typingSent } from "../writing.js";
import { warn } from "../announce.js";
import { Act, Icon } from "./basic.js";
import { Emoji } from "./emoji.js";

const NEAR = 100;

export function Composer({ view }) {
  const [asks, setAsks] = useState(false);
  const field = useRef(null);
  const lane = laneOf(view.id);
  const draft = draftOf(view.id, lane);
  const can = sendable(view, lane, draft);
  const send = () => trySend(view, lane, draft, can);
  const turn = (to, focus) => {
    if (to === "public" && lane === "internal" && draft.trim() && !asks) return setAsks(true);
    setAsks(false);
    chooseLane(view.id, to);
    if (focus) field.current.focus();
  };
  const put = (sign) => putSign(field.current, sign, (text) => write(view, lane, text));
  return html`<form class="composer" id="composer" data-lane=${lane} aria-label="Write" onSubmit=${(event) => submit(event, send)}>
    <div class="to"><${Readers} view=${view} lane=${lane} /><${Lanes} view=${view} lane=${lane} turn=${turn} /></div>
    <textarea rows="2" ref=${field} aria-label="Message" spellcheck=${settings.value.spellcheck} aria-describedby="readers" aria-invalid=${over(draft) > 0 ? "true" : undefined} placeholder=${hint(view, lane)} value=${draft}
      onInput=${(event) => write(view, lane, event.target.value)} onKeyDown=${(event) => keys(event, send)} />
    <div class="tools">
      <${Emoji} key=${view.id} put=${put} back=${() => field.current.focus()} />
      <${Room} draft=${draft} />
      <${Act} type="submit" class="btn primary" can=${can} run=${null}>${lane === "internal" ? "Send to agents" : "Send"}<${Icon} name="send" /><//>
    </div>
    ${asks && html`<${Ask} view=${view} stay=${() => stay(setAsks, field)} go=${() => turn("public", true)} />`}
  </form>`;
}

const over = (draft) => lengthOf(draft) - options.value.text_limit;

/** The draft keeps when a line is refused here: nothing is cut, nothing is sent. */
function sendable(view, lane, draft) {
  const may = view.can[lane];
  if (may !== true) return may;
  return over(draft) > 0 ? `Too long by ${grouped(over(draft))}: shorten it or send it in two lines` : true;
}

function trySend(view, lane, draft, can) {
  if (!draft.trim()) return;
  if (can !== true) return warn(can);
  say(view, lane, draft.trimEnd());
  setDraft(view.id, lane, "");
  typingSent();
  clearMark();
}

function submit(event, send) {
  event.preventDefault();
  send();
}

function keys(event, send) {
  if (event.isComposing) return;
  if (pressed(event, "emoji")) openEmoji(event);
  if (!pressed(event, "send", { enterSends: settings.peek().enter_sends })) return;
  event.preventDefault();
  send();
}

function openEmoji(event) {
  event.preventDefault();
  event.target.form.querySelector(".emoji").click();
}

/** Where one was writing, and the caret behind it. */
function putSign(field, sign, keep) {
  const { text, caret } = inserted(field.value, field.selectionStart, field.selectionEnd, sign);
  field.value = text;
  keep(text);
  field.focus();
  field.setSelectionRange(caret, caret);
}

function write(view, lane, text) {
  setDraft(view.id, lane, text);
  typed(view.id, lane, text);
}

function stay(setAsks, field) {
  setAsks(false);
  field.current.focus();
}

const names = (parties) => listed(parties.map((party) => party.nickname));

function hint(view, lane) {
  const here = readers(view, lane);
  if (lane === "public") return `Write to ${names(here) || view.contact.name}`;
  return here.length ? `Write to ${names(here)}, ${view.contact.name} does not see it` : `A line for agents only, ${view.contact.name} does not see it`;
}

function Readers({ view, lane }) {
  const here = readers(view, lane);
  if (lane === "public") {
    const along = alongside(view);
    return html`<span id="readers" class="cut">To: <b>${names(here) || "nobody"}</b> <span class="meta">${here.length} will read this${along.length ? `, ${listed(along)} ${along.length > 1 ? "read" : "reads"} along` : ""}</span></span>`;
  }
  const who = here.length ? `${names(here)} will read this` : "no other agent is here now";
  return html`<span id="readers" class="cut">To: <b>Agents only</b> <span class="meta">${who}</span></span>`;
}

/** Who points at a lane wants to write in it; who moves by arrows stays on the choice. */
function Lanes({ lane, turn }) {
  const pointed = useRef(false);
  const change = (to) => () => turn(to, pointed.current);
  return html`<div class="lanes" role="radiogroup" aria-label="Lane" onPointerDown=${() => (pointed.current = true)} onKeyDown=${() => (pointed.current = false)}>
    <label><input type="radio" name="lane" checked=${lane === "public"} onChange=${change("public")} />Public</label>
    <label data-lane="internal"><input type="radio" name="lane" checked=${lane === "internal"} onChange=${change("internal")} /><${Icon} name="lock" />Agents only</label>
  </div>`;
}

function Room({ draft }) {
  const left = -over(draft);
  if (left > NEAR) return html`<span class="meta hint"><kbd>${settings.value.enter_sends ? "Enter" : "Ctrl Enter"}</kbd> sends, <kbd>${settings.value.enter_sends ? "Shift Enter" : "Enter"}</kbd> new line</span>`;
  const limit = grouped(options.value.text_limit);
  if (left < 0) return html`<span class="meta need hard" role="status"><${Icon} name="warn" /><b>${grouped(-left)} too many</b> of ${limit}</span>`;
  return html`<span class="meta"><b>${left} left</b> of ${limit}</span>`;
}

function Ask({ view, stay: keep, go }) {
  const first = useRef(null);
  useLayoutEffect(() => first.current.focus(), []);
  return html`<div class="ask" role="alertdialog" aria-label=${`Write to ${firstName(view.contact.name)}?`} onKeyDown=${(event) => event.key === "Escape" && keep()}>
    <span>This draft stays agents only.</span>
    <button type="button" class="btn primary" ref=${first} onClick=${keep}>Stay</button>
    <button type="button" class="btn" onClick=${go}>Write to ${firstName(view.contact.name)}</button>
  </div>`;
}
