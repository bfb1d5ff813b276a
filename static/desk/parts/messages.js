/** Messages: a panel in the side column that covers nothing; the list of conversations, or one of them. */
import { html } from "../html.js";
import { Refusal, Act, Face, Icon } from "./basic.js";
import { desk, live } from "../state.js";
import { keyOf, pressed } from "../keymap.js";
import { listedOf } from "../store/inbox.js";
import { exact, timeOf } from "../words.js";
import { OFFLINE } from "../commands.js";
import { closeMessages, colleague, failure, latest, moreConversations, open, openConversation, talk, toList, toggleMessages, unread } from "../messaging.js";
import { Conversation } from "./conversation.js";

/** In the top bar: how many lines wait, and for a few seconds who wrote. */
export function MessagesButton() {
  const count = unread.value;
  const said = latest.value;
  const name = count ? `Messages, ${count} unread` : "Messages";
  return html`<button type="button" class="btn quiet letters" aria-label=${name} aria-expanded=${open.value} aria-keyshortcuts="Control+M" title=${said ? `${said.nickname}: ${said.last}` : `${name} (${keyOf("messages")[0]})`} onClick=${toggleMessages}>
    <${Icon} name="letters" /><span class="cut">${said ? html`<b>${said.nickname}:</b> ${said.last}` : "Messages"}</span>${count > 0 && html`<span class="count" aria-hidden="true">${count}</span>`}
  </button>`;
}

export function Messages() {
  if (!open.value) return null;
  return html`<section class="messages" aria-label="Messages" tabindex="-1" onKeyDown=${keys}>
    <header>
      ${colleague.value ? html`<button type="button" class="btn quiet icon" aria-label="All messages" title="All messages" onClick=${toList}><${Icon} name="back" /></button>
          <h2 class="cut" title=${talk.value?.name}>${talk.value?.name ?? "Message"}</h2>` : html`<h2>Messages</h2>`}
      <button type="button" class="btn quiet icon" aria-label="Close messages" title="Close (Esc)" onClick=${closeMessages}><${Icon} name="x" /></button>
    </header>
    ${colleague.value ? html`<${Conversation} key=${colleague.value} agentId=${colleague.value} />` : html`<${Talks} />`}
  </section>`;
}

function keys(event) {
  if (event.key !== "Escape" && !pressed(event, "messages")) return;
  event.preventDefault();
  event.stopPropagation();
  closeMessages();
}

function Talks() {
  const { inbox } = desk.value;
  const all = listedOf(inbox);
  return html`<div class="talks">
    ${!live.value && html`<p class="none">${OFFLINE}.</p>`}
    ${live.value && !all.length && html`<p class="none">${inbox.listed ? "Nobody has written yet. Find a colleague in the Team Communicator, or use the menu of a party in a chat." : "Loading"}</p>`}
    <ul>${all.map((one) => html`<li key=${one.agent}><${Talk} one=${one} /></li>`)}</ul>
    <${Refusal} error=${failure.value} put=${() => (failure.value = null)} />
    ${inbox.next && html`<p class="older"><${Act} class="btn" can=${live.value ? true : OFFLINE} run=${moreConversations}>Older conversations<//></p>`}
  </div>`;
}

function Talk({ one }) {
  const label = `${one.name}${one.unread ? `, ${one.unread} unread` : ""}`;
  return html`<button type="button" class="talk" aria-label=${label} onClick=${() => openConversation(one.agent)}>
    <${Face} who="agent" name=${one.name} />
    <span class="who"><b class="cut">${one.name}</b><time datetime=${one.at} title=${exact(one.at)}>${timeOf(one.at)}</time></span>
    <span class="say cut">${one.mine ? "You: " : ""}${one.last}</span>
    ${one.unread > 0 && html`<span class="count" aria-hidden="true">${one.unread}</span>`}
  </button>`;
}
