/** For ears: new lines politely, invitations and lost connections at once. Text only. */
import { effect } from "./html.js";
import { link, onEvent, selected } from "./state.js";
import { partyOf } from "./store/views.js";

const write = (id, text) => {
  const region = document.getElementById(id);
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = text));
};

export const news = (text) => write("news", text);
export const warn = (text) => write("alarm", text);

const WORDS = {
  message: newLine,
  invitation: ring,
};

export function watchNews() {
  onEvent((event, before, after) => WORDS[event.type]?.(event, before, after));
  let was = "connecting";
  effect(() => {
    const { phase } = link.value;
    if (phase === "waiting" && was === "live") warn("Connection lost. Reconnecting; nothing you wrote is lost.");
    if (phase === "live" && was !== "live" && was !== "connecting") news("Connected again.");
    was = phase === "retrying" ? was : phase;
  });
}

function newLine(line, before, after) {
  const view = after.interactions[line.interaction];
  if (!view || line.party === view.my || after.transcripts === before.transcripts) return;
  const name = partyOf(view, line.party)?.nickname;
  if (line.interaction !== selected.peek()) return news(line.kind === "text" ? `${view.contact.name}, new line` : `${view.contact.name}: ${line.text}`);
  news(line.kind === "system" ? line.text : `${name}${line.lane === "public" ? "" : ", agents only"}: ${line.text}`);
}

function ring(invitation, before, after) {
  if (!after.invitations[invitation.id] || before.invitations[invitation.id]) return;
  const what = invitation.kind === "conference" ? `Conference request from ${invitation.from}` : invitation.offline ? "Message left" : "Chat request";
  warn(`${what}: ${invitation.contact}. Press F8 to go to it.`);
}
