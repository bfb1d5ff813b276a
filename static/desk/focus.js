/** The focus never falls off the page: when what held it goes away, it moves to the work, after End to what is asked next. */
import { askNext } from "./parts/side.js";

let last = null;
let ending = false;

export function watchFocus(root) {
  document.addEventListener("focusin", ({ target }) => {
    last = target;
    ending = !!target.closest(".toolbar, [role=alertdialog]");
  });
  new MutationObserver(rescue).observe(root, { childList: true, subtree: true });
}

/** Never into the composer: a key meant for what has gone would send its draft. */
function rescue() {
  if (document.activeElement !== document.body || !last || last.isConnected) return;
  last = null;
  if (!ending || !askNext()) document.querySelector("#work")?.focus();
}
