/** What the agent does. Each command goes over HTTP; its refusal stays, in words, at the place where it was given. */
import { leave } from "./config.js";
import { computed, signal } from "./html.js";
import { ahead, settled } from "./settings.js";
import { api, feed, live, now, select, socket } from "./state.js";

export const OFFLINE = "Needs the connection";

/** {place: ApiError}; places are named by those who show them. */
export const refusals = signal({});
const busy = signal(new Set());

export const isBusy = (place) => busy.value.has(place);
export const usable = computed(() => (live.value ? true : OFFLINE));

/** What the server allows, unless there is no connection to ask it with. */
export const allowed = (can) => (live.value ? can : OFFLINE);

export function forget(place) {
  const { [place]: gone, ...rest } = refusals.value;
  refusals.value = rest;
}

/** Runs once at a time per place. Returns the answer, or null when it was refused. */
export async function ask(place, run) {
  if (busy.peek().has(place)) return null;
  forget(place);
  busy.value = new Set([...busy.peek(), place]);
  try {
    return await run();
  } catch (error) {
    refusals.value = { ...refusals.peek(), [place]: error };
    return null;
  } finally {
    busy.value = new Set([...busy.peek()].filter((other) => other !== place));
  }
}

/** Commands on an interaction answer with its fresh snapshot. */
export async function change(place, run) {
  const view = await ask(place, run);
  if (view?.id) feed({ type: "fetched.interaction", view });
  return view;
}

/** `channel`: chat, voice or all. `afterLast`: chat only when the last one is over; until then no new one is offered. */
export async function setStatus({ status, reason = null }, { channel = "chat", afterLast = false } = {}) {
  const body = { channel, status, ...(reason ? { reason } : {}), ...(afterLast ? { after_last: true } : {}) };
  const agent = await ask("status", () => api.post("me/status", body));
  if (agent) feed({ type: "agent", ...agent });
  return agent;
}

let settling = Promise.resolve();

/** One after the other: none is lost because another is on its way. Every tab gets them with the agent's state. */
export function setSettings(given) {
  ahead(given);
  settling = settling.then(async () => {
    const agent = await ask("settings", () => api.post("me/settings", given));
    if (agent) feed({ type: "agent", ...agent });
    settled(given);
  });
  return settling;
}

/** All tabs of the agent lock; this one at once. */
export async function lockNow() {
  if (await ask("status", () => api.post("me/lock"))) socket.again();
}

export async function unlock(password) {
  const answer = await ask("unlock", () => api.post("me/unlock", { password }));
  if (answer) socket.again();
  return answer;
}

/** Logs off all channels, then ends the session; refused while chats are open. */
export async function logOff() {
  const done = await ask("status", () => api.post("me/status", { channel: "all", status: "logged_off" }));
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
  ask(place, () => api.post(`invitations/${invitation.id}/cancel`));

/** `whom`: a target, or the `consultation` whose consultant is meant. */
const asked = ({ type, id, consultation }, note) => ({ ...(consultation ? { consultation } : { target: { type, id } }), ...(note ? { note } : {}) });

/** Each is given in the Team Communicator or beside a consultation: `place` is where its refusal stands. */
export const conference = (view, whom, note, place = "communicator") =>
  ask(place, () => api.post(`interactions/${view.id}/conference`, asked(whom, note)));

export const consult = (view, target, medium, note) =>
  ask("communicator", () => api.post(`interactions/${view.id}/consultations`, { ...asked(target, note), medium }));

/** `asMessage`: the contact agreed to leave a message there. */
export async function transfer(view, whom, note, { asMessage = false, place = "communicator" } = {}) {
  const body = { ...asked(whom, note), version: view.owner_version, ...(asMessage ? { as_message: true } : {}) };
  const answer = await ask(place, () => api.post(`interactions/${view.id}/transfer`, body));
  if (answer) feed({ type: "fetched.interaction", view: answer.interaction });
  return answer;
}

export const makeTransfer = (view, invitation) =>
  change(`window ${view.id}`, () => api.post(`invitations/${invitation.id}/transfer`, { version: view.owner_version }));

/** Where what is said of one consultation stands. */
export const besidePlace = (one) => `consultation ${one.id}`;

export const endConsultation = (one) => change(besidePlace(one), () => api.post(`consultations/${one.id}/end`));

export function favourite(target, on) {
  const path = `me/favourites/${target.type}/${target.id}`;
  return ask("communicator", () => (on ? api.put(path, {}) : api.delete(path)));
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
  change(`window ${view.id}`, () => api.delete(`interactions/${view.id}/parties/${party.id}?version=${view.owner_version}`));

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
