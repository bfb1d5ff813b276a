/** Brand, Team Communicator, status, and the agent's own menu. */
import { allowed, lockNow, logOff, setStatus, usable } from "../commands.js";
import { config } from "../config.js";
import { html, signal } from "../html.js";
import { keyOf } from "../keymap.js";
import { desk, live, now, view } from "../state.js";
import { aggregate } from "../store/calls.js";
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
    (document.querySelector(writes ? ":is(#composer, .consult) textarea" : "#work") ?? document.querySelector("#work")).focus();
  };
  return html`<a class="skip" href=${writes ? "#composer" : "#work"} onClick=${jump}>${writes ? "Go to the composer" : "Go to the work"}</a>`;
}

function RegionButton({ region, icon, label }) {
  return html`<button type="button" class="btn narrow" aria-expanded=${shown.value === region} onClick=${() => toggleRegion(region)}>
    <${Icon} name=${icon} />${label}
  </button>`;
}

const DOTS = { ready: "ready", logged_off: "off" };

const CHANNELS = { chat: "Chat", voice: "Voice" };
/** Which channels the menu sets: all of them, until one is chosen. */
const scope = signal("all");

/** The status of all channels as one; its menu sets all, or one of them. */
function Status() {
  const { agent } = desk.value;
  const all = agent && aggregate(agent.channels, statusWords);
  if (!all) return null;
  const leaving = leavingWords(agent.after_last);
  const words = `${leaving ?? all.words}${live.value ? "" : ", offline"}`;
  const time = clock((now.value - at(all.since)) / 1000);
  return html`<${Menu} class="btn status" label="Status" items=${[...scopes(agent), ...choices(agent)]} title=${hover(agent)} onOpen=${() => (scope.value = "all")} aria-keyshortcuts=${keyOf("status")[0]}>
    <span class="dot" data-state=${live.value ? DOTS[all.status] ?? "busy" : "away"} />
    <span class="cut"><b>Status:</b> ${words}<span class="vh"> since ${timeOf(all.since)}. ${leaving ? `Now ${all.words}. ` : ""}Change status</span> <time aria-hidden="true">${time}</time></span>
    <${Icon} name="down" />
  <//>`;
}

function scopes({ channels }) {
  const named = channels.map((one) => ({ channel: one.channel, label: `${CHANNELS[one.channel] ?? one.channel}: ${statusWords(one)}` }));
  const offered = [{ channel: "all", label: "All channels" }, ...named];
  return offered.map(({ channel, label }, index) => ({
    label, stays: true, checked: scope.value === channel, rule: index === offered.length - 1, run: () => (scope.value = channel),
  }));
}

/** An entry is current where every channel that it would set stands so. */
function choices({ channels }) {
  const meant = channels.filter((one) => scope.value === "all" || one.channel === scope.value);
  const stands = (choice) => meant.every((one) => choice.status === one.status && choice.reason === (one.reason?.id ?? null));
  const channel = scope.value;
  const can = (choice) => (channel === "chat" ? allowed(choice.can) : usable.value);
  return desk.value.menu.map((choice) => ({ label: choice.label, can: can(choice), current: stands(choice), run: () => setStatus(choice, { channel }) }));
}

/** Login, and for each channel its status and the time in it, to the minute: what changes each second would be read out each second. */
function hover(agent) {
  const since = agent.logged_in_at ? `Logged in ${exact(agent.logged_in_at)}.` : "Not logged in.";
  const channels = agent.channels.map((one) => `${CHANNELS[one.channel] ?? one.channel}: ${statusWords(one)} since ${timeOf(one.since)}, ${minutes((now.value - at(one.since)) / 60_000)}.`);
  return [since, ...channels, `${agent.load} of ${agent.capacity} chats in use.`].join("\n");
}

const minutes = (time) => (time < 1 ? "less than a minute" : `${Math.floor(time)} min`);

/** Beside the workspace, which stays where it is; only for whom the server gave the addresses. */
function figures() {
  const beside = (address) => () => void window.open(address, "_blank", "noopener");
  const pages = [["Reports", config.reports], ["Wallboard", config.wallboard]];
  return pages.filter(([, address]) => address).map(([label, address]) => ({ label, icon: "figures", run: beside(address) }));
}

function Me() {
  const { agent } = desk.value;
  if (!agent) return null;
  const items = [
    { label: "Settings", icon: "settings", keys: keyOf("settings")[0], run: openSettings },
    { label: "All keys", icon: "help", keys: keyOf("help")[0], run: openHelp },
    ...figures(),
    { label: "Lock now", icon: "lock", keys: keyOf("lock")[0], can: usable.value, run: lockNow },
    { label: "Log off", icon: "out", can: usable.value, run: logOff },
  ];
  return html`<${Menu} class="btn quiet" label=${agent.name} items=${items} width=${270}>
    <${Face} who="me" name=${agent.name} /><span class="cut">${agent.name}</span><${Icon} name="down" />
  <//>`;
}
