/** The field to write in: grows with the text, keeps it as a draft, knows the limit. */
import { left, leftWords } from "./words.js";

const desktop = matchMedia("(hover: hover) and (pointer: fine)");

export class Composer {
  /** `send(text)`, `typing(on)` at each key (`on`: something stands in the field), `keep(text)` for the draft. */
  constructor(form, { send, typing, keep, limit }) {
    const parts = { field: form.querySelector("textarea"), why: form.querySelector(".c-left") };
    Object.assign(this, parts, { form, send, typing, keep, limit });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !desktop.matches) return;
      event.preventDefault();
      this.#submit();
    });
  }

  get text() {
    return this.field.value;
  }

  set text(text) {
    this.field.value = text;
    this.#measure();
  }

  /** A refused line comes back, above what has been written since. */
  takeBack(text) {
    this.text = [text, this.text].filter(Boolean).join("\n");
    this.keep(this.text);
    this.field.focus();
  }

  /** What stands in the field, which is empty then; "" when it is none, or too long. */
  take() {
    const text = this.#measure() < 0 ? "" : this.text.trim();
    if (text) {
      this.text = "";
      this.keep("");
    }
    return text;
  }

  #submit() {
    const text = this.take();
    if (text) this.send(text);
    this.field.focus();
  }

  #changed() {
    this.#measure();
    this.keep(this.text);
    this.typing(this.text.trim() !== "");
  }

  #measure() {
    this.field.style.blockSize = "auto";
    this.field.style.blockSize = `${this.field.scrollHeight + 2}px`;
    const rest = left(this.text.trim(), this.limit);
    this.why.textContent = leftWords(rest);
    this.field.setAttribute("aria-invalid", rest < 0);
    this.form.querySelector("button").setAttribute("aria-disabled", rest < 0);
    return rest ?? 1;
  }
}
