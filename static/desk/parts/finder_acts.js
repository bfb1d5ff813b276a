/** What the Team Communicator's actions do. */
import { news } from "../announce.js";
import { callAgent } from "../calls.js";
import { refusals } from "../asking.js";
import { cancel, conference, consult, favourite, transfer } from "../commands.js";
import { openMail } from "../mailing.js";
import { openConversation } from "../messaging.js";
import { asks, chat, close, field, hit, note, open, refresh } from "./finder.js";

const whom = (target, { consultation }) => (consultation ? { consultation } : target);
const noted = () => note.peek().trim();
const asking = (medium) => (target) => consult(chat.peek(), target, medium, noted());

const VERBS = {
  conference: { run: (target, action) => conference(chat.peek(), whom(target, action), noted()), said: "is asked to join" },
  consult_chat: { run: asking("chat"), said: "is asked for advice" },
  consult_voice: { run: asking("voice"), said: "is asked for advice" },
  consult_im: { run: asking("im"), said: "is asked for advice" },
  transfer: { run: (target, action) => transfer(chat.peek(), whom(target, action), noted()), said: "is asked to take the chat" },
  transfer_message: { run: (target) => transfer(chat.peek(), target, noted(), { asMessage: true }) },
};

/** Does it; a refusal stays here in words. What the contact has to agree to is asked first. */
export async function act(action) {
  const target = hit.peek();
  if (action.can !== true) return;
  if (action.verb === "message") return converse(target);
  if (action.verb === "call") return phone(target);
  if (action.verb === "mail") return writeTo(target, action);
  if (action.verb === "transfer_message" && asks.peek() !== action) return void (asks.value = action);
  if (!chat.peek()) return void refresh();
  const { run, said } = VERBS[action.verb];
  const answer = await run(target, action);
  if (!answer) return void refresh();
  if (said && answer.invitation) news(`${target.name} ${said}.`);
  close();
}

/** One transfer at a time: the open one is taken back here, where the second was refused for it. */
export async function cancelOpen() {
  const id = refusals.peek().communicator?.detail.invitation;
  if (await cancel(chat.peek(), { id }, "communicator")) void refresh();
}

/** Starts at once, outside of any chat. */
function converse(target) {
  close({ back: false });
  openConversation(target.id);
}

/** What becomes of it stands in the call bar. */
function phone(target) {
  const about = chat.peek()?.id ?? null;
  close();
  callAgent(target, { interaction: about });
}

/** Mail is about a chat, and goes to its parties: a contact is found as theirs, a colleague in the chat in front. */
function writeTo(target, { interaction }) {
  const { id, parties } = interaction ? { id: interaction, parties: [] } : chat.peek();
  const party = interaction ? target.id : parties.findLast((one) => one.agent === target.id)?.id;
  if (!party) return;
  close({ back: false });
  openMail({ interaction: id, party });
}

export async function turnStar(target) {
  const on = !target.favourite;
  if (!(await favourite(target, on))) return;
  news(`${target.name} is ${on ? "now" : "no longer"} a favourite`);
  await refresh();
  requestAnimationFrame(() => open.peek() && document.activeElement === document.body && field().focus());
}
