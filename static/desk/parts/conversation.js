/** One conversation: its lines, drawn as those of a chat, and what is written next. */
import { html, useEffect, useLayoutEffect, useRef } from "../html.js";
import { pressed } from "../keymap.js";
import { aboutIn, atEnd, draftTo, dropAbout, readAgain, readOlderLines, sayTo, setDraftTo, talk } from "../messaging.js";
import { warn } from "../announce.js";
import { settings } from "../settings.js";
import { desk, live, now, options, select } from "../state.js";
import { blocksOf, reached } from "../store/blocks.js";
import { asChat, hasOlderLines, linesOf } from "../store/inbox.js";
import { dayName, grouped, lengthOf } from "../words.js";
import { Act, Icon } from "./basic.js";
import { Lines } from "./line.js";

const NEAR_END = 24;
const NEAR_LIMIT = 100;

export function Conversation({ agentId }) {
  const { inbox, agent } = desk.value;
  const reading = inbox.reading[agentId];
  const chat = asChat(inbox, agent, agentId);
  const lines = linesOf(inbox, agentId);
  const log = useRef(null);
  useLayoutEffect(() => {
    if (atEnd.peek()) log.current.scrollTop = log.current.scrollHeight;
  }, [lines.length, inbox.written.length, reading]);
  useEffect(() => watchSize(log.current), []);
  const scrolled = () => (atEnd.value = isAtEnd(log.current));
  const blocks = blocksOf(inbox, chat, null, lines);
  const marks = reached(chat, lines);
  return html`
    <p class="meta cut">${[talk.value?.department, inbox.presence[agentId]].filter(Boolean).join(", ")}</p>
    <section class="log" aria-label=${`Conversation with ${talk.value?.nickname ?? "a colleague"}`} aria-busy=${reading ? undefined : "true"} tabindex="0" ref=${log} onScroll=${scrolled}>
      ${hasOlderLines(inbox, agentId) && html`<${Older} agentId=${agentId} log=${log} />`}
      ${!reading && html`<p class="none" role="status">Loading</p>`}
      ${reading === "failed" && html`<p class="none" role="alert">The lines could not be read. <button type="button" class="link" onClick=${readAgain}>Read again</button></p>`}
      <ol>${blocks.map((block) => (block.kind === "day" ? html`<li class="day" key=${block.key}>${dayName(block.at, now.value)}</li>` : html`<${Lines} key=${block.key} block=${block} view=${chat} marks=${marks} live=${live.value} beside=${about} />`))}</ol>
    </section>
    <${Write} agentId=${agentId} />`;
}

const isAtEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;

/** When a preview comes or goes the panel changes its height; who was at the newest line stays there. */
function watchSize(log) {
  const watch = new ResizeObserver(() => atEnd.peek() && (log.scrollTop = log.scrollHeight));
  watch.observe(log);
  return () => watch.disconnect();
}

function Older({ agentId, log }) {
  const load = async () => {
    const before = log.current.scrollHeight - log.current.scrollTop;
    await readOlderLines(agentId);
    requestAnimationFrame(() => log.current && (log.current.scrollTop = log.current.scrollHeight - before));
  };
  return html`<p class="older"><${Act} class="btn" can=${live.value ? true : "Needs the connection"} run=${load}>Older messages<//></p>`;
}

/** Which chat a line is about: a way to it while it is on the desk. */
function about({ about: chat }) {
  if (!chat) return null;
  const here = desk.value.interactions[chat.interaction];
  return html`<footer class="about">about ${here ? html`<button type="button" class="link" onClick=${() => select(chat.interaction)}>${chat.contact}</button>` : html`<b>${chat.contact}</b>`}</footer>`;
}

function Write({ agentId }) {
  const draft = draftTo(agentId);
  const left = options.value.text_limit - lengthOf(draft);
  const name = talk.value?.nickname ?? "a colleague";
  const can = talk.value?.can !== true && talk.value ? talk.value.can : left < 0 ? `Too long by ${grouped(-left)}: shorten it or send it in two lines` : true;
  const send = () => {
    if (!draft.trim()) return;
    if (can !== true) return warn(can);
    atEnd.value = true;
    sayTo(agentId, draft.trimEnd());
    setDraftTo(agentId, "");
  };
  const submit = (event) => (event.preventDefault(), send());
  const keys = (event) => {
    if (!event.isComposing && pressed(event, "send", { enterSends: settings.peek().enter_sends })) submit(event);
  };
  return html`<form class="composer" aria-label=${`Write to ${name}`} onSubmit=${submit}>
    <${Reference} agentId=${agentId} />
    <textarea rows="2" aria-label=${`Message to ${name}`} placeholder=${`Only ${name} reads this`} spellcheck=${settings.value.spellcheck} aria-invalid=${left < 0 ? "true" : undefined} value=${draft} onInput=${(event) => setDraftTo(agentId, event.target.value)} onKeyDown=${keys} />
    <div class="tools">
      ${can !== true ? html`<span class="meta need hard" role="status">${can}</span>` : left <= NEAR_LIMIT && html`<span class="meta"><b>${left} left</b></span>`}
      <${Act} type="submit" class="btn primary" can=${can} aria-label=${`Send to ${name}`}>Send<${Icon} name="send" /><//>
    </div>
  </form>`;
}

/** The chat that the next lines name, for who may see it. */
function Reference({ agentId }) {
  const chat = aboutIn(agentId);
  if (!chat) return null;
  return html`<div class="to"><span class="cut">About <b>${chat.contact}</b></span>
    <button type="button" class="btn quiet icon" aria-label=${`No longer about ${chat.contact}`} title="Write without naming the chat" onClick=${() => dropAbout(agentId)}><${Icon} name="x" /></button></div>`;
}
