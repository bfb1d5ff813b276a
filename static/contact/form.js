/** The pre-chat form: checks in words beside the field, the same place where the server's refusals go. */
import { t } from "./words.js";

export class Form {
  /** `opens(at)`: when it opens, in words. */
  constructor(form, start, opens) {
    Object.assign(this, { form, start, opens, button: form.querySelector("button"), trouble: form.querySelector(".c-trouble") });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    form.addEventListener("input", ({ target }) => (this.#say(target, ""), this.#name()));
    this.#name();
  }

  /** Closed: only a message can be left. `at`: when it opens. */
  close(at) {
    const part = (id) => this.form.querySelector(`#${id}`);
    part("closed").hidden = false;
    part("opens").textContent = this.opens(at);
    part("leave-message").hidden = false;
    part("message-optional").hidden = true;
    this.form.elements.message.required = true;
    this.#name();
  }

  /** A new chat after an old one: what the contact said of themselves stays. */
  open(name) {
    this.form.elements.name.value ||= name ?? "";
    this.form.querySelector("h2").focus();
  }

  async #submit() {
    if (this.busy || !this.#check()) return;
    this.#wait(true);
    try {
      await this.start(this.#values());
    } catch (refused) {
      this.#refuse(refused);
    }
    this.#wait(false);
  }

  #check() {
    for (const field of this.#fields()) this.#say(field, wrong(field));
    const first = this.form.querySelector("[aria-invalid=true]");
    first?.focus();
    return !first;
  }

  #values() {
    const { name, email, message } = this.form.elements;
    const answers = this.#fields().filter((field) => field.dataset.key && field.value.trim());
    const fields = Object.fromEntries(answers.map((field) => [field.dataset.key, field.value.trim()]));
    const given = { email: email.value.trim(), message: message.value.trim() };
    return { name: name.value.trim(), ...Object.fromEntries(Object.entries(given).filter(([, value]) => value)), fields };
  }

  #refuse({ code, message, detail = {} }) {
    if (code === "closed") this.close(detail.next_opening);
    const known = { ...detail, ...detail.fields };
    for (const field of this.#fields()) {
      const words = known[field.dataset.key ?? field.name];
      if (words) this.#say(field, [words].flat().join(" "));
    }
    this.trouble.textContent = message;
    (this.form.querySelector("[aria-invalid=true]") ?? this.button).focus();
  }

  #say(field, words) {
    this.trouble.textContent = "";
    if (words) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    this.form.querySelector(`#${field.id}-why`).textContent = words;
  }

  #wait(busy) {
    this.busy = busy;
    this.button.setAttribute("aria-disabled", busy);
    this.#name();
  }

  #name() {
    const { message } = this.form.elements;
    const words = message.required || message.value.trim() ? ["leave_message", "sending"] : ["start", "starting"];
    this.button.textContent = t(words[Number(Boolean(this.busy))]);
  }

  #fields() {
    return [...this.form.elements].filter((field) => field !== this.button);
  }
}

function wrong(field) {
  if (field.required && !field.value.trim()) return t("missing");
  return field.type === "email" && !field.validity.valid ? t("wrong_email") : "";
}
