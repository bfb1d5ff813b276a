/** The agent's voice calls: commands, and the one line of this tab that carries the sound of a call. */
import { Line, MicrophoneError } from "./call.js";
import { ask, forget, refusals } from "./asking.js";
import { OFFLINE } from "./commands.js";
import { config } from "./config.js";
import { computed, effect, signal } from "./html.js";
import { note } from "./input.js";
import { loadCarried, saveCarried } from "./kept.js";
import { leads } from "./lead.js";
import { api, csrfToken, desk, feed, live, now, onEvent, read, socket } from "./state.js";
import { carrier, isOn } from "./store/calls.js";
import { partyOf } from "./store/views.js";

export const CALL = "call";
const GONE = 15_000;
const AWAKE = 15_000;

/** The line of this tab: {id, step, muted, trouble}; `step`: "microphone", "placing" or "open". Null: none. */
export const carried = signal(null);
/** The call as all tabs show it; null while none is to be shown. */
export const call = computed(() => desk.value.call);
/** Rings here: a call that this agent may answer. */
export const incoming = computed(() => isOn(call.value) && call.value.incoming && call.value.state === "ringing");
/** Rings there: the agent waits, in this tab. */
export const waiting = computed(() => isOn(call.value) && !call.value.incoming && call.value.state === "ringing" && carrier(call.value, socket.tab) === "mine");

let line = null;
let servers = [];
let interrupted = null;
let asked = null;

const change = (about) => carried.peek() && (carried.value = { ...carried.peek(), ...about });

// --- commands ---------------------------------------------------------------------------------

/** May the agent call anybody now? True, or why not. */
export const canCall = () => (!live.value ? OFFLINE : carried.value || isOn(call.value) ? "You are in a call already" : true);

/** Calls an agent {id, name}, perhaps about a chat; `party`: as a party of it. */
export function callAgent(target, { interaction = null, party = null } = {}) {
  const path = party ? `interactions/${interaction}/parties/${party}/call` : "calls";
  const body = party ? {} : { agent: target.id, ...(interaction ? { interaction } : {}) };
  return open(target.name ?? target.nickname, () => api.post(path, { ...body, tab: socket.tab }));
}

export const answer = ({ id, other }) => open(other.nickname, () => api.post(`calls/${id}/accept`, { tab: socket.tab }));

/** The sound of a voice consultation: whoever accepted it calls whoever asked. */
export const speak = (consultation, name) => open(name, () => api.post(`consultations/${consultation}/call`, { tab: socket.tab }));

/** After a voice consultation was accepted in this tab. */
export function speakInside(view) {
  const { id, requester } = view.consultations.find((one) => one.consultant === view.my && one.medium === "voice" && one.state === "active") ?? {};
  if (id) speak(id, partyOf(view, requester)?.nickname ?? "your colleague");
}

/** Whoever asked for the consultation is not asked again: the tab that leads answers. */
function answerOwn() {
  const view = call.value;
  if (!incoming.value || !leads.value || !live.value || carried.peek() || !view.consultation || asked === view.id) return;
  const own = Object.values(desk.peek().interactions).some(({ my, consultations }) => consultations?.some(({ id, requester }) => id === view.consultation && requester === my));
  if (!own) return;
  asked = view.id;
  answer(view);
}

export const decline = ({ id }) => ask(CALL, () => api.post(`calls/${id}/decline`)).then(told);

/** From any tab. The sound of this one stops at once, whatever the server says. */
export async function hangUp({ id }, why = "hung_up") {
  if (carried.peek()?.id === id) drop();
  return told(await ask(CALL, () => api.post(`calls/${id}/hang-up`, { why })));
}

/** Nothing was placed yet: the browser is still asked for the microphone. */
export function giveUp() {
  drop();
}

export function toggleMute() {
  if (!line || carried.peek()?.step !== "open") return;
  line.mute(!line.muted);
  change({ muted: line.muted });
}

export const hear = () => line?.hear();

export function putAway({ id }) {
  forget(CALL);
  feed({ type: "call.closed", id });
}

export function callAgain({ other, about }) {
  putAway(call.peek());
  return callAgent({ id: other.id, name: other.nickname }, { interaction: about?.id ?? null });
}

/** The microphone first: a call that nobody could hear is not placed. */
async function open(name, run) {
  if (carried.peek()) return null;
  forget(CALL);
  const mine = new Line({ send: (data) => signalled(mine, data), onState: (state) => heard(mine, state) });
  line = mine;
  carried.value = { id: null, name, step: "microphone", muted: false, trouble: null };
  try {
    await mine.listen();
  } catch (error) {
    if (!(error instanceof MicrophoneError)) throw error;
    return refuse(mine, error);
  }
  return mine === line ? place(mine, run) : null;
}

async function place(mine, run) {
  change({ step: "placing" });
  const answered = await ask(CALL, run);
  if (!answered) return mine === line ? drop() : null;
  if (mine !== line) return hangUp(answered.call);
  servers = answered.ice;
  carried.value = { ...carried.peek(), id: answered.call.id, step: "open" };
  saveCarried(answered.call.id);
  told(answered.call);
  follow();
  return answered.call;
}

