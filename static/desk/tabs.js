/** Tabs of one agent in one browser talk to each other. */
import { config } from "./config.js";

const channel = globalThis.BroadcastChannel && new BroadcastChannel(`parley:${config.user}`);

export const tell = (what, about = {}) => channel?.postMessage({ what, ...about });

export function hear(what, run) {
  channel?.addEventListener("message", ({ data }) => data.what === what && run(data));
}
