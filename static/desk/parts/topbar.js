/** Brand, Team Communicator, chat status, and the agent's own menu. */
import { logOff, setStatus, usable } from "../commands.js";
import { html, useState } from "../html.js";
import { desk, live, now, view } from "../state.js";
import { at, isLive } from "../store/views.js";
import { clock, exact, leavingWords, statusWords, timeOf } from "../words.js";
import { Face, Icon } from "./basic.js";
import { Communicator } from "./communicator.js";
import { Menu } from "./menu.js";
import { shown, toggleRegion } from "./narrow.js";
import { openHelp } from "./help.js";

export function TopBar() {
  return html`<header class="top">
    <${Skip} />
    <p class="brand"><${Icon} name="parley" />Parley</p>
    <${RegionButton} region="list" icon="queue" label="Chats" />
    <${RegionButton} region="side" icon="info" label="Details" />
    <${Communicator} />
    <span class="push" />
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
    can: usable.value,
    current: choice.status === channel.status && choice.reason === (channel.reason?.id ?? null),
    run: () => setStatus(choice),
  }));
  return html`<${Menu} class="btn" label="Chat status" items=${items} title=${hover(agent, channel)}
      aria-label=${`Chat: ${words}, since ${timeOf(channel.since)}. ${leaving ? `Now ${statusWords(channel)}. ` : ""}Change status`}>
    <span class="dot" data-state=${live.value ? DOTS[channel.status] ?? "busy" : "away"} />
    <span class="cut"><b>Chat:</b> ${words} <time>${time}</time></span>
    <${Icon} name="down" />
  <//>`;
}

/** Login, channels, status and time in it. */
function hover(agent, channel) {
  const since = agent.logged_in_at ? `Logged in ${exact(agent.logged_in_at)}.` : "Not logged in.";
  return `${since} Chat: ${statusWords(channel)} since ${timeOf(channel.since)}, ${agent.load} of ${agent.capacity} in use.`;
}

function Me() {
  const { agent } = desk.value;
  const [permission, setPermission] = useState(() => globalThis.Notification?.permission);
  if (!agent) return null;
  const notify = { label: "Notify me when this tab is hidden", icon: "bell", can: notifyCan(permission), run: () => Notification.requestPermission().then(setPermission) };
  const items = [notify, { label: "All keys", icon: "help", run: openHelp }, { label: "Log off", icon: "out", can: usable.value, run: logOff }];
  return html`<${Menu} class="btn quiet" label=${agent.name} items=${items} width=${270}>
    <${Face} who="me" name=${agent.name} /><span class="cut">${agent.name}</span><${Icon} name="down" />
  <//>`;
}

function notifyCan(permission) {
  if (permission === "granted") return "already on";
  if (permission === "denied") return "switched off in the browser's settings";
  return permission ? true : "this browser has no notifications";
}
