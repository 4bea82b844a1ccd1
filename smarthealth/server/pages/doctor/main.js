// The doctor's page: conversations, the connection they share, and what is sent and drawn.

import { announce } from "../console/announce.js";
import { byId, make, setText } from "../console/dom.js";
import { Link } from "../console/link.js";
import { browser } from "../console/storage.js";
import { Chat } from "./chat.js";
import { drawChat } from "./draw.js";
import { news, openProfile, tellAgain } from "./profile.js";
import { drawTexts, switchLanguage, text } from "./texts.js";

const KEY = "doctor-sessions";
const MOST_CHATS = 8;
const TICK_MS = 500;

const link = new Link({ path: "/doctor/api/v1/ws/chat", greeting: "connection", protocols: () => [] });
const chats = JSON.parse(browser.get(KEY) ?? "[]").map((saved) => new Chat(saved));
if (chats.length === 0) chats.push(new Chat());
let current = chats.at(-1), frame = null;

function draw() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    drawChat(current, { ask });
    drawChats();
    drawConnection();
  });
}

function drawChats() {
  byId("session-list").replaceChildren(...chats.toReversed().map((chat) => {
    const button = make("button", { className: "session", type: "button" }, make("span", {}, chat.title ?? text("untitled")));
    button.onclick = () => choose(chat);
    if (chat === current) button.setAttribute("aria-current", "true");
    return make("li", { className: chat === current ? "current" : "" }, button);
  }));
}

function drawConnection() {
  byId("connection").dataset.state = link.state;
  setText(byId("connection").firstElementChild, text(link.state));
  byId("banner").hidden = link.state !== "waiting";
  if (link.state === "waiting") {
    const seconds = Math.max(0, Math.ceil((link.retryAt - Date.now()) / 1000));
    setText(byId("banner-text"), text("retry_in", { seconds }));
  }
}

function save() {
  browser.set(KEY, JSON.stringify(chats.filter((chat) => chat.title !== null).slice(-MOST_CHATS).map((chat) => chat.saved())));
}

function choose(chat) {
  current = chat;
  tellAgain();
  recall();
  draw();
  byId("question").focus();
}

/** Ask the server for what was said in a conversation that this page has only the name of. */
function recall() {
  if (!current.loaded && link.state === "connected") link.send({ type: "history", session_id: current.id });
}

function ask(question) {
  if (question === "") return;
  current.ask(question);
  save();
  if (link.state === "connected") sendWaiting();
  else link.open();
  draw();
}

function sendWaiting() {
  for (const turn of current.turns.filter((one) => !one.sent && !one.done)) {
    const profile = news(), message = { message: turn.question, session_id: current.id };
    link.send(profile ? { ...message, patient_profile: profile } : message);
    turn.sent = true;
  }
}

function received(message) {
  if (message.type === "history") {
    chats.find((chat) => chat.id === message.session_id && !chat.loaded)?.recall(message.messages);
  } else {
    // Messages of a turn name no session: they belong to the conversation that waits for an answer.
    const chat = chats.find((one) => one.running?.sent) ?? current;
    const ended = chat.take(message);
    if (ended) announce(ended.error ? text("failed", { message: ended.error.message }) : text("answered"));
  }
  draw();
}

link.addEventListener("message", (event) => received(event.detail));
link.addEventListener("lost", () => { for (const chat of chats) chat.cut(); });
link.addEventListener("state", () => {
  if (link.state === "connected") {
    recall();
    sendWaiting();
  }
  draw();
});

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(byId("question").value.trim());
  byId("question").value = "";
});
byId("question").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("ask").requestSubmit();
});
byId("new-session").addEventListener("click", () => {
  const unused = chats.find((chat) => chat.title === null);
  if (!unused) chats.push(new Chat());
  if (chats.length > MOST_CHATS) chats.shift();
  choose(unused ?? chats.at(-1));
});
byId("retry-now").addEventListener("click", () => link.open());
for (const button of document.querySelectorAll(".language")) {
  button.addEventListener("click", () => {
    switchLanguage();
    byId("log").replaceChildren();
    draw();
  });
}
setInterval(() => { if (link.state === "waiting") drawConnection(); }, TICK_MS);

drawTexts();
openProfile();
if (matchMedia("(max-width: 759px)").matches) byId("profile").open = false;
draw();
link.open();
