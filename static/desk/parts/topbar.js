/** Brand, Team Communicator, chat status, and the agent's own menu. */
import { allowed, lockNow, logOff, setStatus, usable } from "../commands.js";
import { html } from "../html.js";
import { keyOf } from "../keymap.js";
import { desk, live, now, view } from "../state.js";
import { at, isLive } from "../store/views.js";
import { clock, exact, leavingWords, statusWords, timeOf } from "../words.js";
import { Face, Icon } from "./basic.js";
import { Communicator } from "./communicator.js";
import { MessagesButton } from "./messages.js";
import { Menu } from "./menu.js";
import { shown, toggleRegion } from "./narrow.js";
import { openHelp } from "./help.js";
import { openSettings } from "./settings.js";

export function TopBar() {
  return html`<header class="top">
    <${Skip} />
    <p class="brand"><${Icon} name="parley" />Parley</p>
    <${RegionButton} region="list" icon="queue" label="Chats" />
    <${RegionButton} region="side" icon="info" label="Details" />
    <${Communicator} />
    <span class="push" />
    <${MessagesButton} />
    <${Status} />
    <${Me} />
  </header>`;
}

/** The address of the page names the chat, so the jump is made by hand. */
function Skip() {
  const writes = view.value && isLive(view.value);
  const jump = (event) => {
    event.preventDefault();
    document.querySelector(writes ? "#composer textarea" : "#work").focus();
  };
  return html`<a class="skip" href=${writes ? "#composer" : "#work"} onClick=${jump}>${writes ? "Go to the composer" : "Go to the work"}</a>`;
}

function RegionButton({ region, icon, label }) {
  return html`<button type="button" class="btn narrow" aria-expanded=${shown.value === region} onClick=${() => toggleRegion(region)}>
    <${Icon} name=${icon} />${label}
  </button>`;
}

const DOTS = { ready: "ready", logged_off: "off" };

function Status() {
  const { agent, menu } = desk.value;
  const channel = agent?.channels.find((one) => one.channel === "chat");
  if (!channel) return null;
  const leaving = leavingWords(agent.after_last);
  const words = `${leaving ?? statusWords(channel)}${live.value ? "" : ", offline"}`;
  const time = clock((now.value - at(channel.since)) / 1000);
  const items = menu.map((choice) => ({
    label: choice.label,
    can: allowed(choice.can),
    current: choice.status === channel.status && choice.reason === (channel.reason?.id ?? null),
    run: () => setStatus(choice),
  }));
  return html`<${Menu} class="btn status" label="Chat status" items=${items} title=${hover(agent)} aria-keyshortcuts=${keyOf("status")[0]}>
    <span class="dot" data-state=${live.value ? DOTS[channel.status] ?? "busy" : "away"} />
    <span class="cut"><b>Chat:</b> ${words}<span class="vh"> since ${timeOf(channel.since)}. ${leaving ? `Now ${statusWords(channel)}. ` : ""}Change status</span> <time aria-hidden="true">${time}</time></span>
    <${Icon} name="down" />
  <//>`;
}

/** Login, and for each channel its status and the time in it, to the minute: what changes each second would be read out each second. */
function hover(agent) {
  const since = agent.logged_in_at ? `Logged in ${exact(agent.logged_in_at)}.` : "Not logged in.";
  const channels = agent.channels.map((one) => `${CHANNELS[one.channel] ?? one.channel}: ${statusWords(one)} since ${timeOf(one.since)}, ${minutes((now.value - at(one.since)) / 60_000)}.`);
  return [since, ...channels, `${agent.load} of ${agent.capacity} chats in use.`].join("\n");
}

const minutes = (time) => (time < 1 ? "less than a minute" : `${Math.floor(time)} min`);

const CHANNELS = { chat: "Chat", voice: "Voice" };

function Me() {
  const { agent } = desk.value;
  if (!agent) return null;
  const items = [
    { label: "Settings", icon: "settings", keys: keyOf("settings")[0], run: openSettings },
    { label: "All keys", icon: "help", keys: keyOf("help")[0], run: openHelp },
    { label: "Lock now", icon: "lock", keys: keyOf("lock")[0], can: usable.value, run: lockNow },
    { label: "Log off", icon: "out", can: usable.value, run: logOff },
  ];
  return html`<${Menu} class="btn quiet" label=${agent.name} items=${items} width=${270}>
    <${Face} who="me" name=${agent.name} /><span class="cut">${agent.name}</span><${Icon} name="down" />
  <//>`;
}
