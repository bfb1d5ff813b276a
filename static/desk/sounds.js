/** Short tones by kind of news. Only the tab that leads sounds. */
import { effect } from "./html.js";
import { used } from "./input.js";
import { volumeOf } from "./settings.js";

const LOUDEST = 0.25;
/** [pitch, start] of each tone. */
const TUNES = {
  offer: [[660, 0], [880, 0.22]],
  message: [[740, 0]],
  left: [[520, 0], [390, 0.2]],
  call: [[590, 0], [740, 0.14], [590, 0.28], [740, 0.42]],
  back: [[425, 0], [425, 0.3]],
};

let audio = null;

export function watchSounds() {
  effect(() => {
    if (!used.value) return;
    audio ??= globalThis.AudioContext ? new AudioContext() : null;
    audio?.resume();
  });
}

export function play(kind, volume = volumeOf(kind)) {
  if (audio?.state !== "running" || !volume) return;
  for (const [pitch, start] of TUNES[kind]) tone(audio.currentTime + start, pitch, volume * LOUDEST);
}

function tone(at, pitch, loud) {
  const [wave, volume] = [audio.createOscillator(), audio.createGain()];
  wave.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(loud, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.18);
  wave.connect(volume).connect(audio.destination);
  wave.start(at);
  wave.stop(at + 0.2);
}
