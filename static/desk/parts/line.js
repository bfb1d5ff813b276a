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

function Text({ text }) {
  return pieces(text).map(({ text: piece, href }) =>
    href ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${piece}</a>` : piece,
  );
}

export function Lines({ block, view, seen, live }) {
  const party = partyOf(view, block.party);
  const who = whoOf(view, party);
  const name = party?.nickname ?? "Former party";
  return html`<li class="line" data-who=${who} data-send=${sending(block, live)}>
    <${Face} who=${who} name=${name} />
    <header><b>${name}</b><${Time} at=${block.at} /></header>
    ${block.lines.map((line) => html`<p key=${line.id}><${Text} text=${line.text} /></p>`)}
    <${Footer} block=${block} seen=${seen} live=${live} />
  </li>`;
}

const Time = ({ at, ...rest }) => html`<time datetime=${at} title=${exact(at)} ...${rest}>${timeOf(at)}</time>`;

function sending(block, live) {
  if (block.lines.some((line) => line.refused)) return "refused";
  const open = block.lines.some((line) => line.own && !line.number);
  return open && waits(block, live) ? "waiting" : undefined;
}

const waits = (block, live) => !live || now.value - Date.parse(block.lines.at(-1).at) > PATIENCE;

function Footer({ block, seen, live }) {
  const how = sending(block, live);
  const last = block.lines.at(-1);
  if (how === "refused") return html`<${Refused} line=${block.lines.find((line) => line.refused)} />`;
  if (how === "waiting") return html`<footer><${Icon} name="sync" />${live ? "on its way" : "waits for the connection, sent once"}</footer>`;
  const readers = seen[last.id] ?? [];
  if (!readers.length) return null;
  const names = readers.map((party) => (party.kind === "contact" ? firstName(party.nickname) : party.nickname));
  return html`<footer><${Icon} name="seen" />Seen by ${listed(names)}</footer>`;
}

function Refused({ line }) {
  return html`<footer>
    <span class="need hard"><${Icon} name="warn" />Not sent: ${line.refused}</span>
    <button type="button" onClick=${() => copy(line.text)}>Copy</button>
    <button type="button" onClick=${() => throwAway(line)}>Throw away</button>
  </footer>`;
}

export function System({ line }) {
  return html`<li class="sys"><span>${line.text} <${Time} at=${line.at} /></span></li>`;
}

export function Lane({ block, view, live }) {
  return html`<li class="lane" aria-label="Internal lane, agents only">
    <h2><${Icon} name="lock" />Agents only</h2>
    ${block.lines.map((line) => (line.kind === "system" ? html`<p key=${line.id} class="sys"><span>${line.text} <${Time} at=${line.at} /></span></p>` : html`<${Note} key=${line.id} line=${line} view=${view} live=${live} />`))}
  </li>`;
}

function Note({ line, view, live }) {
  const party = partyOf(view, line.party);
  const name = party?.nickname ?? "Former party";
  const single = { lines: [line] };
  const how = sending(single, live);
  return html`<div class="note" data-send=${how}>
    <${Face} who=${whoOf(view, party)} name=${name} small=${true} /><span><b>${name}</b> <${Text} text=${line.text} /></span><${Time} at=${line.at} class="meta" />
    ${how && html`<${Footer} block=${single} seen=${{}} live=${live} />`}
  </div>`;
}
