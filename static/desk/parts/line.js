/** Lines as they are read: contact left, agents right, system centred, agents only in a band across. */
import { pieces } from "../../common/links.js";
import { throwAway } from "../commands.js";
import { copy } from "../copy.js";
import { html } from "../html.js";
import { now } from "../state.js";
import { firstName, partyOf } from "../store/views.js";
import { exact, listed, timeOf } from "../words.js";
import { Face, Icon, whoOf } from "./basic.js";

/** A line is shown as waiting only when it has waited: most are acknowledged before anybody could read that. */
const PATIENCE = 2000;

export function Text({ text }) {
  return pieces(text).map(({ text: piece, href }) =>
    href ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${piece}</a>` : piece,
  );
}

/** `beside(line)`: what else stands below a line. */
export function Lines({ block, view, marks, live, beside }) {
  const party = partyOf(view, block.party);
  const who = whoOf(view, party);
  const name = party?.nickname ?? "Former party";
  return html`<li class="line" data-who=${who}>
    <${Face} who=${who} name=${name} />
    <header><b>${name}</b><${Time} at=${block.at} /></header>
    ${block.lines.map((line, index) => html`
      <p key=${line.id} data-id=${line.id} data-send=${sending(line, live)}><${Text} text=${line.text} /></p>
      ${beside?.(line)}
      <${Footer} key=${`${line.id} foot`} line=${line} next=${block.lines[index + 1]} mark=${marks[line.id]} live=${live} />`)}
  </li>`;
}

const Time = ({ at, ...rest }) => html`<time datetime=${at} title=${exact(at)} ...${rest}>${timeOf(at)}</time>`;

/** Each line by itself: one that waits does not make those before it look unsent. */
function sending(line, live) {
  if (!line?.own || line.number) return undefined;
  if (line.refused) return "refused";
  return waits(line, live) ? "waiting" : undefined;
}

const waits = (line, live) => !live || now.value - Date.parse(line.at) > PATIENCE;

/** Below a line: why it was refused, that it waits (once for a row of them), or how far the others are. */
function Footer({ line, next, mark, live }) {
  const how = sending(line, live);
  if (how === "refused") return html`<${Refused} line=${line} />`;
  if (how === "waiting" && sending(next, live) === "waiting") return null;
  if (how === "waiting") return html`<footer><${Icon} name="sync" />${live ? "on its way" : "waits for the connection, sent once"}</footer>`;
  return mark ? html`<${Marks} mark=${mark} />` : null;
}

const HOW = { seen: "seen", delivered: "delivered", "not yet": "not delivered yet" };
const names = (parties) => listed(parties.map((party) => (party.kind === "contact" ? firstName(party.nickname) : party.nickname)));

/** "Seen by Kim", "Delivered to Bo"; on hover and focus the whole list. */
function Marks({ mark: { seen, delivered, all } }) {
  const words = [seen.length && `Seen by ${names(seen)}`, delivered.length && `Delivered to ${names(delivered)}`].filter(Boolean).join(", ");
  const list = all.map(({ party, how }) => `${party.nickname}: ${HOW[how]}`).join(". ");
  return html`<footer class="marks" role="note" tabindex="0" aria-label=${`${words}. ${list}`}>
    <${Icon} name=${seen.length ? "seen" : "check"} />${words}
    <span class="tip" aria-hidden="true">${all.map(({ party, how }) => html`<span key=${party.id}><b>${party.nickname}</b> ${HOW[how]}</span>`)}</span>
  </footer>`;
}

function Refused({ line }) {
  return html`<footer>
    <span class="need hard"><${Icon} name="warn" />Not sent: ${line.refused}</span>
    <button type="button" onClick=${() => copy(line.text)}>Copy</button>
    <button type="button" onClick=${() => throwAway(line)}>Throw away</button>
  </footer>`;
}

export function System({ line }) {
  return html`<li class="sys" data-id=${line.id}><span>${line.text} <${Time} at=${line.at} /></span></li>`;
}

export function Lane({ block, view, marks, live }) {
  return html`<li class="lane" aria-label="Internal lane, agents only">
    <h2><${Icon} name="lock" />Agents only</h2>
    ${block.lines.map((line) => (line.kind === "system" ? html`<${Told} key=${line.id} line=${line} />` : html`<${Note} key=${line.id} line=${line} view=${view} mark=${marks[line.id]} live=${live} />`))}
  </li>`;
}

const Told = ({ line }) => html`<p class="sys" data-id=${line.id}><span>${line.text} <${Time} at=${line.at} /></span></p>`;

function Note({ line, view, mark, live }) {
  const party = partyOf(view, line.party);
  const name = party?.nickname ?? "Former party";
  return html`<div class="note" data-id=${line.id} data-send=${sending(line, live)}>
    <${Face} who=${whoOf(view, party)} name=${name} small=${true} /><span><b>${name}</b> <${Text} text=${line.text} /></span><${Time} at=${line.at} class="meta" />
    <${Footer} line=${line} mark=${mark} live=${live} />
  </div>`;
}
