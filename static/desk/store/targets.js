/** Targets of the Team Communicator: their types, how they are grouped, what is said of each. Pure. */

export const TYPES = [
  { type: "agent", one: "Agent", many: "Agents" },
  { type: "group", one: "Agent group", many: "Agent groups", icon: "group" },
  { type: "skill", one: "Skill", many: "Skills", icon: "shield" },
  { type: "queue", one: "Queue", many: "Queues", icon: "queue" },
  { type: "routing_point", one: "Routing point", many: "Routing points", icon: "route" },
];

export const VIEWS = [
  { view: "all", label: "All" },
  { view: "favourites", label: "Favourites" },
  { view: "recent", label: "Recent" },
];

const kindOf = (target) => TYPES.find(({ type }) => type === target.type);

export const keyOf = (target) => `${target.type}-${target.id}`;
export const iconOf = (target) => kindOf(target)?.icon ?? null;

/** By type under headings; recent ones stay in their order, newest first. */
export function grouped(hits, view) {
  const all = view === "recent" ? [{ key: "recent", title: "Recent, newest first", hits }] : TYPES.map((kind) => byType(kind, hits));
  return all.filter((group) => group.hits.length);
}

const byType = ({ type, many }, hits) => ({ key: type, title: many, hits: hits.filter((hit) => hit.type === type) });

/** As the arrows go through them. */
export const inOrder = (hits, view) => grouped(hits, view).flatMap((group) => group.hits);

/** Under no heading of its type a hit says its type itself. */
export function factsOf(hit, view) {
  const kind = view === "recent" && hit.type !== "agent" && kindOf(hit).one;
  const corporate = hit.favourite === "corporate" && "corporate favourite";
  return [kind, hit.presence.text, hit.department, corporate].filter(Boolean).join(", ");
}

/** What can be done about a favourite: `can` is true, or the reason why not. */
export function starOf({ favourite }) {
  if (favourite === "corporate") return { on: true, label: "Remove from favourites", can: "a corporate favourite, kept for everybody" };
  return favourite ? { on: true, label: "Remove from favourites", can: true } : { on: false, label: "Add to favourites", can: true };
}

/** Why there is nothing to choose from. */
export function noHits({ query, view }) {
  if (query.trim()) return `Nothing found for "${query.trim()}"`;
  if (view === "favourites") return "No favourites here. The star beside a target adds it.";
  return view === "recent" ? "Nobody invited lately" : "Nothing found";
}
