/** The chat by e-mail, once it is over: where it goes, what became of it, and each refusal beside the field. */
import { uuid } from "../common/ids.js";
import { t } from "./words.js";

export class Transcript {
  /** `ask({id, to})`: resolves when it is on its way, or throws what was refused. `rest()`: focus goes on from here. */
  constructor(part, { ask, rest }) {
    const [told, opener, form] = ["p", "button", "form"].map((name) => part.querySelector(name));
    Object.assign(this, { part, ask, rest, told, opener, form, field: form.elements.to, button: form.querySelector("button"), why: form.querySelector(".c-need") });
    opener.addEventListener("click", () => this.#open(form.hidden));
    this.field.addEventListener("input", () => this.#say(""));
    form.addEventListener("keydown", ({ key }) => key === "Escape" && (this.#open(false), opener.focus()));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** `view`: null while nothing is known. */
  draw(view) {
    const now = view?.transcript;
    this.part.hidden = !now;
    if (!now) return;
    put(this.told, now.state ? t(`transcript_${now.state}`, { address: now.to }) : "");
    put(this.opener, t(now.state ? "transcript_again" : "transcript"));
    this.given = now.to ?? now.address;
    this.opener.hidden = !now.left;
    if (!now.left && !this.busy) this.#open(false);
  }

  /** Another chat, another address. */
  clear() {
    this.asked = null;
    this.part.hidden = true;
    this.field.value = "";
    this.#open(false);
  }

  #open(on) {
    this.form.hidden = !on;
    this.opener.setAttribute("aria-expanded", on);
    this.#say("");
    if (!on) return;
    this.field.value ||= this.given ?? "";
    this.field.focus();
    this.field.select();
  }

  async #submit() {
    if (this.busy) return;
    const to = this.field.value.trim();
    if (!to || !this.field.validity.valid) return this.#refuse(t("wrong_email"));
    this.#wait(true);
    try {
      await this.ask(this.#request(to));
      this.#close();
    } catch (refused) {
      this.#refuse(refused.message);
    }
    this.#wait(false);
  }

  /** The same again has the same id, until it was answered: an answer that was lost makes no second mail. */
  #request(to) {
    if (this.asked?.to !== to) this.asked = { id: uuid(), to };
    return this.asked;
  }

  #close() {
    this.asked = null;
    this.#open(false);
    this.opener.hidden ? this.rest() : this.opener.focus();
  }

  #refuse(words) {
    this.#say(words);
    this.field.focus();
  }

  #say(words) {
    if (words) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
    put(this.why, words);
  }

  #wait(busy) {
    this.busy = busy;
    this.button.setAttribute("aria-disabled", busy);
    put(this.button, t(busy ? "sending" : "transcript_send"));
  }
}

function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
