/** Ana handles, Bo is invited, Kim is the contact: the smallest objects the store takes. */

export const NOW = Date.parse("2026-03-04T14:00:00Z");
export const iso = (seconds) => new Date(NOW + seconds * 1000).toISOString();

export const ANA = "a0000000-0000-4000-8000-00000000000a";
export const BO = "b0000000-0000-4000-8000-00000000000b";
export const KIM = "c0000000-0000-4000-8000-00000000000c";

export function party(id, more = {}) {
  const agent = id !== KIM;
  return {
    id, kind: agent ? "agent" : "contact", agent: agent ? `agent-${id}` : null, nickname: { [ANA]: "Ana", [BO]: "Bo", [KIM]: "Kim Lee" }[id],
    department: agent ? "Billing" : "", role: id === ANA ? "owner" : agent ? "conference" : "contact", connection: "connected",
    joined_at: iso(0), left_at: null, invited_by: null, seen: {}, delivered: {}, delete: "no", call: true, ...more,
  };
}

export function lane(name, more = {}) {
  return { lane: name, start: 1, head: 0, seen: 0, unanswered_since: null, ...more };
}

export function interaction(id, more = {}) {
  return {
    id, version: 1, state: "active", my: ANA, owner: ANA, owner_version: 1, title: "Kim Lee", contact: { id: "k", name: "Kim Lee" }, email: "",
    queue: { id: "q", name: "Billing" }, routing_point: { id: "r", name: "website" }, created_at: iso(0), waited_since: iso(0),
    active_since: iso(0), ended_at: null, parties: [party(KIM), party(ANA)], lanes: [lane("public"), lane("internal")], invitations: [], consultations: [], case: [],
    segment: { joined_at: iso(0), left_at: null, disposition: [], rule: null, note: "", slot_until: null, closes_at: null }, earlier: [], mails: [], end: null,
    can: { public: true, internal: true, conference: true, end: true, disposition: true, history: true, note: true, done: "End your part first" }, ...more,
  };
}

export function agent(more = {}) {
  return { id: "ana", version: 1, name: "Ana Ruiz", nickname: "Ana", channels: [], load: 0, capacity: 4, unclosed: 0, notice: null, after_last: null, tails: [], ...more };
}

export function desk(interactions = [], more = {}) {
  const options = { text_limit: 2000, pending_amber: 30, pending_red: 60, typing_timeout: 10 };
  const inbox = { version: 0, unread: 0, conversations: [] };
  return { agent: agent(), interactions, invitations: [], menu: [], queues: [], inbox, options, time: iso(0), ...more };
}

export function line(interaction, number, more = {}) {
  return { interaction, lane: "public", number, party: KIM, kind: "text", text: `line ${number}`, at: iso(number), id: `line-${more.lane ?? "public"}-${number}`, ...more };
}

export const message = (...args) => ({ type: "message", ...line(...args) });
export const frame = (view, cause = "test") => ({ type: "interaction", cause, ...view });
