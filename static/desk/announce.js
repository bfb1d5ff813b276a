/** For ears: new lines politely, invitations and lost connections at once. Text only. */
import { effect } from "./html.js";
import { link, onEvent, selected } from "./state.js";
import { aboutWords } from "./store/calls.js";
import { turnsOf } from "./store/consultations.js";
import { headingOf } from "./store/requests.js";
import { at, isLive, isMain, partyOf, whoHasIt } from "./store/views.js";
import { listed, statusWords } from "./words.js";

/** Long enough to be read out, short enough to be no second transcript. */
const KEPT = 8000;

/** Each text is a paragraph of its own, so that none pushes out the one before it. */
function say(id, text) {
  const said = Object.assign(document.createElement("p"), { textContent: text });
  document.getElementById(id).append(said);
  setTimeout(() => said.remove(), KEPT);
}

export const news = (text) => say("news", text);
export const warn = (text) => say("alarm", text);

/** Behind the lock nothing is left to be read. */
function hush() {
  for (const id of ["news", "alarm"]) document.getElementById(id).replaceChildren();
}

const WORDS = {
  message: newLine,
  invitation: ring,
  gone: closed,
};

export function watchNews() {
  onEvent(({ type }) => type === "locked" && hush());
  onEvent((event, before, after) => WORDS[event.type]?.(event, before, after));
  onEvent((event, before, after) => {
    ownStatus(before.agent, after.agent);
    if (before.call !== after.call) ownCall(before.call, after.call);
    for (const view of Object.values(after.interactions)) {
      over(before.interactions[view.id], view);
      advised(before.interactions[view.id], view);
    }
  });
  let was = "connecting";
  effect(() => {
    const { phase } = link.value;
    if (phase === "waiting" && was === "live") warn("Connection lost. Reconnecting; nothing you wrote is lost.");
    if (phase === "live" && !["live", "locked", "connecting"].includes(was)) news("Connected again.");
    was = phase === "retrying" ? was : phase;
  });
}

function newLine(line, before, after) {
  const view = after.interactions[line.interaction];
  if (!view || line.party === view.my || after.transcripts === before.transcripts) return;
  if (line.kind === "system" && !isMain(line.lane)) return;
  const name = partyOf(view, line.party)?.nickname;
  const where = LANES[line.lane] ?? ", consultation";
  if (line.interaction !== selected.peek()) return news(line.kind === "text" ? `${view.contact.name}, new line${isMain(line.lane) ? "" : " in a consultation"}` : `${view.contact.name}: ${line.text}`);
  news(line.kind === "system" ? line.text : `${name}${where}: ${line.text}`);
}

const LANES = { public: "", internal: ", agents only" };

function ring(invitation, before, after) {
  if (!after.invitations[invitation.id] || before.invitations[invitation.id]) return;
  warn(`${headingOf(invitation)}: ${invitation.contact}. Press F8 to go to it.`);
}

/** Nobody marked it done, so it went by itself. */
function closed({ interaction }, before) {
  const view = before.interactions[interaction];
  const moment = view?.segment.closes_at;
  if (moment && at(moment) <= Date.now() + before.clock) news(`${view.title} is closed by itself.`);
}

/** Also when somebody else or the site has set it. All channels at once are said once. */
function ownStatus(before, after) {
  if (!before || !after) return;
  const was = (channel) => before.channels.find((one) => one.channel === channel.channel);
  const turned = after.channels.filter((one) => was(one) && statusWords(was(one)) !== statusWords(one));
  const words = [...new Set(turned.map(statusWords))];
  const names = turned.map((one) => one.channel);
  if (words.length === 1) return news(turned[0].status === "ready" ? `Ready for ${listed(names)}.` : `${capital(listed(names))}: ${words[0]}.`);
  turned.forEach((one) => news(`${capital(one.channel)}: ${statusWords(one)}.`));
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

function ownCall(before, after) {
  if (!after || (before?.id === after.id && before.state === after.state)) return;
  const name = after.other.nickname;
  if (after.state === "ringing") return after.incoming ? warn(`Call from ${[after.other.name, aboutWords(after)].filter(Boolean).join(", ")}. Press Shift F8 to go to it.`) : undefined;
  if (after.state === "active") news(`In a call with ${name}.`);
}

/** To both, whoever of them did it: a consultation has begun, or ended. */
function advised(before, view) {
  if (!before || before === view) return;
  const here = view.id === selected.peek() ? "" : `${view.contact.name}: `;
  turnsOf(before, view).forEach((words) => news(`${here}${words}`));
}

function over(before, view) {
  if (!before || before === view || !isLive(before) || isLive(view)) return;
  const here = view.id === selected.peek();
  news(`${here ? "" : `${view.contact.name}: `}Ended. ${whoHasIt(view)}`);
}
