/** After-call work that still holds the slot of a chat marked done: how long, more of it, or the end of it. */
import { forget, isBusy, refusals } from "../asking.js";
import { setTail, usable } from "../commands.js";
import { html } from "../html.js";
import { desk, now } from "../state.js";
import { tailsLeft } from "../store/views.js";
import { clock, spoken } from "../words.js";
import { Act, Icon, Refusal } from "./basic.js";

const MORE = 60;

export function Tails() {
  const tails = tailsLeft(desk.value.agent, now.value);
  if (!tails.length) return null;
  return html`<ul class="tails" aria-label="After-call work">${tails.map((tail) => html`<${Tail} key=${tail.interaction} tail=${tail} />`)}</ul>`;
}

function Tail({ tail }) {
  const place = `tail ${tail.interaction}`;
  const can = isBusy(place) ? "One moment" : usable.value;
  return html`<li>
    <p class="tail">
      <span class="cut" title=${tail.contact}>${tail.contact}</span><span>: after-call work <time role="timer" aria-label=${`${spoken(tail.seconds)} left`}>${clock(tail.seconds)}</time></span>
      <${Act} class="btn quiet icon" aria-label="Extend by 1 minute" title="Extend by 1 minute" can=${can} run=${() => setTail(tail, MORE)}><${Icon} name="plus" /><//>
      <${Act} class="btn quiet icon" aria-label="End after-call work" title="End after-call work" can=${can} run=${() => setTail(tail, 0)}><${Icon} name="x" /><//>
    </p>
    <${Refusal} error=${refusals.value[place]} put=${() => forget(place)} />
  </li>`;
}
