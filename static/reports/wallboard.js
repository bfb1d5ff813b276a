/** The wallboard's page: draws what its socket tells, and once a second how long it has been so. */
import { html, render } from "../desk/html.js";
import { Board } from "./board.js";
import { since, Watch } from "./watch.js";

const main = document.getElementById("board");
const said = document.getElementById("state");
const old = document.getElementById("old");

function draw(watch) {
  if (said.textContent !== watch.words) said.textContent = watch.words;
  document.body.classList.toggle("stale", watch.stale || watch.board === null);
  old.textContent = watch.stale ? since(watch.staleSince, Date.now()) : "";
  main.ariaBusy = watch.board === null;
  render(watch.board && html`<${Board} board=${watch.board} now=${Date.now() + watch.ahead} />`, main);
}

const watch = new Watch({ url: document.body.dataset.socket, changed: draw });
watch.start();
setInterval(() => draw(watch), 1_000);
