/** Numbers, times and names in words. Pure. */

const two = (number) => String(number).padStart(2, "0");

/** 252 -> "4:12", 4000 -> "1:06:40" */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** For ears: 96 -> "1 minute 36" */
export function spoken(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} second${whole === 1 ? "" : "s"}`;
  const minutes = Math.floor(whole / 60);
  return `${minutes} minute${minutes === 1 ? "" : "s"}${whole % 60 ? ` ${whole % 60}` : ""}`;
}

/** Roughly: 40 -> "40 s", 200 -> "3 min", 8000 -> "2 h" */
export function roughly(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  return whole < 3600 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 3600)} h`;
}

export function timeOf(when) {
  const date = new Date(when);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** "Mon" */
export const dayOf = (when) => WEEKDAY.format(new Date(when));

/** Formatters are made once: making one costs more than drawing a line. */
const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });
const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "short" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

export const exact = (when) => EXACT.format(new Date(when));

export function dayName(when, now) {
  const day = DAY.format(new Date(when)).replace(",", "");
  return new Date(when).toDateString() === new Date(now).toDateString() ? `Today, ${day}` : day;
}

/** ["Kim", "Bo", "Cy"] -> "Kim, Bo and Cy" */
export function listed(names, last = "and") {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;
}

export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked.map((word) => [...word][0].toUpperCase()).join("") || "?";
}

/** Letters as a person counts them, which is how the server counts them. */
export const lengthOf = (text) => [...text].length;

export const grouped = (number) => number.toLocaleString("en-GB");

/** "Order number" -> "Order number: 17"; a label that closes itself needs no colon. */
export function labelled(label, value) {
  return `${label.trimEnd()}${/[?!.:;…？！。：]$/.test(label.trimEnd()) ? "" : ":"} ${value}`;
}

const STATUS = {
  ready: "Ready",
  not_ready: "Not Ready",
  after_call_work: "After Call Work",
  do_not_disturb: "Do Not Disturb",
  logged_off: "Logged Off",
};

const LEAVING = {
  logged_off: "Logging off after your last chat",
  not_ready: "Not Ready after your last chat",
};

/** What `after_last` means; null where nothing is planned. */
export const leavingWords = (status) => (status ? LEAVING[status] ?? `${STATUS[status] ?? status} after your last chat` : null);

/** To stay is to choose the present status again, where it can be chosen, else Ready. */
export function stayChoice({ status, reason }, menu) {
  const present = menu.find((choice) => choice.status === status && choice.reason === (reason?.id ?? null));
  return present && status !== "logged_off" ? present : { status: "ready" };
}

export function statusWords(channel) {
  const words = STATUS[channel.status] ?? channel.status;
  return channel.reason ? `${words}: ${channel.reason.name}` : words;
}
