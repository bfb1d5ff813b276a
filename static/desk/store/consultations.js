/** Consultations beside a chat: whose they are, how they stand in words, and their lane in the shape of a chat of two. Pure. */
import { at, firstName, isLive, laneLines, mine, partyOf } from "./views.js";

export const MEDIA = { chat: "chat", voice: "voice", im: "instant message" };

/** Those whose lane is read here, in the order they began. */
export const ownConsultations = (view) => view.consultations.filter((one) => one.mine).sort((a, b) => at(a.started_at) - at(b.started_at));

export const isActive = (one) => one.state === "active";

/** Those that I began and that go on: what a conference or a transfer can come from. */
export const askedByMe = (view) => view.consultations.filter((one) => isActive(one) && one.mine && isMine(view, one.requester));

/** Also of an earlier stretch in the same chat. */
const isMine = (view, id) => id === view.my || (partyOf(view, id)?.agent ?? null) === mine(view)?.agent;

/** Who the other of the two is. */
export function otherOf(view, one) {
  return partyOf(view, isMine(view, one.requester) ? one.consultant : one.requester);
}

export const laneView = (view, one) => view.lanes.find(({ lane }) => lane === one.id) ?? null;

const nameOf = (view, id) => partyOf(view, id)?.nickname ?? "a former party";

/** Why it is over, as its last line says it too. */
export function endWords(view, one) {
  const [requester, consultant] = [nameOf(view, one.requester), nameOf(view, one.consultant)];
  return {
    conference: `${consultant} joined the chat.`,
    transfer: `${consultant} took the chat.`,
    left: `${requester} left the chat.`,
    over: "The chat is over.",
    lost: `${consultant} lost the connection.`,
  }[one.cause] ?? "";
}

/** What has become of one's own consultations between two snapshots, in words. */
export function turnsOf(before, view) {
  const was = (one) => before.consultations.find(({ id }) => id === one.id)?.state;
  return ownConsultations(view).filter((one) => one.state !== was(one)).map((one) => {
    const name = otherOf(view, one)?.nickname;
    return isActive(one) ? `Consultation with ${name} has begun.` : `Consultation with ${name} has ended. ${endWords(view, one)}`.trim();
  });
}

/** What a chip or a hit says of it: for the two, and for the chat's other agents. */
export function consultWords(view, one) {
  const by = isMine(view, one.requester) ? "you" : nameOf(view, one.requester);
  return `consulted by ${by}${one.medium === "chat" ? "" : `, ${MEDIA[one.medium]}`}`;
}

export const ofConsultant = (view, party) => view.consultations.find((one) => one.consultant === party.id) ?? null;

/** Who does not read the lane, by name: "Kim and Bo do not see this". */
export function outsiders(view, one) {
  const inside = [one.requester, one.consultant];
  const here = view.parties.filter((party) => party.connection !== "ended" && !inside.includes(party.id) && party.id !== view.my);
  return here.map((party) => (party.kind === "contact" ? firstName(party.nickname) : party.nickname));
}

/** Who reads the public lane without being in the chat. By instant message nobody reads along. */
export function alongside(view) {
  const reading = view.consultations.filter((one) => isActive(one) && one.medium !== "im" && one.consultant !== view.my);
  return reading.map((one) => nameOf(view, one.consultant));
}

/** Lines of others in this lane past the own mark. */
export function unreadIn(state, view, one) {
  const lane = laneView(view, one);
  return laneLines(state, view.id, one.id).filter((line) => line.number > (lane?.seen ?? 0) && line.kind === "text" && !isMine(view, line.party));
}

/** Does it stand beside a chat that goes on for me? */
export const canWriteIn = (view, one) => laneView(view, one)?.write ?? (isLive(view) ? "You do not read this consultation." : "This chat has ended.");

const shaped = (line) => ({ ...line, lane: "public" });

/** Its lines, and the chat of two that they belong to, so that they are drawn by the same parts as any lines. */
export function asTalk(state, view, one) {
  const mark = (marks) => (one.id in marks ? { public: marks[one.id] } : {});
  const parties = view.parties.map((party) => ({ ...party, kind: party.kind === "consultant" ? "agent" : party.kind, seen: mark(party.seen), delivered: mark(party.delivered) }));
  const written = state.written.filter((line) => line.interaction === view.id && line.lane === one.id).map(shaped);
  return {
    chat: { id: view.id, my: isMine(view, one.requester) ? one.requester : one.consultant, segment: {}, lanes: [], parties },
    lines: laneLines(state, view.id, one.id).map(shaped),
    state: { written },
  };
}
