/** The workspace starts here. */
import { watchNews } from "./announce.js";
import { tellOpen } from "./commands.js";
import { watchAuto } from "./auto.js";
import { watchCalls } from "./calls.js";
import { watchFocus } from "./focus.js";
import { effect, html, render } from "./html.js";
import { watchInput } from "./input.js";
import { watchKeys } from "./keys.js";
import { watchMail } from "./mailing.js";
import { watchMessages } from "./messaging.js";
import { watchLead } from "./lead.js";
import { dropDrafts } from "./kept.js";
import { goToLogin } from "./config.js";
import { App } from "./parts/app.js";
import { watchFinder } from "./parts/finder.js";
import { watchReading } from "./reading.js";
import { saveAllNotes } from "./notes.js";
import { watchRinging } from "./ring.js";
import { watchLook } from "./settings.js";
import { watchSounds } from "./sounds.js";
import { broken, desk, link, lock, now, onEvent, options, start, view } from "./state.js";
import { isLive, waitOf } from "./store/views.js";
import { clock } from "./words.js";

const root = document.getElementById("desk");
root.textContent = "";
watchLook();
render(html`<${App} />`, root);

watchInput();
watchLead();
watchNews();
watchKeys();
watchReading();
watchSounds();
watchRinging();
watchAuto();
watchCalls();
watchFocus(root);
watchFinder();
watchMessages();
watchMail();

effect(() => {
  const chat = view.value;
  const wait = chat && waitOf(chat, options.value, now.value);
  document.title = [lock.value && "Locked", chat && `${chat.title}${wait ? ` (${clock(wait.seconds)})` : ""}`, "Parley"].filter(Boolean).join(", ");
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
  saveAllNotes();
  dropDrafts(after.agent.id, new Set(Object.keys(after.interactions)));
  if (new URLSearchParams(location.search).has("open")) tellOpen(Object.values(after.interactions).filter(isLive));
});

start();
