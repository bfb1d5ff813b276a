/** What outlives a reload: drafts, per agent, and lines that were not acknowledged yet. Storage may be refused; then it does not. */
import { config } from "./config.js";

/** Per user as well: after another log-in in this tab, nobody's lines may go out under another name. */
const OUTBOX = `parley:outbox:${config.user}`;

function read(storage, key) {
  try {
    return globalThis[storage].getItem(key);
  } catch {
    return null;
  }
}

function write(storage, key, value) {
  try {
    if (value) globalThis[storage].setItem(key, value);
    else globalThis[storage].removeItem(key);
  } catch {
    return;
  }
}

const draftKey = (agent, interaction, lane) => `parley:draft:${agent}:${interaction}:${lane}`;

export const loadDraft = (agent, interaction, lane) => read("localStorage", draftKey(agent, interaction, lane)) ?? "";
export const saveDraft = (agent, interaction, lane, text) => write("localStorage", draftKey(agent, interaction, lane), text);

const talkKey = (agent, colleague) => `parley:talk:${agent}:${colleague}`;

export const loadTalkDraft = (agent, colleague) => read("localStorage", talkKey(agent, colleague)) ?? "";
export const saveTalkDraft = (agent, colleague, text) => write("localStorage", talkKey(agent, colleague), text);

const mailKey = (agent, interaction, party) => `parley:mail:${agent}:${interaction}:${party}`;

/** `draft`: {id, subject, text}, or null to forget it. */
export const loadMailDraft = (agent, interaction, party) => JSON.parse(read("localStorage", mailKey(agent, interaction, party)) ?? "null");
export const saveMailDraft = (agent, interaction, party, draft) => write("localStorage", mailKey(agent, interaction, party), draft ? JSON.stringify(draft) : "");

/** Drafts of chats that have left the desk are of no use to anybody. */
export function dropDrafts(agent, living) {
  try {
    const prefixes = [`parley:draft:${agent}:`, `parley:mail:${agent}:`];
    for (const key of Object.keys(localStorage)) {
      const prefix = prefixes.find((one) => key.startsWith(one));
      if (prefix && !living.has(key.slice(prefix.length).split(":")[0])) localStorage.removeItem(key);
    }
  } catch {
    return;
  }
}

/** How this browser likes to see things. */
export const loadChoice = (name, otherwise) => read("localStorage", `parley:choice:${name}`) ?? otherwise;
export const saveChoice = (name, value) => write("localStorage", `parley:choice:${name}`, value);

/** Refused lines wait for their writer: to be copied or thrown away. */
const REFUSED = `parley:refused:${config.user}`;
export const loadRefused = () => (config.user ? JSON.parse(read("sessionStorage", REFUSED) ?? "[]") : []);
export const saveRefused = (lines) => config.user && write("sessionStorage", REFUSED, lines.length ? JSON.stringify(lines) : "");

/** Which call the sound of this tab belongs to. */
const CARRIED = `parley:call:${config.user}`;
export const loadCarried = () => read("sessionStorage", CARRIED) ?? "";
export const saveCarried = (id) => write("sessionStorage", CARRIED, id);

/** Per tab: two tabs must not both send the same line. */
export const outboxKeep = {
  load: () => (config.user ? JSON.parse(read("sessionStorage", OUTBOX) ?? "[]") : []),
  save: (lines) => config.user && write("sessionStorage", OUTBOX, lines.length ? JSON.stringify(lines) : ""),
};
