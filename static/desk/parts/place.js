/** Where the reader is in the transcript: what is in view, and staying there while lines come and go around it. */

const NEAR_END = 24;

/** In small windows the page scrolls instead of the transcript. */
const small = matchMedia("(max-width: 900px)");
const boxOf = (log) => (small.matches ? document.scrollingElement : log);
const edgesOf = (log) => (small.matches ? { top: 0, bottom: innerHeight } : log.getBoundingClientRect());

const below = (box) => box.scrollHeight - box.scrollTop - box.clientHeight;

/** {end, above, below, anchor, lowest}: pixels left on both sides, the first line in view with its place in the content, the id of the last one. */
export function placeOf(log) {
  const box = boxOf(log);
  const edges = edgesOf(log);
  const lines = [...log.querySelectorAll("[data-id]")];
  const first = lines[firstWhere(lines, (line) => line.getBoundingClientRect().bottom > edges.top)];
  const lowest = lines[firstWhere(lines, (line) => line.getBoundingClientRect().bottom > edges.bottom + 2) - 1];
  return {
    end: below(box) < NEAR_END,
    above: box.scrollTop,
    below: below(box),
    anchor: first && { line: first, id: first.dataset.id, offset: offsetOf(box, first) },
    lowest: lowest?.dataset.id ?? null,
  };
}

const offsetOf = (box, line) => line.getBoundingClientRect().top + box.scrollTop;

/** How far it is scrolled now; asked before lines come and go, for then the browser may move it. */
export const scrolledTo = (log) => boxOf(log).scrollTop;

/** The line that was first in view stays where it was, whatever came or went above it; the reader's own scrolling counts. */
export function hold(log, { anchor }, before = scrolledTo(log)) {
  const line = anchor && (anchor.line.isConnected ? anchor.line : log.querySelector(`[data-id="${anchor.id}"]`));
  if (!line) return;
  const box = boxOf(log);
  const goal = before + offsetOf(box, line) - anchor.offset;
  if (Math.abs(goal - box.scrollTop) >= 1) box.scrollTop = goal;
}

export function toEnd(log) {
  const box = boxOf(log);
  box.scrollTop = box.scrollHeight;
}

/** Bring an element to the upper edge. */
export function toTop(log, element) {
  boxOf(log).scrollTop += element.getBoundingClientRect().top - edgesOf(log).top - 8;
}

export const isAbove = (log, element) => element.getBoundingClientRect().bottom < edgesOf(log).top;

/** Calls `look` after scrolling, `changed` when something changed its height. Returns what ends it. */
export function follow(log, { look, changed }) {
  const watch = new ResizeObserver(changed);
  watch.observe(log);
  watch.observe(log.querySelector("ol"));
  let frame = null;
  const scrolled = () => (frame ??= requestAnimationFrame(() => ((frame = null), look())));
  addEventListener("scroll", scrolled, { passive: true, capture: true });
  return () => {
    watch.disconnect();
    cancelAnimationFrame(frame);
    removeEventListener("scroll", scrolled, { capture: true });
  };
}

/** The index of the first element for which it holds; it holds for all after that one. */
function firstWhere(list, holds) {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(list[middle])) to = middle;
    else from = middle + 1;
  }
  return from;
}
