/** The locked workspace: whose it is, since when, and the way back in. Nothing of the work is on the page. */
import { carried, hangUp, toggleMute } from "../calls.js";
import { isBusy, refusals } from "../asking.js";
import { unlock } from "../commands.js";
import { leave } from "../config.js";
import { html, useLayoutEffect, useRef } from "../html.js";
import { link, lock } from "../state.js";
import { exact, timeOf } from "../words.js";
import { Act, Icon } from "./basic.js";

const STAYS = new URLSearchParams(location.search).has("open");

export function Lock() {
  const { name, username, since, rings } = lock.value;
  const error = refusals.value.unlock;
  const field = useRef(null);
  useLayoutEffect(() => field.current.focus(), []);
  useLayoutEffect(() => {
    if (error) field.current.select();
  }, [error]);
  const busy = isBusy("unlock");
  const submit = async (event) => {
    event.preventDefault();
    if (!busy && field.current.value) await unlock(field.current.value);
  };
  return html`<div class="locked"><main class="door" id="work">
    <form class="card" aria-labelledby="locked" onSubmit=${submit}>
      <p class="brand"><${Icon} name="parley" />Parley</p>
      <h1 id="locked"><${Icon} name="lock" />Locked</h1>
      <p>${name}, since <time title=${exact(since)}>${timeOf(since)}</time>. Your chats go on, and what you wrote is kept.</p>
      ${rings > 0 && html`<p class="rings" role="status"><${Icon} name="bell" />${rings === 1 ? "1 request rings for you." : `${rings} requests ring for you.`}</p>`}
      <${Speaking} />
      ${STAYS && html`<p class="need"><${Icon} name="warn" />Chats are open, so you are still logged on.</p>`}
      <input type="text" name="username" value=${username} autocomplete="username" hidden readonly />
      <label class="field"><span>Password</span><input type="password" id="password" name="password" ref=${field} autocomplete="current-password" required
        aria-invalid=${error ? "true" : undefined} aria-describedby=${error ? "wrong" : undefined} /></label>
      ${error && html`<p class="need hard" id="wrong" role="alert"><${Icon} name="warn" />${error.message}</p>`}
      ${link.value.phase === "waiting" && html`<p class="need" role="status"><${Icon} name="sync" />Reconnecting.</p>`}
      <button class="btn primary wide" aria-disabled=${busy ? "true" : undefined}>${busy ? "One moment" : "Unlock"}</button>
      <${Act} class="link" run=${leave}>Log off instead<//>
    </form>
  </main></div>`;
}

/** A call goes on; with whom is not said here. */
function Speaking() {
  const held = carried.value;
  if (!held?.connected) return null;
  return html`<p class="rings" role="group" aria-label="Call"><${Icon} name="phone" />A call goes on.
    <button type="button" class="btn" aria-pressed=${held.muted} onClick=${toggleMute}><${Icon} name=${held.muted ? "mic-off" : "mic"} />Mute</button>
    <button type="button" class="btn danger" onClick=${() => hangUp(held)}><${Icon} name="hang-up" />Hang up</button>
  </p>`;
}
