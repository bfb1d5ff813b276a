/** The Chat Interaction window: head, parties, transcript, and what stands below it. */
import { forget, refusals } from "../asking.js";
import { html } from "../html.js";
import { view } from "../state.js";
import { isConsulted, isLive } from "../store/views.js";
import { Icon, Refusal } from "./basic.js";
import { Consultations } from "./consultation.js";
import { Composer } from "./composer.js";
import { Ended } from "./ended.js";
import { EndRefused } from "./end.js";
import { Head } from "./head.js";
import { Parties } from "./parties.js";
import { Transcript } from "./transcript.js";

export function Window() {
  const chat = view.value;
  const place = `window ${chat.id}`;
  return html`<main class="work" id="work" aria-labelledby="chat" tabindex="-1">
    <${Head} view=${chat} />
    <${Parties} view=${chat} />
    <${EndRefused} view=${chat} />
    <${Refusal} error=${refusals.value[place]} put=${() => forget(place)} />
    <div class="columns"><div>
      <${Transcript} key=${chat.id} />
      <${Below} view=${chat} />
    </div><${Consultations} view=${chat} /></div>
  </main>`;
}

function Below({ view }) {
  if (!isLive(view)) return html`<${Ended} view=${view} />`;
  if (isConsulted(view)) return html`<p class="read-only"><${Icon} name="lock" />${whyNot(view)}</p>`;
  return html`<${Composer} key=${view.id} view=${view} />`;
}

/** Who is consulted by instant message does not read the chat at all. */
function whyNot(view) {
  const lane = view.lanes.find(({ lane }) => lane === "public");
  return lane ? lane.write : "You are consulted by instant message: the chat itself stays with its agents.";
}
