// One conversation with the doctor: its turns, as the server's messages make them.

import { randomUuid } from "../console/uuid.js";

const MOST_TURNS = 40;
export const AGENTS = ["triage", "diagnostic", "treatment"];

export class Chat {
  constructor(saved = {}) {
    this.id = saved.id ?? randomUuid();
    this.title = saved.title ?? null;
    this.turns = [];
    this.alarm = null;
    this.loaded = this.title === null;
  }

  saved() {
    return { id: this.id, title: this.title };
  }

  get last() {
    return this.turns.at(-1) ?? null;
  }

  /** The oldest turn that is not answered: the server answers in order. */
  get running() {
    return this.turns.find((turn) => !turn.done) ?? null;
  }

  ask(question) {
    this.title ??= question.slice(0, 60);
    this.turns.push({ question, answer: "", status: "validating", agent: null, seen: [], sources: [], triage: null, alarm: null, error: null, done: false, sent: false });
    this.turns.splice(0, this.turns.length - MOST_TURNS);
  }

  /** What was said before, from the server's memory. */
  recall(messages) {
    this.loaded = true;
    const before = [];
    for (const { role, content } of messages) {
      if (role === "user") before.push({ question: content, answer: "", seen: [], sources: [], done: true, sent: true });
      else if (before.length > 0) before.at(-1).answer = content;
    }
    if (before.length > 0) this.title ??= before[0].question.slice(0, 60);
    this.turns.unshift(...before);
  }

  /** Take a message of the server; returns the turn that it ended, if any. */
  take(message) {
    if (message.type === "emergency") this.alarm = message;
    const turn = message.type === "emergency" ? this.last : this.running;
    if (!turn) return null;
    switch (message.type) {
      case "emergency":
        turn.alarm = message;
        break;
      case "status":
        turn.status = message.status;
        turn.agent = message.details.current_agent ?? null;
        if (turn.agent && !turn.seen.includes(turn.agent)) turn.seen.push(turn.agent);
        break;
      case "token":
        turn.answer += message.content;
        break;
      case "stream_end":
        turn.sources = message.metadata.sources ?? [];
        turn.triage = message.metadata.triage ?? null;
        if (message.metadata.interrupted) return null;
        return this.#end(turn, null);
      case "error":
        return this.#end(turn, message);
    }
    return null;
  }

  /** The connection is gone: what was sent and not answered will not be. */
  cut() {
    for (const turn of this.turns) if (!turn.done && turn.sent) this.#end(turn, { error_type: "lost" });
  }

  #end(turn, error) {
    Object.assign(turn, { done: true, status: null, error });
    return turn;
  }
}
