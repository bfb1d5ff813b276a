/** The contact: who they are, and their other chats with what came of them; a transcript opens below its chat. */
import { html, useEffect, useState } from "../html.js";
import { api, now } from "../state.js";
import { dayName, exact, timeOf } from "../words.js";
import { Icon } from "./basic.js";
import { Text } from "./line.js";

/** What was read stays while the chat is in front; a failure keeps it, with a way to ask again. */
function useReading(first) {
  const [state, setState] = useState({ found: null, error: null, busy: false });
  const read = async (path, merge) => {
    setState((held) => ({ ...held, error: null, busy: true }));
    try {
      const answer = await api.get(path);
      setState(({ found }) => ({ found: merge(found, answer), error: null, busy: false }));
    } catch (error) {
      setState(({ found }) => ({ found, error, busy: false }));
    }
  };
  const begin = () => read(first, (_, answer) => answer);
  useEffect(() => void begin(), [first]);
  return { ...state, begin, more: (path, merge) => read(path, merge) };
}

/** Who may not read it is told so, and nothing is asked. */
export function Contact({ view }) {
  if (view.can.history !== true) return html`<p class="none">${view.can.history}</p>`;
  return html`<${History} view=${view} />`;
}

function History({ view }) {
  const path = `interactions/${view.id}/history`;
  const { found, error, busy, begin, more } = useReading(path);
  if (!found) return error ? html`<${Trouble} error=${error} again=${begin} />` : html`<p class="none" aria-busy="true">Reading</p>`;
  const older = () => more(`${path}?before=${encodeURIComponent(found.results.at(-1).created_at)}`, (held, next) => ({ ...next, results: [...held.results, ...next.results] }));
  return html`<${Record} contact=${found.contact} />
    <h2 class="group">Other chats <span class="meta">${found.contact.chats - 1}</span></h2>
    ${found.results.length ? html`<ul class="past">${found.results.map((chat) => html`<${Chat} key=${chat.id} path=${path} chat=${chat} />`)}</ul>` : html`<p class="none">None: this is the contact's first chat.</p>`}
    ${error && html`<${Trouble} error=${error} again=${older} />`}
    ${found.more && !error && html`<button type="button" class="btn" aria-disabled=${busy ? "true" : undefined} onClick=${() => busy || older()}>${busy ? "Reading" : "Older chats"}</button>`}`;
}

function Trouble({ error, again }) {
  return html`<div class="ask" role="alert"><span>${error.message}</span>${error.status !== 403 && html`<button type="button" class="btn" onClick=${again}>Read again</button>`}</div>`;
}

function Record({ contact }) {
  return html`<dl class="facts">
    <dt>Contact</dt><dd>${contact.name}</dd>
    <dt>E-mail</dt><dd>${contact.email || "not given"}</dd>
    <dt>Since</dt><dd><time title=${exact(contact.since)}>${dayName(contact.since, now.peek())}</time></dd>
  </dl>`;
}

function Chat({ path, chat }) {
  const [open, setOpen] = useState(false);
  const day = dayName(chat.created_at, now.peek());
  return html`<li>
    <button type="button" class="link" aria-expanded=${open} title=${exact(chat.created_at)} onClick=${() => setOpen(!open)}><${Icon} name="down" />${day}, ${timeOf(chat.created_at)}</button>
    <p class="meta">${[chat.queue, chat.offline && "a message left", chat.state !== "ended" && "still open", chat.state === "ended" && !chat.agents.length && "ended before anybody took it"].filter(Boolean).join(", ")}</p>
    ${chat.agents.map((part) => html`<${Part} key=${part.joined_at} part=${part} />`)}
    ${open && html`<${Transcript} path=${`${path}/${chat.id}`} />`}
  </li>`;
}

function Part({ part }) {
  const came = part.consulted ? "was consulted" : "no disposition";
  return html`<p><b>${part.nickname}</b> ${part.disposition.length ? part.disposition.join(", ") : html`<span class="meta">${came}</span>`}</p>
    ${part.note && html`<p class="text"><span class="meta">Note</span> ${part.note}</p>`}`;
}

function Transcript({ path }) {
  const { found, error, busy, begin, more } = useReading(path);
  if (!found) return error ? html`<${Trouble} error=${error} again=${begin} />` : html`<p class="none" aria-busy="true">Reading</p>`;
  const names = new Map(found.parties.map((party) => [party.id, party.nickname]));
  const on = () => more(`${path}?after=${found.results.at(-1).number}`, (held, next) => ({ ...next, results: [...held.results, ...next.results] }));
  return html`<ol class="told" aria-label="Transcript">${found.results.map((line) => html`<li key=${line.id} data-kind=${line.kind}>
      ${line.kind === "text" && html`<b>${names.get(line.party) ?? "Former party"}</b>`} <span class="text"><${Text} text=${line.text} /></span> <time class="meta" title=${exact(line.at)}>${timeOf(line.at)}</time>
    </li>`)}</ol>
    ${!found.results.length && html`<p class="none">Nothing was written.</p>`}
    ${error && html`<${Trouble} error=${error} again=${on} />`}
    ${found.more && !error && html`<button type="button" class="btn" aria-disabled=${busy ? "true" : undefined} onClick=${() => busy || on()}>${busy ? "Reading" : "Further lines"}</button>`}`;
}
