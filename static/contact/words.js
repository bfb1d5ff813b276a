/** What the page says, in its language: names, places in line, lengths of time. */

let words = {};
let plural = new Intl.PluralRules();
let locale;

/** `all`: {key: text with {placeholders}}; `language`: of the page. Dates are written as this reader's region does. */
export function learn(all, language, languages = globalThis.navigator?.languages ?? []) {
  words = all;
  plural = new Intl.PluralRules(language);
  locale = languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
}

export const fill = (text, given) => text.replace(/\{(\w+)\}/g, (whole, name) => given[name] ?? whole);

export const t = (key, given = {}) => fill(words[key] ?? key, given);

/** `key_one` or `key_other`, by the number. */
export const many = (key, n, given = {}) => t(`${key}_${plural.select(n) === "one" ? "one" : "other"}`, { n, ...given });

export const date = (at, options) => new Date(at).toLocaleString(locale, options);

const REFUSALS = { ended: "over", not_party: "over", throttled: "too_many", unreachable: "unreachable", unavailable: "unreachable", unknown: "unexpected" };

/** A refusal in the page's language, where its code says enough; else in the server's words. */
export const why = ({ code, message }) => words[REFUSALS[code]] ?? message;

export function names(list) {
  return list.length < 2 ? list.join("") : t("and", { first: list.slice(0, -1).join(", "), last: list.at(-1) });
}

/** "AR" for "Ana Ruiz", "A" for "Ana". */
export function initials(name) {
  const parts = name.trim().split(/\s+/);
  return [parts[0], parts.length > 1 ? parts.at(-1) : ""].map((part) => [...part][0] ?? "").join("").toUpperCase();
}

export function typingWords(list) {
  return list.length ? many("typing", list.length, { names: names(list) }) : "";
}

/** What the head of the page says about the chat. */
export function status(view) {
  if (!view) return t("connecting");
  if (view.state === "ended") return t("ended");
  const here = view.agents.filter((agent) => agent.connection !== "ended").map((agent) => agent.nickname);
  if (here.length) return t("with", { names: names(here) });
  return t(view.offline ? "received" : "in_line");
}

/** `text` with the next opening in the reader's own time; `at` is an ISO time or null. */
export function opens(text, at) {
  if (!at) return "";
  return fill(text, { next_opening: date(at, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }) });
}

/** `waiting`: {position, estimated_wait (seconds or null), staffed}. */
export function place(waiting) {
  const position = waiting?.position;
  return position ? t("place", { place: position }) : t("no_place");
}

export function waitWords(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return t("wait_short");
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? many("wait_minutes", minutes) : many("wait_hours", Math.round(minutes / 60));
}

/** How many characters are left; null while that does not matter yet. Counted as the server counts: code points. */
export function left(text, limit) {
  const rest = limit - [...text].length;
  return rest > 100 ? null : rest;
}

export function leftWords(rest) {
  return rest === null ? "" : many(rest < 0 ? "over" : "left", Math.abs(rest));
}
