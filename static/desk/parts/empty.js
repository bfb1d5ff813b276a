/** Nothing to do: what happens next, and what is left over. */
import { allowed, setStatus } from "../commands.js";
import { html } from "../html.js";
import { arrived, desk, live, select } from "../state.js";
import { endedAt, needsOutcome } from "../store/views.js";
import { listed, statusWords, timeOf } from "../words.js";
import { Act, Icon } from "./basic.js";
import { sorted } from "./list.js";

export function Empty() {
  return html`<main class="work" id="work" aria-labelledby="chat" tabindex="-1">
    <div class="empty">${arrived.value ? html`<${Idle} />` : html`<h1 id="chat">Opening the workspace</h1><div class="ghosts" aria-hidden="true"><i /><i /><i /></div>`}</div>
  </main>`;
}

function Idle() {
  const { unclosed } = sorted.value;
  return html`
    <h1 id="chat">No chat now</h1>
    <${Next} />
    ${!live.value && html`<p class="warnline"><${Icon} name="sync" />While we reconnect, nothing is offered to you.</p>`}
    ${unclosed.length > 0 && html`<h2>Meanwhile</h2><ul class="todo">${unclosed.map((view) => html`<${Todo} key=${view.id} view=${view} />`)}</ul>`}
  `;
}

function Next() {
  const { agent, queues, menu } = desk.value;
  const channel = agent.channels.find((one) => one.channel === "chat");
  const ready = menu.find((choice) => choice.status === "ready");
  if (channel?.status === "ready") return html`<p>You are Ready for chat. The next one${from(queues)} rings on this page.</p>`;
  if (!channel) return html`<p>Chat is not one of your channels. No chat is offered to you.</p>`;
  return html`<p>You are <b>${statusWords(channel)}</b>. No chat is offered to you.</p>
    ${ready && html`<p><${Act} class="btn primary" can=${allowed(ready.can)} run=${() => setStatus(ready)}>Go ${ready.label}<//></p>`}`;
}

function from(queues) {
  const names = queues.map((queue) => queue.name);
  return names.length ? ` from ${names.length > 3 ? `your ${names.length} queues` : listed(names, "or")}` : "";
}

function Todo({ view }) {
  const what = needsOutcome(view) ? `Give ${view.contact.name} an outcome` : `Mark ${view.contact.name} done`;
  return html`<li><button type="button" class="btn" onClick=${() => select(view.id)}><${Icon} name="flag" />${what}</button><span class="meta">ended ${timeOf(endedAt(view))}</span></li>`;
}
