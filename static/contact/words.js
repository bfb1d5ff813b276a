/** What the page says: names, places in line, lengths of time. */

export function names(list) {
  return list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
}

/** "AR" for "Ana Ruiz", "A" for "Ana". */
export function initials(name) {
  const parts = name.trim().split(/\s+/);
  return [parts[0], parts.length > 1 ? parts.at(-1) : ""].map((part) => [...part][0] ?? "").join("").toUpperCase();
}

export function typingWords(list) {
  return list.length ? `${names(list)} ${list.length > 1 ? "are" : "is"} typing` : "";
}

/** What the head of the page says about the chat. */
export function status(view) {
  if (!view) return "Connecting";
  if (view.state === "ended") return "Chat ended";
  const here = view.agents.filter((agent) => agent.connection !== "ended").map((agent) => agent.nickname);
  if (here.length) return `Connected with ${names(here)}`;
  return view.offline ? "Message received" : "Waiting to be connected";
}

/** When it opens next, in the reader's own time; `at` is an ISO time or null. */
export function opens(at, locale = undefined) {
  if (!at) return "";
  return `We open ${new Date(at).toLocaleString(locale, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" })}.`;
}

/** `waiting`: {position, estimated_wait (seconds or null), staffed}. */
export function place(waiting) {
  const position = waiting?.position;
  return position ? `You are number ${position} in the line.` : "You are in the line.";
}

export function waitWords(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return "The wait is usually under a minute.";
  if (minutes < 60) return `The wait is usually about ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`;
  const hours = Math.round(minutes / 60);
  return `The wait is usually about ${hours === 1 ? "an hour" : `${hours} hours`}.`;
}

/** How many characters are left; null while that does not matter yet. Counted as the server counts: code points. */
export function left(text, limit) {
  const rest = limit - [...text].length;
  return rest > 100 ? null : rest;
}

export function leftWords(rest) {
  if (rest === null) return "";
  const count = `${Math.abs(rest)} ${Math.abs(rest) === 1 ? "character" : "characters"}`;
  return rest < 0 ? `${count} too many` : `${count} left`;
}
