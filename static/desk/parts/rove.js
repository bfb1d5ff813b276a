/** One Tab stop for a row of buttons, arrows inside. */
import { useLayoutEffect, useRef } from "../html.js";

/** What the row's element is given. Menus that opened in it have arrows of their own. */
export function useRove() {
  const bar = useRef(null);
  useLayoutEffect(() => oneStop(bar.current));
  return { ref: bar, onKeyDown: (event) => rove(event, bar.current), onFocusin: (event) => keepStop(event, bar.current) };
}

const stops = (bar) => [...bar.querySelectorAll("button, a")].filter((one) => !one.closest('[role="menu"]'));

function oneStop(bar) {
  const all = stops(bar);
  const held = all.find((one) => one.dataset.stop === "here") ?? all[0];
  all.forEach((one) => (one.tabIndex = one === held ? 0 : -1));
}

function keepStop(event, bar) {
  const all = stops(bar);
  const target = all.find((one) => one === event.target);
  if (!target) return;
  all.forEach((one) => (one.dataset.stop = one === target ? "here" : ""));
  oneStop(bar);
}

function rove(event, bar) {
  const all = stops(bar);
  const at = all.indexOf(event.target);
  const goal = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || goal === undefined) return;
  event.preventDefault();
  all.at(goal % all.length).focus();
}
