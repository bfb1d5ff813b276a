/** Codes in their folders: the tree, what of it is open, what a key does in it, and search. Pure. */

const BETWEEN = " / ";
export const HITS = 40;

/** Letters without case and accents, as one types them. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Nodes as the server lists them, each folder before what is in it. */
export function grow(nodes) {
  const byId = new Map();
  const tops = [];
  for (const { id, parent, kind, name } of nodes) {
    const above = byId.get(parent) ?? null;
    const path = above ? above.path + BETWEEN + name : name;
    const node = { id, name, path, folder: kind === "folder", above, inside: [], text: plain(path), last: plain(name) };
    byId.set(id, node);
    (above ? above.inside : tops).push(node);
  }
  return { tops, byId, codes: [...byId.values()].filter((node) => !node.folder) };
}

/** "Billing / Refund" of a code in it; "" at the top. */
export const placeOf = (code) => code.above?.path ?? "";

/** Runs of codes that stand in the same folder, for lists without a tree. */
export function byPlace(codes) {
  const groups = [];
  for (const code of codes) {
    const place = placeOf(code);
    if (groups.at(-1)?.place !== place) groups.push({ place, codes: [] });
    groups.at(-1).codes.push(code);
  }
  return groups;
}

/** Ids of the folders above these codes. */
export function above(tree, ids) {
  const found = new Set();
  for (const id of ids) {
    for (let node = tree.byId.get(id)?.above; node; node = node.above) found.add(node.id);
  }
  return found;
}

/** What is seen of the tree while these folders are open, in order. */
export function rowsOf(tree, open) {
  const rows = [];
  const walk = (nodes, level) =>
    nodes.forEach((node, index) => {
      rows.push({ node, level, place: index + 1, size: nodes.length });
      if (node.folder && open.has(node.id)) walk(node.inside, level + 1);
    });
  walk(tree.tops, 1);
  return rows;
}

const withOne = (set, id) => new Set([...set, id]);
const withoutOne = (set, id) => new Set([...set].filter((one) => one !== id));

export const turned = (open, id) => (open.has(id) ? withoutOne(open, id) : withOne(open, id));

/** What a key does with the row `here`: `{here}` goes there, `{open}` opens and closes, `{pick}` chooses; null: nothing. */
export function keyed(tree, open, here, key) {
  const rows = rowsOf(tree, open);
  const at = Math.max(0, rows.findIndex((row) => row.node.id === here));
  const node = rows[at]?.node;
  if (!node) return null;
  const goto = (index) => ({ here: rows[Math.max(0, Math.min(index, rows.length - 1))].node.id });
  const moves = {
    ArrowDown: () => goto(at + 1),
    ArrowUp: () => goto(at - 1),
    Home: () => goto(0),
    End: () => goto(rows.length - 1),
    ArrowRight: () => (node.folder ? (open.has(node.id) ? goto(at + 1) : { open: withOne(open, node.id) }) : {}),
    ArrowLeft: () => (node.folder && open.has(node.id) ? { open: withoutOne(open, node.id) } : node.above ? { here: node.above.id } : {}),
    "*": () => ({ open: new Set([...open, ...(node.above?.inside ?? tree.tops).filter((one) => one.folder).map((one) => one.id)]) }),
    Enter: () => (node.folder ? { open: turned(open, node.id) } : { pick: node.id }),
    " ": () => (node.folder ? { open: turned(open, node.id) } : { pick: node.id }),
  };
  return moves[key]?.() ?? null;
}

/** Type-ahead: the next row that begins with these letters; the same letter again goes on to the next. */
export function typed(tree, open, here, letters) {
  const rows = rowsOf(tree, open);
  const at = rows.findIndex((row) => row.node.id === here);
  const same = new Set(letters).size === 1;
  const sought = plain(same ? letters[0] : letters);
  const from = same || letters.length === 1 ? at + 1 : Math.max(0, at);
  const turned = [...rows.slice(from), ...rows.slice(0, from)];
  return turned.find((row) => row.node.last.startsWith(sought))?.node.id ?? null;
}

/** Every word must be somewhere in the path; names that begin with the first one come first. */
export function search(tree, query) {
  const words = plain(query).split(/[\s/]+/).filter(Boolean);
  if (!words.length) return [];
  const fits = tree.codes.filter((code) => words.every((word) => code.text.includes(word)));
  const rank = (code) => (code.last.startsWith(words[0]) ? 0 : code.last.includes(words[0]) ? 1 : 2);
  return fits.map((code) => ({ code, rank: rank(code) })).sort((a, b) => a.rank - b.rank).map(({ code }) => code);
}

/** The choice after a click on `id`; null when no more may be chosen. Of one, the new takes the place of the old. */
export function toggled(picked, id, max) {
  if (picked.includes(id)) return picked.filter((one) => one !== id);
  if (max === 1) return [id];
  return picked.length < max ? [...picked, id] : null;
}

export const fullWords = (max) => `At most ${max}. Take one away first.`;

/** What stands beside the heading. `level`: met, hard, soft, or none where nothing is asked. */
export function needOf({ rule, count, over, early }) {
  if (!rule.required) return { level: "none", words: count > 1 ? `${count} of ${rule.max}` : "not required" };
  if (count) return { level: "met", words: rule.max > 1 ? `set, ${count} of ${rule.max}` : "set" };
  if (early) return { level: "soft", words: "required, after the chat" };
  return over ? { level: "hard", words: "missing" } : { level: "soft", words: "required" };
}
