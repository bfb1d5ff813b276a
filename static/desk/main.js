/** The workspace starts here. */
import { watchNews } from "./announce.js";
import { tellOpen } from "./commands.js";
import { watchFocus } from "./focus.js";
import { effect, html, render } from "./html.js";
import { watchKeys } from "./keys.js";
import { dropDrafts } from "./kept.js";
import { goToLogin } from "./config.js";
import { App } from "./parts/app.js";
import { watchFinder } from "./parts/finder.js";
import { watchReading } from "./reading.js";
import { watchRinging } from "./ring.js";
import { broken, desk, link, now, onEvent, options, start, view } from "./state.js";
import { isLive, waitOf } from "./store/views.js";
import { clock } from "./words.js";

const root = document.getElementById("desk");
root.textContent = "";
render(html`<${App} />`, root);

watchNews();
watchKeys();
watchReading();
watchRinging();
watchFocus(root);
watchFinder();

effect(() => {
  const chat = view.value;
  const wait = chat && waitOf(chat, options.value, now.value);
  document.title = [chat && `${chat.contact.name}${wait ? ` (${clock(wait.seconds)})` : ""}`, "Parley"].filter(Boolean).join(", ");
});

/** A refused clipboard or a late resize is no error of the page. */
for (const kind of ["error", "unhandledrejection"]) {
  addEventListener(kind, ({ error, reason = error }) => {
    if (reason instanceof Error && !(reason instanceof DOMException)) broken.value = true;
  });
}

effect(() => {
  if (link.value.stopped === "signed_out") goToLogin();
});

onEvent((event, before, after) => {
  if (event.type !== "welcome") return;
  dropDrafts(after.agent.id, new Set(Object.keys(after.interactions)));
  if (new URLSearchParams(location.search).has("open")) tellOpen(Object.values(after.interactions).filter(isLive));
});

start();
