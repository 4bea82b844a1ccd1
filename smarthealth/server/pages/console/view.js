// Drawing: conversations, answers with their marks, sources. Texts are set as text, never as markup.

import { text } from "./texts.js";

export const byId = (id) => document.getElementById(id);

/** Make an element: tag, properties, children. */
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** An answer's text with each [n] as a link to its source. */
function drawAnswer(turn, openSource) {
  const paragraph = make("div", { className: "answer-text" });
  for (const part of turn.answer.split(/(\[\d+\])/)) {
    const mark = /^\[(\d+)\]$/.exec(part);
    if (mark === null) paragraph.append(part);
    else {
      paragraph.append(make("button", {
        className: "mark", type: "button", "aria-label": `${text("source")} ${mark[1]}`,
        onclick: () => openSource(turn, Number(mark[1])),
      }, mark[1]));
    }
  }
  return paragraph;
}

function drawFoot(turn) {
  if (turn.error) return make("p", { className: "error", role: "alert" }, `${turn.error.message} (${turn.error.code})`);
  if (turn.failure) return make("p", { className: "muted" }, text(turn.failure));
  if (turn.status) return make("p", { className: "status" }, `${text(turn.status)}…`);
  if (!turn.done) return null;
  const confidence = `${text("confidence")} ${Math.round(turn.confidence * 100)} %`;
  return make("p", { className: "muted foot" },
    make("meter", { min: 0, max: 1, value: turn.confidence, "aria-label": text("confidence") }),
    ` ${confidence} · ${turn.records} ${text("records")} · ${turn.chunks} ${text("passages")} · ${turn.model}`);
}

export function drawTurn(turn, openSource) {
  return make("article", { className: turn.done ? "turn" : "turn running" },
    make("div", { className: "question" }, make("span", { className: "hidden" }, `${text("you")}: `), turn.question),
    make("div", { className: "answer" }, turn.answer ? drawAnswer(turn, openSource) : null, drawFoot(turn)));
}

/** Redraw the whole conversation of a session. */
export function drawLog(session, openSource, ask) {
  const log = byId("log");
  log.replaceChildren(...session.turns.map((turn) => drawTurn(turn, openSource)));
  if (session.turns.length === 0 && session.patient) {
    log.append(make("div", { className: "examples" }, make("p", { className: "muted" }, text("try_these")),
      ...text("examples").map((example) => make("button", { className: "quiet", type: "button", onclick: () => ask(example) }, example))));
  }
  log.scrollTop = log.scrollHeight;
}

/** Redraw the last turn only, as its tokens come. */
export function drawLastTurn(session, openSource) {
  const log = byId("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  log.lastElementChild?.replaceWith(drawTurn(session.turns.at(-1), openSource));
  if (atEnd) log.scrollTop = log.scrollHeight;
}

/** Show a turn's sources beside the text; `opened` is unfolded and focused. */
export function drawSources(turn, opened = null) {
  const sources = turn?.sources ?? [];
  byId("no-sources").hidden = sources.length > 0;
  byId("source-list").replaceChildren(...sources.map((source) => {
    const details = make("details", { open: source.id === opened },
      make("summary", {}, make("span", { className: "mark" }, String(source.id)),
        ` ${source.type} · ${source.date ?? text("no_date")}`),
      make("p", {}, source.excerpt));
    return make("li", { id: `source-${source.id}` }, details);
  }));
  if (opened !== null) {
    const summary = document.querySelector(`#source-${opened} summary`);
    summary?.focus();
    summary?.scrollIntoView({ block: "nearest" });
  }
}

export function drawSessions(sessions, current, choose, close) {
  byId("session-list").replaceChildren(...sessions.map((session) => make("li", { className: session === current ? "current" : "" },
    make("button", { className: "session", type: "button", "aria-current": session === current ? "true" : "false", onclick: () => choose(session) },
      make("strong", {}, session.patient?.full_name ?? text("untitled")),
      make("span", { className: "muted" }, session.running ? `${text("generating")}…` : session.turns.at(-1)?.question ?? "")),
    make("button", { className: "quiet close", type: "button", "aria-label": text("close"), onclick: () => close(session) }, "×"))));
}

export function drawConnection(session) {
  const pill = byId("connection");
  pill.hidden = session.state === "idle";
  pill.dataset.state = session.state;
  pill.textContent = text(session.state);
}
