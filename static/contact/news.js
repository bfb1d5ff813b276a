/** New lines for those who do not look: the live region for screen readers, the count in the title for hidden tabs. */
import { head, isMine } from "./state.js";
import { make } from "./log.js";
import { t } from "./words.js";

const KEPT = 5;

export class News {
  constructor(region) {
    Object.assign(this, { region, title: document.title, told: null, looked: 0 });
  }

  /** `settled`: nothing is missing, so what comes from now on is new. */
  draw(state, settled) {
    const all = head(state);
    if (this.told === null) {
      if (!settled) return;
      this.told = this.looked = all;
    }
    for (const line of state.lines.slice(this.told)) if (!isMine(state, line)) this.#tell(state, line);
    this.told = all;
    if (!document.hidden) this.looked = all;
    const unread = state.lines.slice(this.looked).filter((line) => line.kind === "text" && !isMine(state, line)).length;
    document.title = unread ? `(${unread}) ${this.title}` : this.title;
  }

  clear() {
    this.told = null;
    this.looked = 0;
    this.region.replaceChildren();
    document.title = this.title;
  }

  #tell(state, line) {
    const who = line.kind === "text" ? `${state.people[line.party]?.nickname || t("agent")}: ` : "";
    this.region.append(make("p", "", who + line.text));
    if (this.region.children.length > KEPT) this.region.firstChild.remove();
  }
}
