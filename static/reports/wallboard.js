/** The wallboard's page: asks for the board again and again, and draws what comes. */
import { html, render } from "../desk/html.js";
import { Board } from "./board.js";
import { Watch } from "./watch.js";

const EVERY = 3_000;
const main = document.getElementById("board");
const said = document.getElementById("state");

function draw({ board, words, stale, ahead }) {
  if (said.textContent !== words) said.textContent = words;
  document.body.classList.toggle("stale", stale);
  if (!board) return;
  main.removeAttribute("aria-busy");
  render(html`<${Board} board=${board} now=${Date.now() + ahead} />`, main);
}

const watch = new Watch({ address: document.body.dataset.api, changed: draw });
setInterval(() => draw(watch), 1_000);
for (;;) {
  await watch.ask();
  await new Promise((go) => setTimeout(go, EVERY));
}
