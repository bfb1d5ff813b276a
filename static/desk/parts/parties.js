/** Party status line: a chip per party with its action menu, a ghost per open request, and consultations put away. */
import { allowed, cancel, makeTransfer } from "../commands.js";
import { html } from "../html.js";
import { desk, now } from "../state.js";
import { at, ghostWords, holder, isLive, shownParties, typingIn } from "../store/views.js";
import { iconOf } from "../store/targets.js";
import { clock, roughly, timeOf } from "../words.js";
import { consultWords, isActive, ofConsultant, otherOf } from "../store/consultations.js";
import { Act, Face, Icon, whoOf } from "./basic.js";
import { bringBack, hiddenBeside } from "./consultation.js";
import { Menu } from "./menu.js";
import { actionsOf } from "./party_actions.js";
import { useRove } from "./rove.js";

export function Parties({ view }) {
  const pending = view.invitations.filter((one) => one.kind !== "route");
  return html`<ul class="parties" aria-label="Parties" ...${useRove()}>
    ${shownParties(view).map((party) => html`<li key=${party.id}><${Chip} view=${view} party=${party} /></li>`)}
    ${pending.map((one) => html`<${Ghost} key=${one.id} view=${view} invitation=${one} />`)}
    ${hiddenBeside(view).map((one) => html`<li key=${one.id}><button type="button" class="party aside" onClick=${() => bringBack(view, one)}><${Icon} name="consult" />Consultation with ${otherOf(view, one)?.nickname}, ended</button></li>`)}
  </ul>`;
}

function Chip({ view, party }) {
  const typing = party.connection !== "ended" && typingIn(desk.value, view, party, now.value);
  const over = party.connection === "ended" || !isLive(view);
  const face = html`<${Face} who=${whoOf(view, party)} name=${party.nickname} small=${true} /><b class="cut">${party.nickname}<span class="vh">(${what(party)})</span></b>`;
  const words = typing ? html`<span class="typing">${typing === "public" ? "typing" : "typing to agents"}<span class="vh">${tail(view, party)}</span></span>` : html`<span>${status(view, party)}<span class="vh">${tail(view, party)}</span></span>`;
  if (over && party.mail !== true) return html`<span class="party" data-who=${party.kind} data-over title=${stretch(party)}>${face}${words}</span>`;
  const items = actionsOf(view, party);
  const opened = () => items.forEach((item) => item.onOpen?.());
  return html`<${Menu} class="party" data-who=${party.kind} data-over=${over ? "" : undefined} label=${party.nickname} items=${items} width=${300} onOpen=${opened} title=${stretch(party)}>
    ${face}${words}<${Icon} name="down" />
  <//>`;
}

const inChat = (party) => clock((now.value - at(party.joined_at)) / 1000);
const stretch = (party) => `${party.department ? `${party.department}, ` : ""}${party.kind === "consultant" ? "consulted" : "in chat"} since ${timeOf(party.joined_at)}${party.left_at ? `, left ${timeOf(party.left_at)}` : ""}`;

function status(view, party) {
  const role = party.id === view.my ? "you" : party.role === "owner" ? "owner" : "";
  if (party.connection === "ended") return [party.id === view.my && "you", party.left_at ? `left ${timeOf(party.left_at)}` : "ended"].filter(Boolean).join(", ");
  if (!isLive(view)) return afterwards(view, party);
  if (party.connection === "away" && party.kind === "contact" && view.offline) return "left a message";
  if (party.kind === "consultant" && party.id !== view.my) return advising(view, party);
  if (party.connection === "away") return `${role ? `${role}, ` : ""}away`;
  if (party.id === view.my && party.kind === "consultant") return "you, consulted";
  if (party.id === view.my) return view.owner === view.my ? "you, owner" : "you";
  return party.kind === "agent" ? `${role ? `${role}, ` : ""}connected ${inChat(party)}` : "connected";
}

/** Whom they advise, and since when. */
function advising(view, party) {
  const one = ofConsultant(view, party);
  if (!one || !isActive(one)) return "consultation ended";
  return `${consultWords(view, one)}${party.connection === "away" ? ", away" : ` ${inChat(party)}`}`;
}

function afterwards(view, party) {
  const other = holder(view);
  if (party.id === view.my) return "you";
  if (party.id === other?.id) return "owner now";
  return party.kind === "contact" && other ? `with ${other.nickname}` : party.connection;
}

/** For ears, around what is seen: "Bo (Network) connected 4:02 in chat. Actions". */
const what = (party) => (party.kind === "contact" ? "contact" : party.department || "agent");

function tail(view, party) {
  if (party.connection === "ended" || !isLive(view)) return "";
  if (party.kind === "consultant") return ". Actions";
  const timed = party.kind === "agent" && party.id !== view.my && party.connection === "connected";
  return `${timed ? "" : inChat(party)} in chat. Actions`;
}

const REQUESTS = { conference: "invitation", consult: "consultation request", transfer: "transfer" };

function Ghost({ view, invitation }) {
  const { target } = invitation;
  const mine = invitation.kind === "conference" && invitation.by === view.my;
  const since = (now.value - at(invitation.since)) / 1000;
  const left = invitation.expires_at ? `${roughly((at(invitation.expires_at) - now.value) / 1000)} left` : undefined;
  return html`<li class="party ghost" title=${left}>
    ${iconOf(target) ? html`<${Icon} name=${iconOf(target)} />` : html`<${Face} who="agent" name=${target.name} small=${true} />`}<b class="cut" title=${target.name}>${target.name}</b><b>${": "}</b>
    <span>${ghostWords(invitation)} <time>${clock(since)}</time></span>
    ${mine && html`<${Act} class="btn quiet icon" aria-label=${`Make the invitation to ${target.name} a transfer`} can=${allowed(invitation.transfer)} title="Make it a transfer: who accepts takes your place" run=${() => makeTransfer(view, invitation)}><${Icon} name="transfer" /><//>`}
    <${Act} class="btn quiet icon" aria-label=${`Cancel the ${REQUESTS[invitation.kind]} to ${target.name}`} can=${allowed(invitation.cancel)} title="Cancel" run=${() => cancel(view, invitation)}><${Icon} name="x" /><//>
  </li>`;
}
