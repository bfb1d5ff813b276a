/** The agent's call: its frames in, state out, and how it stands in words. Pure. */
import { clock } from "../words.js";

const at = (time) => Date.parse(time);

export const isOn = (call) => !!call && call.state !== "ended";

/** The newest call of the agent; an ended one stays until it is put away. Frames may be late, doubled or lost. */
export function takeCall(state, call) {
  const held = state.call;
  if (call.id === state.callClosed) return state;
  const older = held && held.id !== call.id && at(call.placed_at) < at(held.placed_at);
  if (older || (held?.id === call.id && call.version <= held.version)) return state;
  return { ...state, call };
}

/** A desk names a call that lives; what became of one that it does not name is asked for. */
export function takeDeskCall(state, call) {
  if (call) return [takeCall(state, call), []];
  return [state, isOn(state.call) ? [{ what: "call", id: state.call.id }] : []];
}

/** This page knows that it is over before the server says so; the server's word counts then. */
export function failed(state, { id, cause }) {
  const { call } = state;
  if (call?.id !== id || !isOn(call)) return state;
  return { ...state, call: { ...call, state: "ended", cause, by: null } };
}

export function putAway(state, { id }) {
  return state.call?.id === id ? { ...state, call: null, callClosed: id } : state;
}

/** "mine": this tab carries the sound; "other": another tab or browser of the agent; "none": nobody has answered. */
export function carrier(call, tab) {
  if (!call.tab) return "none";
  return call.tab === tab ? "mine" : "other";
}

/** How a live call stands, in words. */
export function callWords(call, tab) {
  const name = call.other.nickname;
  const away = carrier(call, tab) === "other" ? ", in another tab" : "";
  if (call.state === "ringing") return call.incoming ? `${name} is calling` : `Calling ${name}${away}`;
  if (call.state === "connecting") return `Connecting to ${name}${away}`;
  return `In a call with ${name}${away}`;
}

const ENDS = {
  hung_up: ({ name, mine }) => (mine ? `The call with ${name} has ended` : `${name} hung up`),
  cancelled: ({ name, mine }) => (mine ? `You cancelled the call to ${name}` : `Missed call from ${name}`),
  declined: ({ name, mine }) => (mine ? `You declined the call from ${name}` : `${name} declined the call`),
  unanswered: ({ name, incoming }) => (incoming ? `Missed call from ${name}` : `${name} did not answer`),
  not_connected: ({ name }) => `No connection to ${name} within ten seconds. Try again; if it stays so, tell your administrator`,
  microphone: ({ name, mine }) => (mine ? `The call with ${name} ended: your microphone cannot be used` : `The call ended: ${name}'s microphone cannot be used`),
  page: ({ name, mine }) => (mine ? `The call with ${name} ended because this page was closed or reloaded` : `The call ended: ${name}'s page was closed or reloaded`),
  consultation: ({ name }) => `The consultation with ${name} has ended, and the call with it`,
  lost: ({ name }) => `The connection to ${name} was lost, so the call has ended`,
};

/** How a call ended, in words, and after how long. */
export function endWords(call) {
  const about = { name: call.other.nickname, mine: call.by === "me", incoming: call.incoming };
  const words = (ENDS[call.cause] ?? (({ name }) => `The call with ${name} has ended`))(about);
  return call.connected_at ? `${words}, after ${clock((at(call.ended_at ?? call.connected_at) - at(call.connected_at)) / 1000)}.` : `${words}.`;
}

/** What the agent did themselves, as they wanted, need not be said. */
export const isNoNews = (call) => call.by === "me" && ["hung_up", "cancelled", "declined"].includes(call.cause);

/** Calling the same person again makes sense. */
export const canTryAgain = (call) => ["unanswered", "not_connected", "lost", "page", "microphone", "cancelled"].includes(call.cause);

/** "Network, about Kim Lee" */
export const aboutWords = ({ other, about }) => [other.department, about && `about ${about.name}`].filter(Boolean).join(", ");

// --- status of the channels -----------------------------------------------------------------------

const BEST = ["ready", "after_call_work", "not_ready", "do_not_disturb", "logged_off"];

/** All channels as one: {status, words, since}: "Ready", or "Ready on 1 of 2" where they differ. */
export function aggregate(channels, wordsOf) {
  if (!channels.length) return null;
  const best = [...channels].sort((a, b) => BEST.indexOf(a.status) - BEST.indexOf(b.status))[0];
  const same = channels.filter((one) => wordsOf(one) === wordsOf(best));
  const words = same.length === channels.length ? wordsOf(best) : `${wordsOf(best)} on ${same.length} of ${channels.length}`;
  return { status: best.status, words, since: same.map((one) => one.since).sort().at(-1) };
}
