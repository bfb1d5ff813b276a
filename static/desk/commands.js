/** What the agent does. Each command goes over HTTP; its refusal stays, in words, at the place where it was given. */
import { ask, forget, inTurn, refusals } from "./asking.js";
import { leave } from "./config.js";
import { computed, signal } from "./html.js";
import { ahead, settled } from "./settings.js";
import { api, feed, live, now, select, socket } from "./state.js";

export const OFFLINE = "Needs the connection";

export const usable = computed(() => (live.value ? true : OFFLINE));

/** What the server allows, unless there is no connection to ask it with. */
export const allowed = (can) => (live.value ? can : OFFLINE);

/** Commands on an interaction answer with its fresh snapshot. */
export async function change(place, run, what) {
  const view = await ask(place, run, what);
  if (view?.id) feed({ type: "fetched.interaction", view });
  return view;
}

/** `channel`: chat, voice or all. `afterLast`: chat only when the last one is over; until then no new one is offered. */
export async function setStatus({ status, reason = null }, { channel = "chat", afterLast = false } = {}) {
  const body = { channel, status, ...(reason ? { reason } : {}), ...(afterLast ? { after_last: true } : {}) };
  const agent = await inTurn("status", () => api.post("me/status", body));
  if (agent) feed({ type: "agent", ...agent });
  return agent;
}

/** None is lost because another is on its way. Every tab gets them with the agent's state. */
export async function setSettings(given) {
  ahead(given);
  const agent = await inTurn("settings", () => api.post("me/settings", given));
  if (agent) feed({ type: "agent", ...agent });
  settled(given);
}

/** All tabs of the agent lock; this one at once. */
export async function lockNow() {
  if (await ask("status", () => api.post("me/lock"), "lock")) socket.again();
}

export async function unlock(password) {
  const answer = await ask("unlock", () => api.post("me/unlock", { password }));
  if (answer) socket.again();
  return answer;
}

/** Logs off all channels, then ends the session; refused while chats are open. */
export async function logOff() {
  const done = await inTurn("status", () => api.post("me/status", { channel: "all", status: "logged_off" }));
  if (done) leave();
}

/** The server keeps who signs out elsewhere with chats open; here stands which ones. */
export function tellOpen(views) {
  const interactions = views.map((view) => ({ id: view.id, name: view.contact.name }));
  const error = { code: "interactions_open", message: "You are still logged on: these chats are open.", detail: { interactions } };
  refusals.value = { ...refusals.value, status: error };
}

export async function accept(invitation) {
  const answer = await ask(`invitation ${invitation.id}`, () => api.post(`invitations/${invitation.id}/accept`));
  if (!answer) return fade(invitation);
  feed({ type: "invitation", ...invitation, state: "accepted" });
  feed({ type: "fetched.interaction", view: answer.interaction });
  select(answer.interaction.id);
  return answer.interaction;
}

/** Nobody clicked. A refusal is no news: then it rings on, or has gone. What the agent looks at stays. */
export async function acceptByItself(invitation, automatic) {
  const place = `invitation ${invitation.id}`;
  const answer = await ask(place, () => api.post(`invitations/${invitation.id}/accept`, { automatic }));
  forget(place);
  if (!answer) return null;
  feed({ type: "invitation", ...invitation, state: "accepted" });
  feed({ type: "fetched.interaction", view: answer.interaction });
  return answer.interaction;
}

export async function reject(invitation) {
  const answer = await ask(`invitation ${invitation.id}`, () => api.post(`invitations/${invitation.id}/reject`));
  if (answer) feed({ type: "invitation", ...invitation, state: "rejected" });
  else fade(invitation);
}

/** Refused invitations: what was asked for stays in view with the server's words until it is put away. */
export const faded = signal([]);

function fade(invitation) {
  const error = refusals.value[`invitation ${invitation.id}`];
  if (!error || error.status === 0) return null;
  forget(`invitation ${invitation.id}`);
  faded.value = [...faded.value.filter((one) => one.id !== invitation.id), { ...invitation, words: error.message }];
  feed({ type: "invitation", ...invitation, state: "revoked" });
  return null;
}

export function putAway(id) {
  faded.value = faded.value.filter((one) => one.id !== id);
}

