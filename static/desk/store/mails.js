/** What the screens say of mails. Pure. */

/** What became of own mails between two states: [{words, bad}]. */
export function mailNews(before, after) {
  if (before.interactions === after.interactions) return [];
  return Object.values(after.interactions).flatMap((view) => {
    const was = Object.fromEntries((before.interactions[view.id]?.mails ?? []).map((mail) => [mail.id, mail.state]));
    return (view.mails ?? []).filter((mail) => was[mail.id] === "queued" && mail.state !== "queued").map(said);
  });
}

const said = ({ state, to, problem }) => (state === "sent" ? { words: `The mail to ${to} was sent.`, bad: false } : { words: `The mail to ${to} could not be sent. ${problem}`, bad: true });

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
