/** Queues as cards, agents as a list. What needs somebody is marked by a word and a shape, not by colour alone. */
import { html } from "../desk/html.js";
import { percent, since } from "./watch.js";

const LONG = 60_000;

export function Board({ board, now }) {
  return html`<section aria-labelledby="queues"><h2 id="queues">Queues</h2>
      <ul class="queues">${board.queues.map((queue) => html`<${Queue} key=${queue.id} ...${queue} now=${now} within=${board.threshold} />`)}</ul></section>
    <section aria-labelledby="agents"><h2 id="agents">Agents <small>${board.agents.length} logged in</small></h2>
      <ul class="agents">${board.agents.map((agent) => html`<${Agent} key=${agent.id} ...${agent} now=${now} />`)}</ul></section>`;
}

function Queue({ name, waiting, longest_since, messages, ready, offered, abandoned, service_level, now, within }) {
  const waited = longest_since === null ? null : Date.parse(longest_since);
  const late = waited !== null && now - waited > LONG;
  return html`<li class=${late ? "late" : waiting ? "some" : "none"}>
    <h3>${name}</h3>
    <p class="most"><b>${waiting}</b> waiting</p>
    <p class="wait">${waited !== null ? html`longest <b>${since(waited, now)}</b>${late && html` <span class="flag">long</span>`}` : "nobody waits"}</p>
    <dl>
      <div><dt>ready</dt><dd>${ready}</dd></div>
      <div><dt>in ${within} s</dt><dd>${percent(service_level)}</dd></div>
      <div><dt>came</dt><dd>${offered}</dd></div>
      <div><dt>gave up</dt><dd>${abandoned}</dd></div>
      ${messages > 0 && html`<div><dt>messages</dt><dd>${messages}</dd></div>`}
    </dl></li>`;
}

const PRESENCE = { ready: "ready", do_not_disturb: "busy", after_call_work: "busy" };

function Agent({ name, state, status, since: moment, connected, load, capacity, now }) {
  return html`<li><i class="dot" data-state=${(connected && PRESENCE[state]) || "away"} aria-hidden="true" />
    <b class="cut">${name}</b><span>${status}${connected ? "" : ", not connected"}</span>
    <time>${since(Date.parse(moment), now)}</time><span class="load">${load}/${capacity}<span class="vh"> chats</span></span></li>`;
}
