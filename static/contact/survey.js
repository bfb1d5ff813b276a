/** What is asked when the chat is over: drawn once, checked in words beside the question, sent all at once. */
import { t } from "./words.js";

export class Survey {
  /** `send(answers)`: by the keys of the questions. Throws what was refused. */
  constructor(form, thanks, send) {
    Object.assign(this, { form, thanks, send, drawn: "", list: form.querySelector("div"), button: form.querySelector("button"), trouble: form.querySelector(".c-trouble") });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    form.addEventListener("input", ({ target }) => this.#say(target.name, ""));
  }

  /** `view` is null where nothing is asked; without questions it was answered. What stands in the fields stays. */
  draw(view) {
    const asks = Boolean(view?.questions.length);
    const was = document.activeElement === this.button;
    if (asks && this.drawn !== view.id) this.#build(view);
    if (!view) this.drawn = "";
    this.form.hidden = !asks;
    const words = view && !asks ? view.thanks : "";
    if (this.thanks.textContent !== words) this.thanks.textContent = words;
    if (was && words) this.thanks.closest("section").querySelector("#again").focus();
  }

  #build({ id, title, questions }) {
    Object.assign(this, { drawn: id, questions });
    this.form.querySelector("h2").textContent = title;
    this.list.replaceChildren(...questions.map(fieldset));
    this.trouble.textContent = "";
  }

  async #submit() {
    if (this.busy || !this.#check()) return;
    this.#wait(true);
    try {
      await this.send(this.#values());
    } catch (refused) {
      this.#refuse(refused);
    }
    this.#wait(false);
  }

  #values() {
    const given = new FormData(this.form);
    return Object.fromEntries(this.questions.map(({ key }) => [key, (given.get(key) ?? "").trim()]).filter(([, value]) => value));
  }

  #check() {
    const values = this.#values();
    for (const { key, required } of this.questions) this.#say(key, required && !values[key] ? t("required") : "");
    const first = this.form.querySelector("[aria-invalid]");
    if (!first && !Object.keys(values).length) this.trouble.textContent = t("survey_empty");
    focusIn(first);
    return !this.trouble.textContent && !first;
  }

  #refuse({ message, detail = {} }) {
    for (const { key } of this.questions) if (detail.answers?.[key]) this.#say(key, [detail.answers[key]].flat().join(" "));
    this.trouble.textContent = message;
    focusIn(this.form.querySelector("[aria-invalid]"));
  }

  #say(key, words) {
    this.trouble.textContent = "";
    const group = document.getElementById(`survey-${key}`);
    if (words) group.setAttribute("aria-invalid", "true");
    else group.removeAttribute("aria-invalid");
    document.getElementById(`survey-${key}-why`).textContent = words;
  }

  #wait(busy) {
    this.busy = busy;
    this.button.setAttribute("aria-disabled", busy);
    this.button.textContent = t(busy ? "sending" : "survey_send");
  }
}

const focusIn = (group) => group?.querySelector("input, textarea").focus();

/** Elements by name, with properties and children; a child may be text. */
function el(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function fieldset(question) {
  const { key, text, kind, required } = question;
  const legend = el("legend", {}, text, ...(required ? [] : [" ", el("small", {}, t("optional"))]));
  const group = el("fieldset", { id: `survey-${key}`, className: `c-${kind}` }, legend, ...FIELDS[kind](question));
  group.setAttribute("aria-describedby", `survey-${key}-why`);
  group.append(el("p", { id: `survey-${key}-why`, className: "c-need" }));
  return group;
}

const FIELDS = {
  rating: ({ key, choices }) => [
    el("div", { className: "c-scale" }, ...choices.map((n) => choice(key, n, t("survey_rating", { n, best: choices.length })))),
    el("div", { className: "c-ends" }, el("small", {}, t("survey_worst")), el("small", {}, t("survey_best"))),
  ],
  choice: ({ key, choices }) => choices.map((words) => choice(key, words)),
  text: ({ key, text }) => {
    const field = el("textarea", { name: key, rows: 3, maxLength: 2000 });
    field.setAttribute("aria-label", text);
    return [field];
  },
};

/** `spoken`: for ears, where the words alone say too little. */
function choice(key, words, spoken) {
  const input = el("input", { type: "radio", name: key, value: words });
  if (spoken) input.setAttribute("aria-label", spoken);
  return el("label", {}, input, el("span", {}, words));
}
