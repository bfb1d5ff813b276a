/** The desk: regions in their order. */
import { html } from "../html.js";
import { lock, view } from "../state.js";
import { isLive } from "../store/views.js";
import { Bars } from "./bars.js";
import { shownBeside } from "./consultation.js";
import { Empty } from "./empty.js";
import { Help } from "./help.js";
import { List } from "./list.js";
import { Lock } from "./lock.js";
import { Mail } from "./mail.js";
import { shown } from "./narrow.js";
import { Settings } from "./settings.js";
import { Side, folds } from "./side.js";
import { TopBar } from "./topbar.js";
import { Window } from "./window.js";

export function App() {
  if (lock.value) return html`<${Lock} />`;
  const chat = view.value;
  const look = !chat ? "is-empty" : [!isLive(chat) && "is-ended", shownBeside(chat).length && "with-consult", folds(chat) && "is-folded"].filter(Boolean).join(" ");
  return html`<div class=${`desk ${look}`} data-shown=${shown.value}>
    <${TopBar} />
    <${Bars} />
    <${List} />
    ${chat ? html`<${Window} />` : html`<${Empty} />`}
    <${Side} />
    <${Help} />
    <${Settings} />
    <${Mail} />
  </div>`;
}
