/** Snapshots by version: the higher wins, whatever order they arrive in. Heads and marks only ever grow. */

/** The copy to keep of one interaction. `fresh`: just read, so the same version may replace the held one. */
export function newer(held, next, { fresh = false } = {}) {
  if (!held) return next;
  if (next.version < held.version || (next.version === held.version && !fresh)) return held;
  return { ...next, lanes: lanes(held, next), parties: left(next) ? next.parties : parties(held, next) };
}

/** Who left keeps their own marks only. */
const left = (view) => !!view.parties.find((party) => party.id === view.my)?.left_at;

/** A snapshot may be built before a line whose frame overtook it. */
function lanes(held, next) {
  return next.lanes.map((lane) => {
    const old = held.lanes.find((other) => other.lane === lane.lane);
    if (!old) return lane;
    const seen = Math.max(old.seen, lane.seen);
    return old.head > lane.head ? { ...lane, head: old.head, unanswered_since: old.unanswered_since, seen } : { ...lane, seen };
  });
}

function parties(held, next) {
  return next.parties.map((party) => {
    const old = held.parties.find((other) => other.id === party.id);
    return old ? { ...party, seen: highest(old.seen, party.seen), delivered: highest(old.delivered, party.delivered) } : party;
  });
}

function highest(a, b) {
  const both = { ...a, ...b };
  for (const lane of Object.keys(both)) both[lane] = Math.max(a[lane] ?? 0, b[lane] ?? 0);
  return both;
}

/** A line changes the lane's head and, in the public lane, whether the contact waits for an answer. */
export function withLine(view, line) {
  const lanes = view.lanes.map((lane) => {
    if (lane.lane !== line.lane || line.number <= lane.head) return lane;
    return { ...lane, head: line.number, unanswered_since: unanswered(view, lane, line) };
  });
  return { ...view, lanes };
}

function unanswered(view, lane, line) {
  if (lane.lane !== "public" || line.kind !== "text") return lane.unanswered_since;
  const author = view.parties.find((party) => party.id === line.party);
  return author?.kind === "contact" ? lane.unanswered_since ?? line.at : null;
}

/** `type` of the mark: "seen" or "delivered". Who has seen a line has received it. */
export function withMark(view, { type, lane: name, party: id, number }) {
  const reached = { [name]: number };
  const parties = view.parties.map((party) => {
    if (party.id !== id) return party;
    const delivered = highest(party.delivered, reached);
    return { ...party, delivered, seen: type === "seen" ? highest(party.seen, reached) : party.seen };
  });
  if (id !== view.my || type !== "seen") return { ...view, parties };
  const lanes = view.lanes.map((lane) => (lane.lane === name ? { ...lane, seen: Math.max(lane.seen, number) } : lane));
  return { ...view, parties, lanes };
}

/** All marks of a lane added up, as the heads have them: they only rise, so less than there is means: missed. */
export const marksOf = (view, lane) => view.parties.reduce((sum, { seen, delivered }) => sum + (seen[lane] ?? 0) + (delivered[lane] ?? 0), 0);
