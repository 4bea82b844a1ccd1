// The conversation: each turn with its question, the steps on the way, the answer as it grows, and what it rests on.

import { AnswerWriter } from "./answer.js";
import { byId, icon, make } from "./dom.js";
import { explain } from "./failures.js";
import { cite, citedSources } from "./sources.js";
import { counted, percent, seconds, text } from "./texts.js";

const STEPS = ["searching_patient", "vector_search", "building_context", "generating"];
const HIGH = 0.75, LOW = 0.5;
const AT_END_PX = 60;
const COPIED_MS = 1500;

class TurnView {
  #final = false;

  /** `actions` has openSources(turn, id, opener), askAgain(), otherPatient(). */
  constructor(turn, actions) {
    this.turn = turn;
    this.actions = actions;
    this.reply = make("div", { className: "reply" });
    this.element = make("article", { className: "turn" },
      make("h3", { className: "asked" }, make("span", { className: "hidden" }, `${text("you")}: `), turn.question), this.reply);
    this.draw();
  }

  draw() {
    if (this.#final) return;
    this.#final = this.turn.done;
    this.element.classList.toggle("running", !this.turn.done);
    this.element.setAttribute("aria-busy", String(!this.turn.done));
    if (this.turn.done) this.#drawEnd();
    else if (this.turn.answer) this.#drawProgress();
    else this.reply.replaceChildren(this.#steps());
  }

  #drawProgress() {
    if (!this.writer) {
      const words = make("div", { className: "text" });
      this.writer = new AnswerWriter(words, (id) => make("span", { className: "mark" }, String(id)));
      this.reply.replaceChildren(words);
    }
    this.writer.write(this.turn.answer);
  }

  #drawEnd() {
    const { turn } = this, failure = explain(turn);
    const words = make("div", { className: "text" });
    if (turn.answer) new AnswerWriter(words, (id) => this.#mark(id)).write(turn.answer);
    this.reply.replaceChildren(...[turn.answer ? words : null, failure ? this.#failure(failure) : this.#foot()].filter(Boolean));
  }

  #steps() {
    const now = STEPS.indexOf(this.turn.status);
    if (now < 0) return make("p", { className: "steps" }, make("span", { className: "now" }, text("connecting")));
    return make("ol", { className: "steps" }, ...STEPS.map((step, index) => make("li",
      index === now ? { className: "now", "aria-current": "step" } : { className: index < now ? "done" : "" }, text(step))));
  }

  #mark(id) {
    const source = this.turn.sources.find((candidate) => candidate.id === id);
    if (!source) return make("span", { className: "mark" }, String(id));
    const label = `${text("source", { id })}: ${cite(source)}`;
    const button = make("button", { className: "mark", type: "button", title: label, "aria-label": label }, String(id));
    button.onclick = () => this.actions.openSources(this.turn, id, button);
    return button;
  }

  #foot() {
    const { turn } = this, level = turn.confidence >= HIGH ? "high" : turn.confidence >= LOW ? "medium" : "low";
    const facts = [counted("records", turn.records), counted("passages", turn.passages), turn.model, turn.seconds ? seconds(turn.seconds) : null];
    const cited = citedSources(turn).length;
    const open = make("button", { className: "quiet small", type: "button" }, icon("sources"), counted("sources", cited));
    open.onclick = () => this.actions.openSources(turn, null, open);
    return make("div", { className: "foot small" },
      make("p", { className: `confidence ${level}` },
        make("meter", { min: 0, max: 1, low: LOW, high: HIGH, optimum: 1, value: turn.confidence, "aria-label": text("confidence") }),
        `${text("confidence")} ${text(level)} · ${percent(turn.confidence)}`),
      make("div", { className: "row" }, open, navigator.clipboard ? this.#copy() : null),
      turn.searched === false ? make("p", { className: "muted unsearched" }, text("unsearched")) : null,
      make("p", { className: "muted" }, facts.filter(Boolean).join(" · ")));
  }

  #copy() {
    const label = make("span", {}, text("copy"));
    const button = make("button", { className: "quiet small", type: "button" }, icon("copy"), label);
    button.onclick = async () => {
      const { question, answer } = this.turn;
      const notes = citedSources(this.turn).map((source) => `[${source.id}] ${cite(source)}: ${source.excerpt}`);
      await navigator.clipboard.writeText([question, "", answer, "", ...notes].join("\n").trim());
      label.textContent = text("copied");
      setTimeout(() => { label.textContent = text("copy"); }, COPIED_MS);
    };
    return button;
  }

