// The taxi's page: the conversation by text and voice, the connection, and what is drawn of both.

import { announce } from "../console/announce.js";
import { byId, setText } from "../console/dom.js";
import { Link } from "../console/link.js";
import { browser } from "../console/storage.js";
import { drawEvent, drawThread } from "./draw.js";
import { Microphone } from "./microphone.js";
import { Player } from "./player.js";
import { drawTexts, switchLanguage, text } from "./texts.js";
import { Thread } from "./thread.js";

const KEY = "taxi-thread";
const TICK_MS = 500;

const link = new Link({ path: "/taxi/api/v1/ws/chat", greeting: "system_message", protocols: () => [] });
const microphone = new Microphone();
const player = new Player((played, speech) => tell({ type: "playback", played_ms: played, ...(speech === null ? {} : { speech }) }));
let thread = new Thread(browser.get(KEY) ?? undefined), waiting = null, frame = null;

browser.set(KEY, thread.id);

function draw() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    drawThread(thread, { say });
    drawConnection();
    byId("microphone").setAttribute("aria-pressed", String(microphone.open));
  });
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

function hint(words) {
  setText(byId("hint"), words);
}

/** Send, if there is anybody to send to. */
function tell(message) {
  if (link.state !== "connected") return false;
  link.send(message);
  return true;
}

function say(words) {
  if (words === "") return;
  player.stop();
  thread.say(words);
  if (!tell({ type: "user_input", text: words, thread_id: thread.id })) {
    waiting = words;
    link.open();
  }
  hint("");
  draw();
}

async function toggleMicrophone() {
  if (microphone.open) return closeMicrophone();
  player.allow();
  try {
    await microphone.start((piece) => link.state === "connected" && link.sendBytes(piece));
  } catch (error) {
    microphone.stop();
    hint(text(error.name === "NotAllowedError" ? "microphone_refused" : "microphone_missing"));
    return;
  }
  const speak = byId("speak").checked, record = byId("record").checked;
  if (!tell({ type: "audio_start", sample_rate: 16000, encoding: "pcm_s16le", mode: "open", thread_id: thread.id, speak, record })) closeMicrophone();
  else hint(text("listening"));
  draw();
}

function closeMicrophone() {
  microphone.stop();
  tell({ type: "audio_end" });
  hint("");
  draw();
}

const SOUNDS = {
  tts_chunk: (event) => player.add(event),
  speech_paused: () => player.pause(),
  speech_resumed: () => player.resume(),
  interrupted: () => player.stop(),
  cancelled: () => player.stop(),
};

function received(event) {
  drawEvent(event);
  SOUNDS[event.type]?.(event);
  if (event.type === "system_message" && event.level !== "info") {
    hint(event.message);
    if (event.level === "error" && microphone.open) closeMicrophone(); // a warning is about one utterance
  }
  const ended = thread.take(event);
  if (ended) announce(ended.error ? text("failed") : ended.answer);
  draw();
}

link.addEventListener("message", (event) => received(event.detail));
link.addEventListener("lost", () => {
  if (microphone.open) hint(""); // it listens no more
  microphone.stop();
  player.stop();
  thread.cut();
});
link.addEventListener("state", () => {
  if (link.state === "connected") {
    if (byId("speak").checked) tell({ type: "speech", enabled: true });
    if (waiting !== null) tell({ type: "user_input", text: waiting, thread_id: thread.id });
    waiting = null;
  }
  draw();
});

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  say(byId("say").value.trim());
  byId("say").value = "";
});
byId("say").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("ask").requestSubmit();
});
byId("microphone").addEventListener("click", toggleMicrophone);
byId("speak").addEventListener("change", () => {
  player.allow();
  if (!byId("speak").checked) player.stop();
  tell({ type: "speech", enabled: byId("speak").checked });
});
byId("new-thread").addEventListener("click", () => {
  if (microphone.open) closeMicrophone();
  player.stop();
  thread = new Thread();
  browser.set(KEY, thread.id);
  draw();
  byId("say").focus();
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
draw();
link.open();
