// One conversation about a patient, over a link of its own: stopping a turn closes the link, and must stop no other session.

import { Link } from "./link.js";
import { randomUuid } from "./uuid.js";

const MOST_TURNS = 50;
const BUSY_RETRY_MS = 400;
const BUSY_RETRIES = 8;
const FAREWELL_MS = 5000;
/** Digits that generated records glue to names: `Liane379`. */
const GLUED_DIGITS = /(?<=\p{L})\d+/gu;

/** How a turn ended when no message of the server said so. */
export const STOPPED = "stopped", LOST = "lost", SIGNED_OUT = "signed_out", RELOADED = "reloaded";

/** Events: `change` (of anything), `progress` (status or tokens of the running turn), `finished`, `signed-out`. */
export class Session extends EventTarget {
  #link = new Link();
  #busyRetries = 0;
  #timer = null;

  constructor(saved = {}) {
    super();
    this.id = saved.id ?? randomUuid();
    this.patient = saved.patient ?? null;
    this.turns = saved.turns ?? [];
    this.draft = saved.draft ?? "";
    /** Whether an answer came that was not looked at. */
    this.unread = saved.unread ?? false;
    for (const turn of this.turns) if (!turn.done) Object.assign(turn, { done: true, status: null, failure: RELOADED });
    this.#link.addEventListener("state", () => this.#linkChanged());
    this.#link.addEventListener("message", (event) => this.#received(event.detail));
    this.#link.addEventListener("lost", () => this.#cut(LOST));
    this.#link.addEventListener("signed-out", () => {
      this.#cut(SIGNED_OUT);
      this.#tell("signed-out");
    });
  }

  saved() {
    const { id, patient, turns, draft, unread } = this;
    return { id, patient, turns, draft, unread };
  }

  get last() {
    return this.turns.at(-1) ?? null;
  }

  /** The last turn that was answered, null when none was. */
  get answered() {
    return this.turns.findLast((turn) => turn.done && !turn.failure && !turn.error) ?? null;
  }

  get running() {
    return this.last !== null && !this.last.done;
  }

  get connection() {
    return this.#link.state;
  }

  get retryAt() {
    return this.#link.retryAt;
  }

  /** Connect now, and come back after losses while `wanted`. */
  connect() {
    this.#link.wanted = true;
    this.#link.open();
  }

  /** Let go of the connection when it is lost, unless a turn needs it. */
  letGo() {
    this.#link.wanted = this.running;
  }

  close() {
    this.#leave(STOPPED);
  }

  /** Hang up until somebody has signed in again. */
  disconnect() {
    this.#leave(SIGNED_OUT);
  }

  /** The connection ended; what the server said of it just before was less to the point. */
  #cut(failure) {
    const { last } = this;
    if (last?.error?.code === "PROCESSING_ERROR" && Date.now() - last.endedAt < FAREWELL_MS) {
      this.turns[this.turns.length - 1] = { ...last, error: undefined, failure }; // another turn, so that it is drawn anew
      this.#tell("change");
    }
    this.#finish({ failure });
  }

  #leave(failure) {
    clearTimeout(this.#timer);
    this.#finish({ failure });
    this.#link.close();
  }

  choose(patient) {
    this.patient = patient;
    this.#tell("change");
  }

  ask(question) {
    this.turns.push({ question, answer: "", status: "connecting", sent: false, sources: [], done: false });
    this.turns.splice(0, this.turns.length - MOST_TURNS);
    this.#busyRetries = 0;
    this.#tell("change");
    if (this.connection === "connected") this.#send();
    else this.connect();
  }

  /** Ask a turn's question again; the last turn gives its place to the new one. */
  askAgain(turn) {
    if (turn === this.last) this.turns.pop();
    this.ask(turn.question);
  }

  /** Stop the running turn: the server cancels it, and its model request, when its connection closes. */
  stop() {
    if (!this.running) return;
    clearTimeout(this.#timer);
    const { sent } = this.last;
    this.#finish({ failure: STOPPED });
    if (sent) this.#link.reopen();
  }

  #send() {
    this.last.sent = true;
    this.#link.send({
      type: "query",
      session_id: this.id,
      document_type_id: this.patient.document_type_id,
      document_number: this.patient.document_number,
      question: this.last.question,
    });
  }

  #linkChanged() {
    if (this.connection === "connected" && this.running && !this.last.sent) this.#send();
    this.#tell("change");
  }

  #received(message) {
    if (!this.running) return;
    switch (message.type) {
      case "status":
        this.last.status = message.status;
        this.#tell("progress");
        break;
      case "token":
        this.last.answer += message.token;
        this.#tell("progress");
        break;
      case "complete":
        this.#completed(message);
        break;
      case "error":
        this.#failed(message.error);
        break;
    }
  }

  #completed({ answer, metadata, patient_info: patient }) {
    if (!this.patient.full_name) this.patient = { ...this.patient, full_name: patient.full_name.replace(GLUED_DIGITS, "") };
    this.#finish({
      answer: answer.text,
      confidence: answer.confidence,
      model: answer.model_used,
      sources: metadata.sources ?? [],
      records: metadata.total_records_analyzed,
      passages: metadata.vector_chunks_used,
      searched: metadata.passages_searched !== false,
      seconds: (metadata.timings_ms?.total ?? 0) / 1000,
    });
  }

  #failed(error) {
    // After a stop or a loss the server may need a moment to notice that the former turn is over.
    if (error.code === "SESSION_BUSY" && this.#busyRetries < BUSY_RETRIES) {
      this.#busyRetries += 1;
      this.#timer = setTimeout(() => this.running && this.connection === "connected" && this.#send(), BUSY_RETRY_MS);
      return;
    }
    this.#finish({ error });
  }

  #finish(how) {
    // What was not sent yet is not lost: it goes out with the next connection.
    if (!this.running || (how.failure === LOST && !this.last.sent)) return;
    Object.assign(this.last, how, { done: true, status: null, endedAt: Date.now() });
    this.#tell("change");
    this.#tell("finished");
  }

  #tell(what) {
    this.dispatchEvent(new CustomEvent(what));
  }
}
