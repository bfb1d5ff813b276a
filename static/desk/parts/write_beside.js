/** The composer of a consultation, or once it is over, what was left unsent there. */
import { warn } from "../announce.js";
import { say } from "../commands.js";
import { html } from "../html.js";
import { pressed } from "../keymap.js";
import { settings } from "../settings.js";
import { options } from "../state.js";
import { canWriteIn, isActive, otherOf, outsiders } from "../store/consultations.js";
import { grouped, lengthOf, listed } from "../words.js";
import { draftOf, setDraft, typed, typingSent } from "../writing.js";
import { Act, Icon } from "./basic.js";
import { LeftOver } from "./ended.js";

const NEAR_LIMIT = 100;

export function WriteBeside({ view, one }) {
  const draft = draftOf(view.id, one.id);
  if (!isActive(one)) return html`<div class="over"><${LeftOver} view=${view} lane=${one.id} where=", in the consultation" /></div>`;
  const name = otherOf(view, one)?.nickname ?? "";
  const left = options.value.text_limit - lengthOf(draft);
  const can = left < 0 ? `Too long by ${grouped(-left)}: shorten it or send it in two lines` : canWriteIn(view, one);
  const send = (event) => {
    event.preventDefault();
    if (!draft.trim()) return;
    if (can !== true) return warn(can);
    say(view, one.id, draft.trimEnd());
    setDraft(view.id, one.id, "");
    typingSent();
  };
  const write = ({ target }) => {
    setDraft(view.id, one.id, target.value);
    typed(view.id, one.id, target.value);
  };
  const keys = (event) => {
    if (!event.isComposing && pressed(event, "send", { enterSends: settings.peek().enter_sends })) send(event);
  };
  return html`<form class="composer" data-lane="consult" aria-label=${`Write to ${name}`} onSubmit=${send}>
    <div class="to"><span id="beside-readers" class="cut">To: <b>${name}</b> <span class="meta">${unseenBy(view, one)}</span></span></div>
    <textarea rows="2" aria-label=${`Message to ${name}`} aria-describedby="beside-readers" placeholder=${`Write to ${name}`} spellcheck=${settings.value.spellcheck} aria-invalid=${left < 0 ? "true" : undefined} value=${draft} onInput=${write} onKeyDown=${keys} />
    <div class="tools">
      ${can !== true ? html`<span class="meta need hard" role="status">${can}</span>` : html`<span class="meta">${left <= NEAR_LIMIT && html`<b>${left} left</b>`}</span>`}
      <${Act} type="submit" class="btn primary" can=${can} aria-label=${`Send to ${name}`}>Send<${Icon} name="send" /><//>
    </div>
  </form>`;
}

function unseenBy(view, one) {
  const names = outsiders(view, one);
  return names.length ? `${listed(names)} ${names.length > 1 ? "do" : "does"} not see this` : "nobody else sees this";
}
