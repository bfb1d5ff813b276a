/** What an invitation asks of the agent it rings at, in words. Pure. */
import { MEDIA } from "./consultations.js";

const HEADINGS = { conference: "Conference request", consult: "Consultation request", transfer: "Transfer", route: "Transfer" };

/** "Conference request from Ana"; a routed chat comes from nobody, unless Ana passed it on to the queue. */
export function headingOf({ kind, from, offline }) {
  if (kind === "route" && (!from || offline)) return offline ? "Message left" : "Chat request";
  return from ? `${HEADINGS[kind]} from ${from}` : HEADINGS[kind];
}

const ASKS = {
  conference: "asks you to join",
  consult: "asks for your advice",
  transfer: "passes the chat to you",
  route: "passed the chat on",
};

const NOTES = { transfer: "passes it on:", route: "passed it on:" };

/** What its inviter wants, before their note if there is one. */
export function wantsOf({ kind, note, consultation }) {
  if (note) return NOTES[kind] ?? "asks:";
  return `${ASKS[kind]}${consultation ? ", out of your consultation" : ""}`;
}

/** By which way the two will speak, of a consultation. */
export const mediumOf = ({ kind, medium }) => (kind === "consult" && medium ? `by ${MEDIA[medium]}` : null);
