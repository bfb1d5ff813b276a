/** Bars say what is known: the connection, missed invitations, a refused change of status. They push, they do not cover. */
import { forget, refusals } from "../asking.js";
import { allowed, setStatus, usable } from "../commands.js";
import { html, useEffect, useState } from "../html.js";
import { broken, desk, link, select, socket, tick } from "../state.js";
import { clock, exact, leavingWords, stayChoice } from "../words.js";
import { Act, Icon } from "./basic.js";
import { CallBar } from "./callbar.js";

export function Bars() {
  return html`<div class="bars"><${CallBar} /><${Broken} /><${Connection} /><${Stopped} /><${Missed} /><${Leaving} /><${StatusRefused} /></div>`;
}

function Broken() {
  if (!broken.value) return null;
  return html`<div class="bar" role="alert">
    <${Icon} name="warn" /><span><b>This page met an error.</b> What it shows may be old; what you wrote is kept.</span>
    <button type="button" class="btn" onClick=${() => location.reload()}>Reload</button>
  </div>`;
}

/** A loss that is over within a second is not worth a bar. */
const GRACE = 900;

function Connection() {
  const { phase } = link.value;
  const away = phase === "waiting" || phase === "retrying";
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!away) return undefined;
    const timer = setTimeout(() => setLate(true), GRACE);
    return () => clearTimeout(timer);
  }, [away]);
  if (!away || !late) return null;
  return html`<div class="bar" role="status">
    <${Icon} name="sync" /><span><b>Reconnecting.</b> Nothing you wrote is lost. <${Known} /></span>
    <button type="button" class="btn" onClick=${() => socket.retryNow()}>Try now</button>
  </div>`;
}

function Known() {
  const { lastHeard, retryAt } = link.value;
  const heard = lastHeard ? html`Last contact with the server <time title=${exact(lastHeard)}>${new Date(lastHeard).toTimeString().slice(0, 8)}</time>` : "No contact with the server yet";
  const wait = retryAt ? Math.max(0, Math.ceil((retryAt - tick.value) / 1000)) : 0;
  return html`${heard}${wait ? `, next try in ${wait < 60 ? `${wait} s` : clock(wait)}` : ", trying now"}.`;
}

const ENDS = {
  replaced: "This workspace was opened again in its place. Lines you wrote are kept.",
  forbidden: "The server does not accept this address. Tell your administrator.",
};

function Stopped() {
  const words = ENDS[link.value.stopped];
  if (!words) return null;
  return html`<div class="bar" role="alert">
    <${Icon} name="warn" /><span><b>Not connected.</b> ${words}</span>
    <button type="button" class="btn" onClick=${() => location.reload()}>Use it here</button>
  </div>`;
}

function Missed() {
  const { agent, menu } = desk.value;
  if (!agent?.notice) return null;
  const ready = menu.find((choice) => choice.status === "ready") ?? { status: "ready", label: "Ready", can: true };
  return html`<div class="bar" role="alert">
    <${Icon} name="warn" /><span>${agent.notice}</span>
    <${Act} class="btn" can=${allowed(ready.can)} run=${() => setStatus(ready, { channel: notReady(agent) })}>${ready.label}<//>
  </div>`;
}

/** Which channels the way back to Ready is meant for. */
function notReady({ channels }) {
  const meant = channels.filter((one) => one.status === "not_ready").map((one) => one.channel);
  return meant.length > 1 ? "all" : meant[0] ?? "chat";
}

function Leaving() {
  const { agent, menu } = desk.value;
  const words = leavingWords(agent?.after_last);
  if (!words) return null;
  const channel = agent.channels.find((one) => one.channel === "chat");
  const left = agent.channels.some((one) => one.channel === "voice" && one.status === agent.after_last);
  return html`<div class="bar" role="status">
    <${Icon} name="out" /><span><b>${words}.</b> No new chat is offered to you.</span>
    <${Act} class="btn" can=${usable.value} run=${() => setStatus(stayChoice(channel, menu), { channel: left ? "all" : "chat" })}>Stay<//>
  </div>`;
}

const LATER = [
  { status: "logged_off", label: "Log off after my last chat" },
  { status: "not_ready", label: "Not Ready after my last chat" },
];

function StatusRefused() {
  const error = refusals.value.status;
  if (!error) return null;
  const open = (error.detail.interactions ?? []).filter((one) => one.id in desk.value.interactions);
  if (error.code === "interactions_open" && !open.length) return null;
  return html`<div class="bar" role="alert">
    <${Icon} name="warn" /><span>${error.message}</span>
    ${open.map((one) => html`<button key=${one.id} type="button" class="link" onClick=${() => select(one.id)}>Go to ${one.name}</button>`)}
    <span class="push" />
    ${open.length > 0 && LATER.map((later) => html`<${Act} key=${later.status} class="btn" can=${usable.value} run=${() => setStatus(later, { channel: "all", afterLast: true })}>${later.label}<//>`)}
    <button type="button" class="btn" onClick=${() => forget("status")}>Close</button>
  </div>`;
}
