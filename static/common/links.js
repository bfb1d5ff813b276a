/** Cuts a text into plain pieces and links; http and https only, so nothing a party writes can run. */

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/gi;
const TAIL = /[.,:;!?'*_]+$/;

/** "see https://a.example." -> [{text: "see "}, {text: "https://a.example", href: "https://a.example/"}, {text: "."}] */
export function pieces(text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = safe(address);
    if (!href) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** A full stop after an address, or the bracket around it, is not part of it. */
function trimmed(address) {
  let short = address.replace(TAIL, "");
  while (/[)\]}]$/.test(short) && !balanced(short)) short = short.slice(0, -1).replace(TAIL, "");
  return short;
}

function balanced(address) {
  const close = address.at(-1);
  const open = { ")": "(", "]": "[", "}": "{" }[close];
  return address.split(open).length >= address.split(close).length;
}

function safe(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
