/** What an invitation asks of the agent it rings at, in words. Pure. */
import { MEDIA } from "./consultations.js";

const HEADINGS = { conference: "Conference request", consult: "Consultation request", transfer: "Transfer" };

/** "Conference request from Ana"; a routed chat comes from nobody. */
export function headingOf({ kind, from, offline }) {
  const heading = HEADINGS[kind];
  if (!heading) return offline ? "Message left" : "Chat request";
  return from ? `${heading} from ${from}` : heading;
}

const ASKS = {
  conference: "asks you to join",
  consult: "asks for your advice",
  transfer: "passes the chat to you",
};

/** What its inviter wants, before their note if there is one. */
export function wantsOf({ kind, note, consultation }) {
  if (note) return kind === "transfer" ? "passes it on:" : "asks:";
  return `${ASKS[kind] ?? ASKS.conference}${consultation ? ", out of your consultation" : ""}`;
}

/** By which way the two will speak, of a consultation. */
export const mediumOf = ({ kind, medium }) => (kind === "consult" && medium ? `by ${MEDIA[medium]}` : null);
