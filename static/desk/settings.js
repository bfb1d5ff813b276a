/** What the agent chose for their own desk, kept by the server; how the page looks by it. */
import { computed, effect, signal } from "./html.js";
import { desk } from "./state.js";

const DEFAULTS = {
  enter_sends: true, spellcheck: true, notifications: true,
  sound_offer: true, sound_message: true, sound_left: true, volume_offer: 60, volume_message: 30, volume_left: 30,
  theme: "system", text_size: "normal",
};
const LOOK = "parley:look";

/** What was chosen and is on its way to the server: shown at once, so that no click seems lost on a slow line. */
const chosen = signal({});

export const settings = computed(() => ({ ...DEFAULTS, ...desk.value.agent?.settings, ...chosen.value }));

export const ahead = (given) => void (chosen.value = { ...chosen.value, ...given });

/** The server has answered, whatever it said; a later choice of the same stays. */
export function settled(given) {
  const open = Object.entries(chosen.value).filter(([name, value]) => given[name] !== value);
  chosen.value = Object.fromEntries(open);
}

export const volumeOf = (kind) => (settings.peek()[`sound_${kind}`] ? settings.peek()[`volume_${kind}`] / 100 : 0);

/** The last look stays over a reload and behind the lock, until the server has said which it is. */
export function watchLook() {
  wear(kept());
  effect(() => {
    if (!desk.value.agent) return;
    const { theme, text_size: size } = settings.value;
    wear({ theme, size });
    keep({ theme, size });
  });
}

function wear({ theme, size }) {
  const { dataset } = document.documentElement;
  if (theme === "light" || theme === "dark") dataset.theme = theme;
  else delete dataset.theme;
  if (size === "large" || size === "larger") dataset.size = size;
  else delete dataset.size;
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(LOOK)) ?? {};
  } catch {
    return {};
  }
}

function keep(look) {
  try {
    localStorage.setItem(LOOK, JSON.stringify(look));
  } catch {
    return;
  }
}

// --- notifications ------------------------------------------------------------------------------

export const permission = signal(globalThis.Notification?.permission ?? "none");

export async function askPermission() {
  permission.value = await Notification.requestPermission();
}

export const PERMISSION = {
  none: "This browser has no notifications here.",
  default: "The browser has not been asked yet.",
  granted: "Allowed by the browser.",
  denied: "Blocked by the browser: allow notifications for this address in its settings.",
};
