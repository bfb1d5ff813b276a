/** The one place that knows which library draws the page. */
import { Component, h, render } from "../vendor/preact.js";
import htm from "../vendor/htm.js";

export { useEffect, useId, useLayoutEffect, useRef, useState } from "../vendor/hooks.js";
export { batch, computed, effect, signal, untracked } from "../vendor/signals.js";
export { Component, render };
export const html = htm.bind(h);