  #failure({ title, hint, code, offer, grave }) {
    const button = make("button", { className: "quiet small", type: "button" }, text(offer === "again" ? "ask_again" : "other_patient"));
    button.onclick = offer === "again" ? () => this.actions.askAgain(this.turn) : this.actions.otherPatient;
    return make("div", { className: grave ? "failure grave" : "failure" }, grave ? icon("warning") : null,
      make("div", {}, make("p", {}, make("strong", {}, title)),
        make("p", { className: "small" }, hint, code ? make("code", {}, code) : null), button));
  }
}

/** What is seen of one session's turns; `actions` also has ask(question). */
export class Log {
  #views = new Map();
  #session = null;
  #height = 0;
  #stays = true; // at the end, when the height changes

  constructor(actions) {
    this.actions = actions;
    this.log = byId("log");
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#resized()).observe(this.log);
    byId("to-end").addEventListener("click", () => { this.#scrollToEnd(); this.log.focus(); });
  }

  /** Draw all of a session anew. */
  show(session) {
    this.#session = session;
    this.#views.clear();
    this.log.replaceChildren();
    this.update();
    this.#scrollToEnd();
  }

  /** Draw what changed; what stays keeps its focus and place. */
  update() {
    const { turns, patient } = this.#session, atEnd = this.#atEnd();
    const known = new Set(turns);
    for (const [turn, view] of this.#views) {
      if (!known.has(turn)) {
        view.element.remove();
        this.#views.delete(turn);
      }
    }
    const fresh = turns.filter((turn) => !this.#views.has(turn));
    for (const turn of fresh) {
      const view = new TurnView(turn, this.actions);
      this.#views.set(turn, view);
      this.log.append(view.element);
    }
    for (const view of this.#views.values()) view.draw();
    this.#drawEmpty(turns.length === 0, patient);
    if (atEnd || fresh.length > 0) this.#scrollToEnd();
    this.#drawToEnd();
  }

  #drawEmpty(wanted, patient) {
    const shown = this.log.querySelector(".empty");
    if (wanted && shown?.dataset.patient === String(Boolean(patient))) return;
    shown?.remove();
    if (!wanted) return;
    const empty = this.#empty(patient);
    empty.dataset.patient = String(Boolean(patient));
    this.log.append(empty);
  }

  #empty(patient) {
    if (!patient) return make("div", { className: "empty" }, make("p", { className: "muted" }, text("empty_no_patient")));
    return make("div", { className: "empty" }, make("h3", {}, text("empty_title")), make("p", { className: "muted" }, text("empty_hint")),
      make("ul", {}, ...text("examples").map((example) => {
        const button = make("button", { className: "quiet", type: "button" }, example);
        button.onclick = () => this.actions.ask(example);
        return make("li", {}, button);
      })));
  }

  #scrolled() {
    if (this.log.clientHeight === this.#height) this.#stays = this.#atEnd(); // else it was not a person who scrolled
    this.#drawToEnd();
  }

  #resized() {
    this.#height = this.log.clientHeight;
    if (this.#stays) this.#scrollToEnd();
    else this.#drawToEnd();
  }

  #atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < AT_END_PX;
  }

  #scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#drawToEnd();
  }

  #drawToEnd() {
    byId("to-end").hidden = this.#atEnd();
  }
}