export const cancel = (view, invitation, place = `window ${view.id}`) =>
  ask(place, () => api.post(`invitations/${invitation.id}/cancel`), `cancel ${invitation.id}`);

/** `whom`: a target, or the `consultation` whose consultant is meant. */
const asked = ({ type, id, consultation }, note) => ({ ...(consultation ? { consultation } : { target: { type, id } }), ...(note ? { note } : {}) });

const named = (verb, view, { type, id, consultation }) => [verb, view.id, type ?? "consultation", id ?? consultation].join(" ");

/** Each is given in the Team Communicator or beside a consultation: `place` is where its refusal stands. */
export const conference = (view, whom, note, place = "communicator") =>
  ask(place, () => api.post(`interactions/${view.id}/conference`, asked(whom, note)), named("conference", view, whom));

export const consult = (view, target, medium, note) =>
  ask("communicator", () => api.post(`interactions/${view.id}/consultations`, { ...asked(target, note), medium }), named(`consult ${medium}`, view, target));

/** `asMessage`: the contact agreed to leave a message there. */
export async function transfer(view, whom, note, { asMessage = false, place = "communicator" } = {}) {
  const body = { ...asked(whom, note), version: view.owner_version, ...(asMessage ? { as_message: true } : {}) };
  const answer = await ask(place, () => api.post(`interactions/${view.id}/transfer`, body), named("transfer", view, whom));
  if (answer) feed({ type: "fetched.interaction", view: answer.interaction });
  return answer;
}

export const makeTransfer = (view, invitation) =>
  change(`window ${view.id}`, () => api.post(`invitations/${invitation.id}/transfer`, { version: view.owner_version }), `transfer ${invitation.id}`);

/** Where what is said of one consultation stands. */
export const besidePlace = (one) => `consultation ${one.id}`;

export const endConsultation = (one) => change(besidePlace(one), () => api.post(`consultations/${one.id}/end`));

export function favourite(target, on) {
  const path = `me/favourites/${target.type}/${target.id}`;
  return ask("communicator", () => (on ? api.put(path, {}) : api.delete(path)), `${on} ${path}`);
}

/** Sends what the button said. When that is no longer true the answer says what End would do now. */
export async function end(view, { passTo } = {}) {
  const { expect, pass_to: given } = view.end;
  const body = { version: view.owner_version, expect, ...(passTo ?? given ? { pass_to: passTo ?? given } : {}) };
  const answer = await change(`end ${view.id}`, () => api.post(`interactions/${view.id}/end`, body));
  const fresh = refusals.value[`end ${view.id}`]?.detail.interaction;
  if (fresh) feed({ type: "fetched.interaction", view: fresh });
  return answer;
}

/** The open invitations first; what End does then is asked of the server, not remembered. */
export async function cancelAndEnd(view) {
  const open = view.invitations.filter((one) => one.kind !== "route" && one.cancel === true);
  for (const invitation of open) await cancel(view, invitation);
  const fresh = await change(`end ${view.id}`, () => api.get(`interactions/${view.id}`));
  if (fresh?.end?.expect === view.end.expect) await end(fresh);
}

export const remove = (view, party) =>
  change(`window ${view.id}`, () => api.delete(`interactions/${view.id}/parties/${party.id}?version=${view.owner_version}`), `remove ${party.id}`);

export const setDisposition = (view, codes) =>
  change(`outcome ${view.id}`, () => api.put(`interactions/${view.id}/disposition`, { codes }));

export async function markDone(view) {
  const answer = await ask(`window ${view.id}`, () => api.post(`interactions/${view.id}/done`));
  if (answer) feed({ type: "gone", interaction: view.id });
  return answer;
}

/** More seconds of after-call work, or with 0 its end; the agent's frame says what is left. */
export const setTail = (tail, seconds) =>
  ask(`tail ${tail.interaction}`, () => api.post(`interactions/${tail.interaction}/tail`, { seconds }));

// --- lines ------------------------------------------------------------------------------------

export function say(view, lane, text) {
  const at = new Date(now.peek()).toISOString();
  const id = socket.say({ interaction: view.id, lane, text });
  feed({ type: "line.written", line: { id, interaction: view.id, lane, text, at } });
}

export const throwAway = (line) => feed({ type: "line.thrown", id: line.id });
