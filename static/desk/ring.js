/** One tab rings: a short tone while an invitation is open, and a notification when nobody looks at the page. */
import { effect, signal } from "./html.js";
import { headingOf, ringing } from "./parts/previews.js";

const EVERY = 2500;
const leads = signal(false);
let audio = null;
let timer = null;

export function watchRinging() {
  addEventListener("pointerdown", wake, { once: true, capture: true });
  addEventListener("keydown", wake, { once: true, capture: true });
  effect(() => {
    const rings = ringing.value.length > 0 && leads.value;
    if (rings && !timer) {
      tone();
      timer = setInterval(tone, EVERY);
    }
    if (!rings) timer = clearInterval(timer) ?? null;
  });
  effect(notify);
}

/** Browsers allow sound after the first key or click; the first tab that has it rings for all tabs of this agent. */
function wake() {
  audio ??= new AudioContext();
  audio.resume();
  lead();
}

function lead() {
  if (!navigator.locks) return void (leads.value = true);
  navigator.locks.request("parley-ring", () => {
    leads.value = true;
    return new Promise(() => {});
  });
}

function tone() {
  if (audio?.state !== "running") return;
  [0, 0.22].forEach((delay, index) => beep(audio.currentTime + delay, index ? 880 : 660));
}

function beep(at, pitch) {
  const [wave, volume] = [audio.createOscillator(), audio.createGain()];
  wave.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.18);
  wave.connect(volume).connect(audio.destination);
  wave.start(at);
  wave.stop(at + 0.2);
}

const shown = new Map();

function notify() {
  const open = new Set(ringing.value.map((one) => one.id));
  for (const [id, one] of shown) if (!open.has(id)) shown.delete(id) && one?.close();
  const may = open.size > 0 && globalThis.Notification?.permission === "granted" && document.hidden && leads.value;
  for (const one of ringing.value) if (may && !shown.has(one.id)) shown.set(one.id, notice(one));
}

function notice(one) {
  const note = new Notification(`${headingOf(one)}: ${one.contact}`, { body: one.note || one.last_line || one.queue || "", tag: one.id });
  note.onclick = () => {
    focus();
    note.close();
  };
  return note;
}

