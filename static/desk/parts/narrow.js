/** Small windows show one region at a time: the chat, or the list, or the details. */
import { signal } from "../html.js";

export const shown = signal("work");

export function toggleRegion(region) {
  shown.value = shown.value === region ? "work" : region;
}
