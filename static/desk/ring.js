/** The tab that leads rings: a tone while an invitation is open, a notification when no tab is in view, tones for news. */
import { call, incoming, rings as callRings, waiting } from "./calls.js";
import { effect } from "./html.js";
import { leads, somebodyLooks } from "./lead.js";
import { ringing } from "./parts/previews.js";
import { permission, settings, volumeOf } from "./settings.js";
import { play } from "./sounds.js";
import { lock, onEvent, selected } from "./state.js";
import { aboutWords } from "./store/calls.js";
import { headingOf } from "./store/requests.js";
import { heardOf } from "./store/views.js";

const EVERY = 2500;
const BACK_EVERY = 4000;
let timer = null;
let back = null;

export function watchRinging() {
  effect(() => {
    const rings = callRings.value || (leads.value && (ringing.value.length > 0 || lock.value?.rings > 0));
    if (rings && !timer) {
      ring();
      timer = setInterval(ring, EVERY);
    }
    if (!rings) timer = clearInterval(timer) ?? null;
  });
  effect(() => {
    if (waiting.value) back ??= setInterval(() => play("back", volumeOf("offer") / 2), BACK_EVERY);
    else back = clearInterval(back) ?? null;
  });
  effect(() => notify(wanted()));
  onEvent((event, before, after) => {
    const looked = selected.peek() === event.interaction && document.visibilityState === "visible";
    const kind = leads.peek() && heardOf(event, before, after, looked);
    if (kind) play(kind);
  });
}

const ring = () => (callRings.peek() ? play("call", volumeOf("offer")) : play("offer"));

// --- notifications ------------------------------------------------------------------------------

const up = new Map();

/** {id: what to show} now. Behind the lock only that something rings. */
function wanted() {
  if (!leads.value || permission.value !== "granted" || !settings.value.notifications) return {};
  if (lock.value?.rings) return { locked: { title: "A request rings for you", body: "Give your password to see it." } };
  const calls = incoming.value ? [[call.value.id, { title: `Call from ${call.value.other.name}`, body: aboutWords(call.value) }]] : [];
  return Object.fromEntries([...calls, ...ringing.value.map((one) => [one.id, facts(one)])]);
}

const facts = (one) => ({ title: `${headingOf(one)}: ${one.contact}`, body: one.note || one.last_line || one.queue || "" });

async function notify(shown) {
  for (const [id, note] of up) if (!(id in shown)) up.delete(id) && note?.close();
  const fresh = Object.keys(shown).filter((id) => !up.has(id));
  if (!fresh.length || (await somebodyLooks())) return;
  for (const id of fresh) if (!up.has(id)) up.set(id, notice(id, shown[id]));
}

function notice(id, { title, body }) {
  const note = new Notification(title, { body, tag: id });
  note.onclick = () => {
    focus();
    note.close();
    (document.querySelector(id === call.peek()?.id ? "#call" : `.preview[data-id="${id}"]`) ?? document.querySelector("#password"))?.focus();
  };
  return note;
}
