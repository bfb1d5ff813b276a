/** What the screens say of mails. Pure. */

/** What became of mails between two states: [{words, bad}]. That a transcript was sent is no news for who did nothing. */
export function mailNews(before, after) {
  if (before.interactions === after.interactions) return [];
  return Object.values(after.interactions).flatMap((view) => {
    const was = Object.fromEntries((before.interactions[view.id]?.mails ?? []).map((mail) => [mail.id, mail.state]));
    return (view.mails ?? []).filter((mail) => was[mail.id] === "queued" && isNews(mail)).map(said);
  });
}

const isNews = ({ state, by }) => state === "failed" || (state === "sent" && by !== null);

const said = (mail) => (mail.state === "sent" ? { words: `${called(mail)} was sent.`, bad: false } : { words: `${called(mail)} could not be sent. ${mail.problem}`, bad: true });

const called = ({ by, to }) => (by === null ? `The transcript that ${to} asked for` : `The mail to ${to}`);

/** Who wrote to whom; a transcript nobody wrote. */
export const origin = ({ by, to }) => (by === null ? `transcript for ${to}, who asked for it` : `${by} to ${to}`);

/** "sent 14:02", "queued", "waits, next try 14:05", "failed". `time`: how times are written. */
export function stateWords({ state, sent_at: sent, next_at: next, problem }, time) {
  if (state === "sent") return `sent ${time(sent)}`;
  if (state === "failed") return "not sent";
  return problem ? `not sent yet, next try ${time(next)}` : "on its way";
}

/** What a mail to this party is called before anybody has thought of something better. */
export function subjectFor(view, party, me) {
  if (party.kind === "contact") return `Your chat with ${me.nickname}`;
  return `Chat with ${view.contact.name}`;
}