function refuse(mine, error) {
  if (mine !== line) return null;
  drop();
  refusals.value = { ...refusals.peek(), [CALL]: error };
  return null;
}

const told = (view) => {
  if (view) feed({ type: "call", ...view });
  return view;
};

function drop() {
  clearTimeout(interrupted);
  line?.close();
  line = null;
  carried.value = null;
  saveCarried("");
  return null;
}

// --- the party action menu --------------------------------------------------------------------

/** {agent: true, or why they cannot be called}, as it was when their menu was opened. */
const reach = signal({});

/** Whether somebody is Ready for voice is not pushed: a menu asks when it is opened. */
export async function askReach(agent) {
  const { results } = await api.get("targets", { only: `agent:${agent}` }).catch(() => ({ results: [] }));
  const can = results[0]?.actions.find((action) => action.verb === "call")?.can;
  if (can !== undefined) reach.value = { ...reach.peek(), [agent]: can };
}

/** Call, as an entry of a party's menu. */
export function partyCall(view, party) {
  const can = canCall() === true ? party.call : canCall();
  return {
    label: "Call", icon: "phone", can: can === true ? reach.value[party.agent] ?? true : can,
    run: () => callAgent({ id: party.agent, name: party.nickname }, { interaction: view.id, party: party.id }),
  };
}

// --- the line ---------------------------------------------------------------------------------

/** Before the accept nobody is there to hear it. */
function signalled(mine, data) {
  const { id } = carried.peek() ?? {};
  const ringing = call.peek()?.id === id && call.peek().state === "ringing";
  if (mine === line && id && !ringing) socket.send({ type: "signal", call: id, data });
}

/** What the line says of itself. */
function heard(mine, state) {
  const held = carried.peek();
  if (mine !== line || !held) return;
  clearTimeout(interrupted);
  if (state === "lost") return void over(held.id, "lost");
  if (state === "interrupted") interrupted = setTimeout(() => over(held.id, "lost"), GONE);
  if (state === "connected" && !held.connected) ask(`${CALL} connected`, () => api.post(`calls/${held.id}/connected`)).then(told);
  change({ trouble: state === "connected" ? null : state, ...(state === "connected" ? { connected: true } : {}) });
}

/** This page knows that it is over; the server, if it can be reached, tells the other side. */
function over(id, why) {
  drop();
  feed({ type: "call.failed", id, cause: why });
  api.post(`calls/${id}/hang-up`, { why }).then(told, () => {});
}

/** Keeps the line to what the call is: its addresses are ready by the accept, then it speaks; it closes with the end. */
function follow() {
  const held = carried.peek();
  const view = call.peek();
  if (!held?.id || view?.id !== held.id) return;
  if (!isOn(view)) return void drop();
  line.connect({ ice: servers, offers: !view.incoming });
  if (view.state === "connecting") line.say();
}

/** Not connected in time: said here, whatever the browser says and whether or not the server can be reached. */
function watchTime() {
  const view = call.value;
  const held = carried.value;
  if (!held?.id || view?.id !== held.id || view.state !== "connecting" || held.connected) return;
  if (now.value >= Date.parse(view.expires_at)) over(held.id, "not_connected");
}

export function watchCalls() {
  onEvent((event) => {
    if (event.type !== "signal" || !line) return;
    const { id } = carried.peek();
    if (event.call === (id ?? event.call)) line.take(event.data); // before the accept is answered there is no id yet
  });
  effect(() => call.value && follow());
  effect(watchTime);
  effect(answerOwn);
  setInterval(() => carried.peek()?.connected && note({ type: "call" }), AWAKE);
  addEventListener("pagehide", leave);
  addEventListener("beforeunload", (event) => carried.peek()?.id && event.preventDefault());
  onEvent(({ type }) => type === "welcome" && welcomed());
  onEvent(({ type }) => type === "locked" && locked());
}

/** The sound goes with the page: whoever is at the other end hears at once that it does. */
function leave() {
  const id = carried.peek()?.id;
  if (!id) return;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  fetch(`${config.api}calls/${id}/hang-up`, { method: "POST", keepalive: true, headers, body: '{"why":"page"}' }).catch(() => {});
}

/** A call that is carried here and that the desk does not name has ended meanwhile, perhaps behind the lock. */
function welcomed() {
  const held = carried.peek();
  if (!held) return reopened(loadCarried());
  if (held.id && call.peek()?.id !== held.id) read({ what: "call", id: held.id });
}

/** After a reload: the call of the page before is over, and that is said. */
function reopened(id) {
  if (!id) return;
  saveCarried("");
  if (call.peek()?.id === id && isOn(call.peek())) hangUp(call.peek(), "page");
  else read({ what: "call", id });
}

/** What runs goes on behind the lock; what does not yet run could not begin there. */
function locked() {
  const held = carried.peek();
  if (!held || held.connected) return;
  if (held.id) hangUp(held);
  else drop();
}

export const rings = computed(() => leads.value && incoming.value);
