// The sources of an answer, beside it: what it cites first, what else was read folded below.

import { citedIds } from "./answer.js";
import { byId, make, setText } from "./dom.js";
import { counted, day, decimal, has, text } from "./texts.js";

/** A source in a few words; who the patient is has no day. */
export function cite(source) {
  if (source.type === "patient") return text("patient_record");
  return `${has(source.type) ? text(source.type) : source.type}, ${source.date ? day(source.date) : text("no_date")}`;
}

/** Those sources of a turn that its answer cites, in order of their numbers. */
export function citedSources(turn) {
  const ids = citedIds(turn.answer);
  return turn.sources.filter((source) => ids.includes(source.id)).sort((one, other) => one.id - other.id);
}

function draw(source) {
  return make("li", { id: `source-${source.id}` }, make("details", {},
    make("summary", {},
      make("span", { className: "mark" }, String(source.id)),
      make("span", { className: "what" }, cite(source)),
      make("span", { className: "excerpt muted small" }, source.excerpt)),
    make("p", { className: "whole" }, source.excerpt),
    make("p", { className: "muted small" }, `${text("relevance", { score: decimal(source.score) })} · `, make("code", {}, source.record))));
}

/** Show the sources of a turn, or of none; with an id, open that one and give it the focus. */
export function showSources(turn, id = null) {
  const answered = turn?.done && !turn.failure && !turn.error;
  const cited = answered ? citedSources(turn) : [];
  const others = answered ? turn.sources.filter((source) => !cited.includes(source)) : [];
  setText(byId("sources-of"), !answered ? text("no_sources") : cited.length ? text("sources_of", { question: turn.question }) : text("none_cited"));
  byId("source-list").replaceChildren(...cited.map(draw));
  const more = byId("more-sources");
  more.hidden = others.length === 0;
  more.open = others.some((source) => source.id === id);
  setText(more.querySelector("summary"), counted("more", others.length));
  byId("more-source-list").replaceChildren(...others.map(draw));
  if (id !== null) pick(id);
}

function pick(id) {
  const item = byId(`source-${id}`);
  if (item === null) return;
  item.classList.add("picked");
  item.querySelector("details").open = true;
  item.querySelector("summary").focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}
