/** Targets of the Team Communicator: their types, how they are grouped, what is said of each. Pure. */
import { dayOf, timeOf } from "../words.js";

export const TYPES = [
  { type: "agent", one: "Agent", many: "Agents" },
  { type: "group", one: "Agent group", many: "Agent groups", icon: "group" },
  { type: "skill", one: "Skill", many: "Skills", icon: "shield" },
  { type: "queue", one: "Queue", many: "Queues", icon: "queue" },
  { type: "routing_point", one: "Routing point", many: "Routing points", icon: "route" },
  { type: "contact", one: "Contact", many: "Contacts" },
];

/** What the Team Communicator was opened for: its name, and the actions that come first. */
export const MODES = {
  conference: { title: "Instant Conference", icon: "conference", verbs: ["conference"] },
  consult: { title: "Start Consultation", icon: "consult", verbs: ["consult_chat", "consult_voice", "consult_im"] },
  transfer: { title: "Instant Transfer", icon: "transfer", verbs: ["transfer", "transfer_message"] },
};

/** Those of the mode first, the others as they come; what cannot be done last, except the mode's own first. */
export function inOrder(actions, mode) {
  const verbs = MODES[mode]?.verbs ?? [];
  const first = verbs.filter((verb) => actions.some((one) => one.verb === verb));
  const rank = (one) => (one.verb === first[0] ? -2 : one.can !== true ? 1 : verbs.includes(one.verb) ? -1 : 0);
  return [...actions].sort((a, b) => rank(a) - rank(b));
}

const CONSULTING = { view: "consultations", label: "Consulting" };

export const VIEWS = [
  { view: "all", label: "All" },
  { view: "favourites", label: "Favourites" },
  { view: "recent", label: "Recent" },
];

/** With consultations going on, their list first. */
export const viewsOf = (consulted) => (consulted.length ? [CONSULTING, ...VIEWS] : VIEWS);

const kindOf = ({ type }) => TYPES.find((kind) => kind.type === type);

export const keyOf = (target) => `${target.type}-${target.id}`;
export const iconOf = (target) => kindOf(target)?.icon ?? null;

/** Under headings of their type, in the order of the best of each; else one list. The last row of a list that goes on says so. */
export function listsOf(hits, { grouped, counts = {}, next = null, title }) {
  if (!hits.length) return [];
  if (!grouped) return [{ key: "all", title, hits, more: next && { key: "more-page", label: "Show more" } }];
  return [...new Set(hits.map((hit) => hit.type))].map((type) => ofType(kindOf({ type }), hits, counts[type] ?? 0));
}

function ofType({ type, many }, hits, count) {
  const own = hits.filter((hit) => hit.type === type);
  const more = count > own.length ? { key: `more-${type}`, type, label: `Show all ${count} ${many.toLowerCase()}` } : null;
  return { key: type, title: more ? `${many}, ${own.length} of ${count}` : many, hits: own, more };
}

/** As the arrows go through them: hits, and the rows that show more. */
export const rowsOf = (lists) => lists.flatMap(({ hits, more }) => [...hits.map((hit) => ({ key: keyOf(hit), hit })), ...(more ? [{ key: more.key, more }] : [])]);

/** One list's heading. */
export function titleOf({ view, type, counts }) {
  if (view === "consultations") return "Active consultations";
  if (view === "recent") return "Recent, newest first";
  const many = type === "all" ? "Best first" : kindOf({ type }).many;
  return `${many}, ${Object.values(counts).reduce((sum, count) => sum + count, 0)}`;
}

/** The same hits in the same order as they stand now; what was asked about and is gone goes. */
export function refreshed(hits, asked, fresh) {
  const now = new Map(fresh.map((hit) => [keyOf(hit), hit]));
  const gone = new Set(asked.filter((key) => !now.has(key)));
  return hits.filter((hit) => !gone.has(keyOf(hit))).map((hit) => now.get(keyOf(hit)) ?? hit);
}

/** More hits below, none twice. */
export function joined(hits, more) {
  const known = new Set(hits.map(keyOf));
  return [...hits, ...more.filter((hit) => !known.has(keyOf(hit)))];
}

/** Under no heading of its type a hit says its type itself. */
export function factsOf(hit, { grouped, now, consulting = null }) {
  const kind = !grouped && hit.type !== "agent" && kindOf(hit).one;
  const corporate = hit.favourite === "corporate" && "corporate favourite";
  return [consulting, kind, stands(hit.presence, now), hit.department, corporate].filter(Boolean).join(", ");
}

function stands({ text, opens }, now) {
  if (!opens) return text;
  const day = new Date(opens).toDateString() === new Date(now).toDateString() ? "" : `${dayOf(opens)} `;
  return text.replace(/^closed/, `closed, opens ${day}${timeOf(opens)}`);
}

/** What can be done about a favourite: `can` is true, or the reason why not. */
export function starOf({ type, favourite }) {
  if (type === "contact") return { on: false, label: "Add to favourites", can: "Contacts come and go with their chats" };
  if (favourite === "corporate") return { on: true, label: "Remove from favourites", can: "a corporate favourite, kept for everybody" };
  return favourite ? { on: true, label: "Remove from favourites", can: true } : { on: false, label: "Add to favourites", can: true };
}

/** Why there is nothing to choose from. */
export function noHits({ query, view, type = "all" }) {
  const among = [type !== "all" && kindOf({ type }).many.toLowerCase(), view === "favourites" && "favourites", view === "recent" && "recent ones"].filter(Boolean);
  if (query.trim()) return `Nothing found for "${query.trim()}"${among.length ? ` among ${among.join(", ")}` : ""}`;
  if (view === "favourites") return "No favourites here. The star beside a target adds it.";
  if (view === "consultations") return "No consultation goes on";
  return view === "recent" ? "Nobody invited lately" : "Nothing found";
}

// --- what was typed, in the name ----------------------------------------------------------------

const WORD = /[\p{L}\p{N}\p{M}'’]+/gu;
const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[\p{M}'’]/gu, "");

/** The name in pieces, `on` where a typed word is found at the start of one of its words. */
export function marked(name, query) {
  const typed = (query.match(WORD) ?? []).map(plain).filter(Boolean);
  const pieces = [];
  let done = 0;
  for (const { 0: word, index } of name.matchAll(WORD)) {
    const length = longestStart(word, typed);
    if (!length) continue;
    pieces.push({ text: name.slice(done, index) }, { text: name.slice(index, index + length), on: true });
    done = index + length;
  }
  return [...pieces, { text: name.slice(done) }].filter(({ text }) => text);
}

/** How many letters of the word are typed. */
function longestStart(word, typed) {
  const lengths = typed.filter((text) => plain(word).startsWith(text)).map((text) => lettersOf(word, text.length));
  return Math.max(0, ...lengths);
}

/** An accent that stands as a sign of its own goes with its letter. */
function lettersOf(word, wanted) {
  const reach = (length) => plain(word.slice(0, length)).length;
  let length = 1;
  while (length < word.length && (reach(length) < wanted || reach(length + 1) === reach(length))) length += 1;
  return length;
}
