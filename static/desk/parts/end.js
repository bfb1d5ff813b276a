/** End, which says what it will do, and what it says when that is no longer true. */
import { forget, isBusy, refusals } from "../asking.js";
import { allowed, cancelAndEnd, end, makeTransfer } from "../commands.js";
import { html, useLayoutEffect, useRef } from "../html.js";
import { Act, Icon } from "./basic.js";
import { Menu } from "./menu.js";

const faceOf = (view) => view.end?.face ?? "End";

export function EndButton({ view }) {
  const can = isBusy(`end ${view.id}`) ? "One moment" : allowed(view.can.end);
  const choices = view.end?.choices ?? [];
  const split = can === true && choices.length > 1;
  return html`<span class=${split ? "split" : "whole"}>
    <${Act} class="btn end" aria-keyshortcuts="Control+E" can=${can} title=${`${faceOf(view)} (Ctrl E)`} run=${() => end(view)}><span class="vh">End: </span><span class="cut">${faceOf(view)}</span><//>
    ${split && html`<${Menu} class="btn" label="Who takes over" items=${choices.map((choice) => takeOver(view, choice))} aria-label="End: choose who takes over">
      <${Icon} name="down" />
    <//>`}
  </span>`;
}

function takeOver(view, choice) {
  return { label: `Leave, ${choice.nickname} takes over`, current: choice.party === view.end.pass_to, run: () => end(view, { passTo: choice.party }) };
}

/** The refusal in words, and the new choice: to stay, or what End would do now. */
export function EndRefused({ view }) {
  const place = `end ${view.id}`;
  const error = refusals.value[place];
  const stay = useRef(null);
  useLayoutEffect(() => {
    if (error) stay.current?.focus();
  }, [error]);
  if (!error) return null;
  const offer = view.can.end === true ? view.end : null;
  const escape = (event) => event.key === "Escape" && forget(place);
  return html`<div class="ask" role="alertdialog" aria-label="End" aria-describedby="end-words" onKeyDown=${escape}>
    <span id="end-words">${error.message}</span>
    <button type="button" class="btn" ref=${stay} onClick=${() => forget(place)}>Stay</button>
    ${error.code === "invitation_pending" && html`<${Instead} view=${view} place=${place} />`}
    ${offer && html`<${Anyway} view=${view} offer=${offer} pending=${error.code === "invitation_pending"} />`}
  </div>`;
}

/** Who was invited may take the place of the agent who wants to leave. */
function Instead({ view, place }) {
  const mine = view.invitations.filter((one) => one.kind === "conference" && one.by === view.my);
  const make = async (one) => (await makeTransfer(view, one)) && forget(place);
  return mine.map((one) => html`<${Act} key=${one.id} class="btn" can=${allowed(one.transfer)} run=${() => make(one)}>Make it a transfer to ${one.target.name}<//>`);
}

function Anyway({ view, offer, pending }) {
  const face = pending ? `Cancel it, ${offer.face[0].toLowerCase()}${offer.face.slice(1)}` : offer.face;
  return html`<${Act} class=${offer.expect === "close" ? "btn danger" : "btn"} can=${allowed(true)} run=${() => (pending ? cancelAndEnd(view) : end(view))}><span class="vh">End: </span>${face}<//>`;
}
