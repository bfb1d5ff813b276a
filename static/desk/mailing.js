/** New E-mail: to whom one is written, its draft, and what became of those that were sent. */
import { uuid } from "../common/ids.js";
import { news, warn } from "./announce.js";
import { forget, refusals } from "./asking.js";
import { signal } from "./html.js";
import { loadMailDraft, saveMailDraft } from "./kept.js";
import { api, desk, feed, onEvent } from "./state.js";
import { mailNews } from "./store/mails.js";

/** {interaction, party} of the mail that is being written, or null. */
export const writing = signal(null);
export const sending = signal(false);

export const PLACE = "mail";

/** The composer for a mail to this party about this chat; what was begun is there again. */
export function openMail({ interaction, party }) {
  forget(PLACE);
  writing.value = { interaction, party };
}

export const closeMail = () => (writing.value = null);

/** {id, subject, text}: the id is the mail's, so that one sent twice is one. */
export const draftOf = ({ interaction, party }) => ({ id: uuid(), subject: "", text: "", ...loadMailDraft(me(), interaction, party) });
export const keepDraft = ({ interaction, party }, draft) => saveMailDraft(me(), interaction, party, draft);

const me = () => desk.peek().agent.id;

export async function sendMail(to, { id, subject, text }) {
  if (sending.peek()) return;
  forget(PLACE);
  sending.value = true;
  const path = `interactions/${to.interaction}/parties/${to.party}/mail`;
  const answer = await api.post(path, { id, subject, text }).catch((error) => ({ error }));
  sending.value = false;
  if (answer.error) return void (refusals.value = { ...refusals.peek(), [PLACE]: answer.error });
  keepDraft(to, null);
  closeMail();
  news(`The mail to ${answer.mail.to} is on its way.`);
  refresh(to.interaction);
}

/** A refusal stays beside the mail. */
export async function retryMail(interaction, mail) {
  const place = `mail ${mail.id}`;
  forget(place);
  const view = await api.post(`interactions/${interaction}/mails/${mail.id}/retry`).catch((error) => ({ error }));
  if (view.error) return void (refusals.value = { ...refusals.peek(), [place]: view.error });
  feed({ type: "fetched.interaction", view });
}

/** The texts of the mails about a chat: {id: {mail, address, text}}. */
export async function readMails(interaction) {
  const { results } = await api.get(`interactions/${interaction}/mails`);
  return Object.fromEntries(results.map((one) => [one.mail.id, one]));
}

/** The push says it, too; this is for the case that it was lost. */
async function refresh(interaction) {
  const view = await api.get(`interactions/${interaction}`).catch(() => null);
  if (view) feed({ type: "fetched.interaction", view });
}

export function watchMail() {
  onEvent((event, before, after) => {
    for (const { words, bad } of mailNews(before, after)) (bad ? warn : news)(words);
  });
}
