// The workspace's page: one conversation at a time, with everybody who is in it, and the ones before it by name.

import { announce } from "../console/announce.js";
import { token } from "../console/api.js";
import { byId, make, setText } from "../console/dom.js";
import { Link } from "../console/link.js";
import { browser } from "../console/storage.js";
import { randomUuid } from "../console/uuid.js";
import { drawActivity, drawAgain, drawPeople, drawStory } from "./draw.js";
import { addressOf, listFiles, placeNow, socketPath } from "./place.js";
import { drawShare, openSide, refreshFiles } from "./side.js";
import { Story } from "./story.js";
import { drawTexts, switchLanguage, text } from "./texts.js";

const KEY = "workspace-conversations";
const MOST_KEPT = 12;
const TICK_MS = 1000;
const TYPING_EVERY_MS = 4000;
const NO_ENTRY = 403;

const story = new Story();
let place = placeNow(), link = null, frame = null, refused = null, wasIn = false, toldTyping = 0, shared = null;

function draw() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    setText(byId("name"), place.name);
    drawStory(story, { say, decide, mayWrite });
    drawPeople(story);
    drawActivity(story);
    drawConnection();
    drawConversations();
    const watching = !mayWrite();
    byId("question").disabled = byId("send").disabled = watching;
    byId("question").placeholder = text(watching ? "viewer_only" : "message_hint");
    byId("stop").hidden = !story.running || watching;
    if (shared !== story.access) {
      shared = story.access;
      drawShare(place, shared);
    }
  });
}

const mayWrite = () => story.access !== "viewer";

function drawConnection() {
  byId("connection").dataset.state = link.state;
  setText(byId("connection").firstElementChild, text(link.state));
  byId("banner").hidden = link.state !== "waiting" && refused === null;
  byId("retry-now").hidden = refused !== null;
  if (refused !== null) setText(byId("banner-text"), text(refused));
  else if (link.state === "waiting") setText(byId("banner-text"), text("retry_in", { seconds: Math.max(0, Math.ceil((link.retryAt - Date.now()) / 1000)) }));
}

const kept = () => JSON.parse(browser.get(KEY) ?? "[]");

function keep() {
  const others = kept().filter((one) => one.name !== place.name);
  browser.set(KEY, JSON.stringify([place, ...others].slice(0, MOST_KEPT)));
}

function drawConversations() {
  byId("session-list").replaceChildren(...kept().map((one) => {
    const anchor = make("a", { className: "session", href: addressOf(one) }, make("span", {}, one.name));
    if (one.name === place.name) anchor.setAttribute("aria-current", "page");
    return make("li", { className: one.name === place.name ? "current" : "" }, anchor);
  }));
}

/** Enter the conversation that the address names; without one, a new one whose name nobody guesses. */
function enter() {
  link?.close();
  place = placeNow();
  if (place.name === "") return location.replace(addressOf({ name: randomUuid().slice(0, 18), invite: null }));
  story.reset();
  Object.assign(byId("invite-made"), { hidden: true });
  refused = null;
  wasIn = false;
  shared = undefined;
  link = new Link({ path: socketPath(place), greeting: "connected", protocols: () => (token() ? ["bearer", token()] : []) });
  link.addEventListener("message", (event) => received(event.detail));
  link.addEventListener("state", changed);
  link.addEventListener("signed-out", () => { refused = "ended"; draw(); });
  link.open();
}

function changed(event) {
  if (event.target !== link) return;
  if (link.state === "connected") {
    wasIn = true;
    keep();
    story.reset();
    link.send({ type: "attend" });
    refreshFiles(place);
  } else if (link.state === "waiting" && !wasIn) {
    askWhyNot(link);
  }
  draw();
}

/** A browser does not say why a handshake was refused; the files, refused to the same people, do. */
async function askWhyNot(asked) {
  const { status } = await listFiles(place);
  if (asked !== link || status !== NO_ENTRY || link.state !== "waiting") return;
  link.close();
  refused = "no_entry";
  draw();
}

function received(message) {
  story.take(message);
  if (message.type === "tool_result" || message.type === "done") refreshFiles(place);
  if (message.type === "message") announce(text("answered"));
  if (message.type === "approval_required") announce(text("wants", { tool: message.tool }));
  if (message.type === "message" && document.visibilityState === "visible") link.send({ type: "read", message_id: message.message_id });
  draw();
}

function say(words) {
  if (words === "") return false;
  if (link.state !== "connected") {
    announce(text("lost"));
    return false;
  }
  story.say(words);
  toldTyping = 0;
  link.send({ message: words });
  return true;
}

function decide(item, approved) {
  if (link.state === "connected") link.send({ type: "approval_response", tool_call_id: item.call, approved });
  byId("question").focus();
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  if (say(byId("question").value.trim())) byId("question").value = "";
});
byId("question").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("ask").requestSubmit();
});
byId("question").addEventListener("input", () => {
  if (link.state !== "connected" || Date.now() - toldTyping < TYPING_EVERY_MS) return;
  toldTyping = Date.now();
  link.send({ type: "typing" });
});
byId("stop").addEventListener("click", () => link.state === "connected" && link.send({ type: "cancel" }));
byId("new-conversation").addEventListener("click", () => { location.hash = addressOf({ name: randomUuid().slice(0, 18), invite: null }); });
byId("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = addressOf({ name: event.target.elements.name.value.trim(), invite: null });
  event.target.reset();
});
byId("retry-now").addEventListener("click", () => link.open());
addEventListener("hashchange", (event) => { if (!event.newURL.endsWith("#question")) enter(); });
// A page that the browser keeps for "back" keeps its connection: the others would go on seeing who left.
addEventListener("pagehide", () => link?.close());
addEventListener("pageshow", (event) => { if (event.persisted) enter(); });
for (const button of document.querySelectorAll(".language")) {
  button.addEventListener("click", () => {
    switchLanguage();
    drawAgain(story);
    byId("log").replaceChildren();
    shared = undefined;
    refreshFiles(place);
    draw();
  });
}
setInterval(() => {
  drawActivity(story);
  if (link?.state === "waiting") drawConnection();
}, TICK_MS);

drawTexts();
openSide(() => place, enter);
if (matchMedia("(max-width: 759px)").matches) byId("files").open = false;
enter();
