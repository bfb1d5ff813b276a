/**
 * Every key of the workspace, once: what binds them, what writes them on buttons, and the sheet of all keys. Pure.
 *
 * `where` is where the focus must be ("everywhere": anywhere but in a dialog); `plain` keys write a sign, so they do
 * nothing while somebody writes. Names are as people read them.
 */

const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

export const GROUPS = [
  { where: "everywhere", title: "Everywhere" },
  { where: "chat", title: "The chat in front" },
  { where: "composer", title: "While writing" },
  { where: "preview", title: "In the Interaction Preview" },
  { where: "call", title: "In the call bar (Enter and Esc as there)" },
  { where: "communicator", title: "In the Team Communicator" },
  { where: "parts", title: "In toolbars, tabs, menus and lists" },
];

/** `enterSends`: the agent's setting. */
export function keymap({ enterSends = true } = {}) {
  return [
    { id: "find", where: "everywhere", words: "Team Communicator", keys: ["Ctrl K"] },
    { id: "preview", where: "everywhere", words: "Interaction Preview, and back", keys: ["F8"] },
    { id: "call", where: "everywhere", words: "Call, and back", keys: ["Shift F8"] },
    { id: "longest", where: "everywhere", words: "Chat that waits longest", keys: ["F9"] },
    { id: "previous", where: "everywhere", words: "Previous chat", keys: ["Alt ↑"] },
    { id: "next", where: "everywhere", words: "Next chat", keys: ["Alt ↓"] },
    { id: "region", where: "everywhere", words: "Next region", keys: ["F6"] },
    { id: "region back", where: "everywhere", words: "Previous region", keys: ["Shift F6"] },
    { id: "status", where: "everywhere", words: "Status", keys: ["F4"] },
    { id: "messages", where: "everywhere", words: "Messages, and back", keys: ["Ctrl M"] },
    { id: "settings", where: "everywhere", words: "Settings", keys: ["Ctrl ,"] },
    { id: "lock", where: "everywhere", words: "Lock now", keys: ["F2"] },
    { id: "help", where: "everywhere", words: "All keys", keys: ["Ctrl /"] },
    { id: "help sign", where: "everywhere", words: "All keys, when not writing", keys: ["?"], plain: true },
    { id: "write", where: "chat", words: "Go to the composer", keys: ["Ctrl J"] },
    { id: "lane", where: "chat", words: "Public or agents only", keys: ["Ctrl ."] },
    { id: "conference", where: "chat", words: "Instant Conference", keys: ["Ctrl I"] },
    { id: "consult", where: "chat", words: "Start Consultation", keys: ["Ctrl U"] },
    { id: "transfer", where: "chat", words: "Instant Transfer", keys: ["Ctrl G"] },
    { id: "beside", where: "chat", words: "Go to the consultation, and back", keys: ["Ctrl B"] },
    { id: "end", where: "chat", words: "Go to End, which says what it does", keys: ["Ctrl E"] },
    { id: "outcome", where: "chat", words: "Go to the disposition", keys: ["Ctrl O"] },
    { id: "done", where: "chat", words: "Go to Mark Done", keys: ["Ctrl D"] },
    { id: "emoji", where: "composer", words: "Emoji", keys: ["Ctrl ;"] },
    { id: "send", where: "composer", words: "Send", keys: enterSends ? ["Enter", "Ctrl Enter"] : ["Ctrl Enter"] },
    { id: "line", where: "composer", words: "New line", keys: enterSends ? ["Shift Enter"] : ["Enter", "Shift Enter"] },
    { id: "accept", where: "preview", words: "Accept", keys: ["Enter"] },
    { id: "reject", where: "preview", words: "Reject", keys: ["Esc"] },
    { id: "mute", where: "call", words: "Mute, and speak again", keys: ["M"] },
    { id: "hit", where: "communicator", words: "Choose a target", keys: ["↑", "↓"] },
    { id: "actions", where: "communicator", words: "What can be done with it", keys: ["Enter", "→"] },
    { id: "close", where: "communicator", words: "Close", keys: ["Esc"] },
    { id: "move", where: "parts", words: "Move", keys: ["↑", "↓", "←", "→", "Home", "End"] },
    { id: "leave", where: "parts", words: "Close a menu or a sheet", keys: ["Esc"] },
  ];
}

/** "Ctrl K", "Shift F6", "?": a sign needs no Shift before it, for it is how the sign is made. */
export function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const name = SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  const held = [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shiftKey && key.length > 1 && "Shift"];
  return [...held, name].filter(Boolean).join(" ");
}

const WIDE = new Set(["everywhere", "chat"]);

/** The key of the whole page that was pressed, if it may act now. `writing`: the focus is in a field. */
export function global(event, { writing }) {
  const name = nameOf(event);
  return keymap().find((one) => WIDE.has(one.where) && one.keys.includes(name) && !(one.plain && writing)) ?? null;
}

export const pressed = (event, id, how) => keyOf(id, how).includes(nameOf(event));

export const keyOf = (id, how) => keymap(how).find((one) => one.id === id).keys;
