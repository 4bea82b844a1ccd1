// Draws a conversation: who speaks, what they hand on, and what happened.

import { byId, icon, make, setText } from "../console/dom.js";
import { AGENTS } from "./thread.js";
import { text } from "./texts.js";

const AT_END_PX = 80;
const MOST_EVENTS = 200;
const drawn = new WeakMap();

export function drawThread(thread, actions) {
  const log = byId("log"), atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < AT_END_PX;
  const nodes = thread.turns.map((turn) => partsOf(turn).node);
  if (nodes.length === 0) nodes.push(empty(actions));
  if (log.children.length !== nodes.length || [...log.children].some((child, index) => child !== nodes[index])) log.replaceChildren(...nodes);
  for (const turn of thread.turns) update(turn);
  if (atEnd) log.scrollTop = log.scrollHeight;
  setText(byId("partial"), thread.partial);
  drawAgents(thread.agent);
  drawLatency(thread.latency);
}

function partsOf(turn) {
  if (!drawn.has(turn)) {
    const agent = make("p", { className: "eyebrow" }), tools = make("ul", { className: "tools" }), body = make("div", { className: "text" }, make("p")), foot = make("p", { className: "muted small" });
    const node = make("article", { className: "turn" }, make("p", { className: "asked" }, turn.said), make("div", { className: "reply" }, agent, body, tools, foot));
    drawn.set(turn, { node, agent, tools, body, foot });
  }
  return drawn.get(turn);
}

function update(turn) {
  const parts = partsOf(turn);
  parts.node.classList.toggle("running", !turn.done);
  setText(parts.agent, turn.agent ? text(turn.agent) : "");
  setText(parts.body.firstElementChild, turn.answer);
  while (parts.tools.children.length < turn.tools.length) parts.tools.append(toolNode(turn.tools[parts.tools.children.length]));
  turn.tools.forEach((tool, index) => setText(parts.tools.children[index].querySelector("pre"), detail(tool)));
  setText(parts.foot, footOf(turn));
  parts.foot.classList.toggle("error", Boolean(turn.error));
}

function toolNode(tool) {
  return make("li", {}, make("details", {}, make("summary", {}, icon("tool"), " ", tool.name), make("pre", {}, detail(tool))));
}

function detail(tool) {
  return `${JSON.stringify(tool.args)}\n${tool.result ?? "…"}`;
}

function footOf(turn) {
  if (turn.error === "lost") return text("lost");
  if (turn.error) return turn.error;
  if (turn.interrupted !== null) return text("interrupted", { heard: turn.interrupted || "…" });
  return "";
}

function drawAgents(current) {
  const place = AGENTS.indexOf(current);
  byId("agents").replaceChildren(...AGENTS.map((agent, index) => {
    const node = make("li", { className: index < place ? "done" : "" }, text(agent));
    if (index === place) node.setAttribute("aria-current", "step");
    return node;
  }));
}

function drawLatency(latency) {
  if (!latency) return setText(byId("latency"), "");
  setText(byId("latency"), text("latency", { transcript: latency.transcript_ms, token: latency.first_token_ms, audio: latency.first_audio_ms }));
}

function empty(actions) {
  const examples = text("examples").map((example) => {
    const button = make("button", { className: "quiet", type: "button" }, example);
    button.onclick = () => actions.say(example);
    return button;
  });
  return make("div", { className: "empty" }, make("p", {}, text("empty")), ...examples);
}

/** One line for each event, the newest first; of audio only its length. */
export function drawEvent(event) {
  const { type, ts, ...rest } = event;
  if (rest.audio) rest.audio = `${rest.audio.length} B`;
  const time = new Date(ts ?? Date.now()).toLocaleTimeString(undefined, { hour12: false, hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  const list = byId("event-list");
  // a spoken answer is dozens of pieces: one line for all that follow each other
  const last = list.firstElementChild;
  if (type === "tts_chunk" && last?.dataset.type === type) {
    last.dataset.count = Number(last.dataset.count) + 1;
    setText(last.querySelector("b"), `${type} × ${last.dataset.count}`);
    return;
  }
  list.prepend(make("li", {}, make("time", {}, time), " ", make("b", {}, type), " ", make("code", {}, JSON.stringify(rest))));
  Object.assign(list.firstElementChild.dataset, { type, count: 1 });
  while (list.children.length > MOST_EVENTS) list.lastElementChild.remove();
}
