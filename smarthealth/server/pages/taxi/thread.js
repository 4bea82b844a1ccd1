// One conversation with the dispatcher: its turns, as the server's events make them.

import { randomUuid } from "../console/uuid.js";

export const AGENTS = ["RECEPCIONISTA", "NAVEGANTE", "OPERADOR", "CONFIRMADOR"];
const MOST_TURNS = 60;

export class Thread {
  constructor(id = randomUuid()) {
    this.id = id;
    this.turns = [];
    this.agent = null;
    this.partial = "";
    this.latency = null;
  }

  get last() {
    return this.turns.at(-1) ?? null;
  }

  /** The turn that is being answered. */
  get running() {
    return this.turns.find((turn) => !turn.done) ?? null;
  }

  /** What a person typed; what they speak comes back from the server. */
  say(text) {
    this.#begin(text);
  }

  /** Take an event of the server; returns the turn that it ended, if any. */
  take(event) {
    switch (event.type) {
      case "stt_chunk":
        this.partial = event.text;
        return null;
      case "stt_output":
        this.partial = "";
        if (!this.turns.some((turn) => !turn.done && turn.said === event.text)) this.#begin(event.text);
        return null;
      case "latency":
        this.latency = event;
        return null;
      case "system_message":
        return event.level === "info" ? null : this.#refuse(event);
    }
    // an answer that is whole may still be spoken, and be spoken over
    const turn = this.running ?? (event.type === "interrupted" ? this.last : null);
    return turn ? this.#work(turn, event) : null;
  }

  /** The connection is gone: what was not answered will not be. */
  cut() {
    this.partial = "";
    for (const turn of this.turns) if (!turn.done) Object.assign(turn, { done: true, error: "lost" });
  }

  #begin(said) {
    this.turns.push({ said, answer: "", agent: null, tools: [], interrupted: null, error: null, done: false });
    this.turns.splice(0, this.turns.length - MOST_TURNS);
  }

  #refuse(event) {
    const turn = this.running;
    if (!turn || turn.answer) return null;
    return Object.assign(turn, { done: true, error: event.message });
  }

  #work(turn, event) {
    switch (event.type) {
      case "agent_chunk":
        turn.answer += event.text;
        turn.agent = this.agent = event.agent;
        return null;
      case "tool_call":
        turn.tools.push({ id: event.toolCallId, name: event.name, args: event.args, result: null });
        return null;
      case "tool_result": {
        const tool = turn.tools.find((one) => one.id === event.toolCallId);
        if (tool) tool.result = event.result;
        const next = tool && AGENTS.find((agent) => tool.name.toUpperCase().endsWith(agent));
        if (next) this.agent = next;
        return null;
      }
      case "interrupted":
        return Object.assign(turn, { done: true, interrupted: event.heard });
      case "cancelled":
      case "agent_end":
        return Object.assign(turn, { done: true, agent: event.agent ?? turn.agent });
      case "agent_error":
        return Object.assign(turn, { done: true, error: event.error });
    }
    return null;
  }
}
