/** The Chat Interaction window: head, parties, transcript, and what stands below it. */
import { forget, refusals } from "../commands.js";
import { html } from "../html.js";
import { view } from "../state.js";
import { isLive } from "../store/views.js";
import { Refusal } from "./basic.js";
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
      ${isLive(chat) ? html`<${Composer} key=${chat.id} view=${chat} />` : html`<${Ended} view=${chat} />`}
    </div></div>
  </main>`;
}
