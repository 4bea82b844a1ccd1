// One conversation about a patient: its own socket, so that stopping a turn (closing the socket) stops no other.

import { token } from "./api.js";

const PATH = "/records/ws/chat";
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15000;
const PING_MS = 25000;
const NOT_AUTHENTICATED = 4401;

export class Session extends EventTarget {
  constructor(saved = {}) {
    super();
    this.id = saved.id ?? crypto.randomUUID();
    this.patient = saved.patient ?? null;
    this.turns = saved.turns ?? [];
    this.state = "idle";
    this.socket = null;
    this.retry = FIRST_RETRY_MS;
    for (const turn of this.turns) if (!turn.done) Object.assign(turn, { done: true, failure: "lost" });
  }

  saved() {
    return { id: this.id, patient: this.patient, turns: this.turns };
  }

  get running() {
    const last = this.turns.at(-1);
    return last !== undefined && !last.done;
  }

  changed(what = "change") {
    this.dispatchEvent(new CustomEvent(what));
  }

  connect() {
    if (this.socket !== null) return;
    this.state = this.retry > FIRST_RETRY_MS ? "reconnecting" : "connecting";
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${PATH}`, ["bearer", token()]);
    this.socket = socket;
    socket.onmessage = (message) => socket === this.socket && this.received(JSON.parse(message.data));
    socket.onclose = (event) => socket === this.socket && this.lost(event.code);
    this.changed();
  }

  close() {
    const socket = this.socket;
    this.socket = null;
    clearTimeout(this.timer);
    clearInterval(this.pings);
    socket?.close(1000);
  }

  lost(code) {
    this.close();
    if (this.running) this.finish({ failure: "lost" });
    if (code === NOT_AUTHENTICATED) {
      this.changed("signed-out");
      return;
    }
    this.state = "reconnecting";
    this.timer = setTimeout(() => this.connect(), this.retry * (0.5 + Math.random()));
    this.retry = Math.min(this.retry * 2, LAST_RETRY_MS);
    this.changed();
  }

  ask(question) {
    const turn = { question, answer: "", status: null, sources: [], done: false };
    this.turns.push(turn);
    this.changed();
    this.whenOpen(() => this.socket.send(JSON.stringify({
      type: "query",
      session_id: this.id,
      document_type_id: this.patient.document_type_id,
      document_number: this.patient.document_number,
      question,
    })));
  }

  whenOpen(send) {
    if (this.socket?.readyState === WebSocket.OPEN && this.state === "connected") send();
    else {
      this.pending = send;
      this.connect();
    }
  }

  /** Stop the running turn: the server cancels it, and its model request, when its connection closes. */
  stop() {
    this.pending = null;
    this.close();
    this.finish({ failure: "stopped" });
    this.connect();
  }

  finish(how) {
    Object.assign(this.turns.at(-1), how, { done: true, status: null });
    this.changed();
    this.changed("finished");
  }

  received(event) {
    const turn = this.turns.at(-1);
    switch (event.type) {
      case "connected":
        this.state = "connected";
        this.retry = FIRST_RETRY_MS;
        this.pings = setInterval(() => this.socket?.send('{"type":"ping"}'), PING_MS);
        this.pending?.();
        this.pending = null;
        this.changed();
        break;
      case "status":
        if (turn && !turn.done) { turn.status = event.status; this.changed("status"); }
        break;
      case "token":
        if (turn && !turn.done) { turn.answer += event.token; this.changed("token"); }
        break;
      case "complete":
        this.finish({
          answer: event.answer.text,
          confidence: event.answer.confidence,
          model: event.answer.model_used,
          sources: event.metadata.sources ?? [],
          records: event.metadata.total_records_analyzed,
          chunks: event.metadata.vector_chunks_used,
          patient_info: event.patient_info,
        });
        break;
      case "error":
        if (turn && !turn.done) this.finish({ error: event.error });
        break;
    }
  }
}
