/** The party action menu: what can be done with one party, in a fixed order; what does not apply says why. */
import { askReach, partyCall } from "../calls.js";
import { allowed, remove } from "../commands.js";
import { openMail } from "../mailing.js";
import { openConversation } from "../messaging.js";

/** Each makes an item of the menu: {label, icon, can, run, onOpen: what is asked when the menu opens}. */
const ACTIONS = [call, instantMessage, mail, removal];

export const actionsOf = (view, party) => ACTIONS.map((make) => make(view, party));

function call(view, party) {
  return { ...partyCall(view, party), onOpen: () => party.call === true && askReach(party.agent) };
}

function instantMessage(view, party) {
  return { label: "Start Instant Message Consultation", icon: "letters", can: allowed(party.message), run: () => openConversation(party.agent, { interaction: view.id }) };
}

function mail(view, party) {
  return { label: "New E-mail", icon: "mail", can: allowed(party.mail), rule: true, run: () => openMail({ interaction: view.id, party: party.id }) };
}

function removal(view, party) {
  return { label: "Delete From Conference", icon: "out", can: allowed(party.delete), run: () => remove(view, party) };
}
