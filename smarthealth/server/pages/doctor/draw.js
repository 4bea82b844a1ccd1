// Draws a conversation: each turn with its steps while it is made, then its urgency and sources.

import { AnswerWriter, citedIds } from "../console/answer.js";
import { byId, icon, make, setText } from "../console/dom.js";
import { AGENTS } from "./chat.js";
import { text } from "./texts.js";

const SOON = ["I", "II", "III"];
const AT_END_PX = 80;
const drawn = new WeakMap();

/** Draw all turns of a chat; those that are drawn already only change. */
export function drawChat(chat, actions) {
  const log = byId("log"), atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < AT_END_PX;
  const nodes = chat.turns.map((turn) => nodeOf(turn, actions).node);
  if (nodes.length === 0) nodes.push(empty(actions));
  if ([...log.children].some((child, index) => child !== nodes[index]) || log.children.length !== nodes.length) log.replaceChildren(...nodes);
  for (const turn of chat.turns) update(turn, actions);
  if (atEnd) log.scrollTop = log.scrollHeight;
  drawAlarm(chat.alarm);
}

function nodeOf(turn) {
  if (!drawn.has(turn)) {
    const body = make("div", { className: "text" }), steps = make("ol", { className: "steps" }), foot = make("div");
    const node = make("article", { className: "turn" }, make("p", { className: "asked" }, turn.question), make("div", { className: "reply" }, steps, body, foot));
    drawn.set(turn, { node, body, steps, foot, writer: new AnswerWriter(body, mark), finished: false });
  }
  return drawn.get(turn);
}

const mark = (id) => make("span", { className: "mark" }, String(id));

function update(turn, actions) {
  const parts = nodeOf(turn);
  parts.node.classList.toggle("running", !turn.done);
  parts.node.classList.toggle("alarm", Boolean(turn.alarm));
  if (turn.answer) parts.writer.write(turn.answer);
  drawSteps(turn, parts.steps);
  if (turn.done && !parts.finished) {
    parts.finished = true;
    parts.foot.replaceChildren(...footOf(turn, actions));
  }
}

function drawSteps(turn, steps) {
  steps.hidden = turn.done;
  if (turn.done) return;
  const names = turn.agent === "general" || turn.seen.length === 0 ? [turn.agent ? "processing" : turn.status] : AGENTS;
  steps.replaceChildren(...names.map((name) => make("li", { className: stepClass(turn, name) }, text(name))));
}

function stepClass(turn, name) {
  if (name === turn.agent || !AGENTS.includes(name)) return "now";
  return turn.seen.includes(name) ? "done" : "";
}

function footOf(turn, actions) {
  if (turn.error) return [failure(turn, actions)];
  const cited = citedIds(turn.answer), sources = turn.sources.filter((source) => cited.includes(source.id));
  const level = turn.triage && turn.triage.level !== "INFO"
    ? make("p", { className: SOON.includes(turn.triage.level) ? "level soon" : "level", title: turn.triage.scale }, text("level", { level: turn.triage.level })) : null;
  const list = sources.length === 0 ? null : make("ol", { className: "cited", ariaLabel: text("sources") }, ...sources.map((source) =>
    make("li", {}, mark(source.id), make("a", { href: source.url, target: "_blank", rel: "noopener" }, `${source.source} · ${source.section}`))));
  return [level, list].filter(Boolean);
}

function failure(turn, actions) {
  const again = make("button", { className: "quiet", type: "button" }, text("again"));
  again.onclick = () => actions.ask(turn.question);
  const words = turn.error.error_type === "lost" ? text("lost") : turn.error.message;
  return make("div", { className: "failure grave" }, icon("warning"), make("div", {}, make("p", {}, words), again));
}

function empty(actions) {
  return make("div", { className: "empty" }, make("h3", {}, text("title")), make("p", { className: "muted" }, text("empty")),
    make("ul", {}, ...text("examples").map((example) => {
      const button = make("button", { className: "quiet", type: "button" }, example);
      button.onclick = () => actions.ask(example);
      return make("li", {}, button);
    })));
}

function drawAlarm(alarm) {
  byId("emergency").hidden = !alarm;
  if (!alarm) return;
  setText(byId("emergency-title").lastElementChild, `${text("emergency")}: ${alarm.conditions.join(", ")}`);
  setText(byId("emergency-advice"), alarm.recommendation);
  byId("emergency-contacts").replaceChildren(...alarm.contacts.map((contact) =>
    make("li", {}, make("a", { href: `tel:${contact.number.replace(/[^\d+]/g, "")}` }, `${contact.name} ${contact.number}`))));
}
