// A WebSocket that comes back: it waits longer from one attempt to the next, asks why when it is not let in, and notices when
// the network is gone without a word.
//
// States: idle → connecting → connected → waiting → connecting …; `close` leads to idle from any.

import { me, token } from "./api.js";

const RETRIES_MS = [500, 1000, 2000, 4000, 8000, 15_000];
const PATIENT_RETRY = 3; // where to begin in RETRIES_MS when the server has too much to do
const STABLE_MS = 5000;
const OPEN_LIMIT_MS = 15_000;
const PING_MS = 25_000;
const PONG_LIMIT_MS = 10_000;

const NORMAL = 1000;
const OVERLOADED = 1013;
const NOT_AUTHENTICATED = 4401;
const IDLE = 4408;
const RATE_LIMITED = 4429;

/** The records' way in: a token, as browsers can send it. */
const RECORDS = { path: "/records/ws/chat", greeting: "connected", protocols: () => ["bearer", token()] };

/**
 * Events: `state`; `message` with the decoded object; `lost` when an open connection ended; `signed-out`.
 *
 * `path` is where to connect, `greeting` the type of the server's first message, `protocols()` what to offer: nothing where
 * nobody signs in.
 */
export class Link extends EventTarget {
  #socket = null;
  #attempts = 0;
  #openedAt = 0;
  #timers = new Set();

  constructor({ path, greeting, protocols } = RECORDS) {
    super();
    this.path = path;
    this.greeting = greeting;
    this.protocols = protocols;
    this.state = "idle";
    /** Whether to come back after a loss; else the next `open` does. */
    this.wanted = true;
    /** When the next attempt is due, in milliseconds since the epoch. */
    this.retryAt = null;
  }

  /** Connect, at once when an attempt is being waited for; nothing to do when it is open or opening. */
  open() {
    if (this.#socket !== null) return;
    this.#clear();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}`, this.protocols());
    this.#socket = socket;
    socket.onmessage = (message) => socket === this.#socket && this.#received(JSON.parse(message.data));
    socket.onclose = (event) => socket === this.#socket && this.#lost(event.code);
    this.#after(OPEN_LIMIT_MS, () => this.#lost(null));
    this.#become("connecting");
  }

  send(message) {
    this.#socket.send(JSON.stringify(message));
  }

  /** Send bytes, where a protocol takes them. */
  sendBytes(bytes) {
    this.#socket.send(bytes);
  }

  close() {
    this.#drop();
    this.#become("idle");
  }

  /** Close and connect again: the server cancels what runs on the connection that closes. */
  reopen() {
    this.#drop();
    this.open();
  }

  #received(message) {
    if (message.type === this.greeting && this.state === "connecting") {
      this.#clear();
      this.#openedAt = Date.now();
      this.#become("connected");
      this.#keepAlive();
    } else if (message.type === "pong") {
      this.#keepAlive();
    } else {
      this.dispatchEvent(new CustomEvent("message", { detail: message }));
    }
  }

  #keepAlive() {
    this.#clear();
    this.#after(PING_MS, () => {
      this.send({ type: "ping" });
      this.#after(PONG_LIMIT_MS, () => this.#lost(null));
    });
  }

  async #lost(code) {
    const wasOpen = this.state === "connected";
    this.#drop();
    if (wasOpen && Date.now() - this.#openedAt > STABLE_MS) this.#attempts = 0;
    if (code === NOT_AUTHENTICATED) return this.#signOut();
    if (wasOpen) this.dispatchEvent(new CustomEvent("lost"));
    if (!this.wanted || code === IDLE) return this.#become("idle");
    if (code === OVERLOADED || code === RATE_LIMITED) this.#attempts = Math.max(this.#attempts, PATIENT_RETRY);
    this.#wait();
    // A browser does not say why a handshake was refused: the token may be no good any more.
    if (!wasOpen && this.protocols().length > 0 && (await me().then(() => 200, (error) => error.status)) === 401 && this.state === "waiting") this.#signOut();
  }

  #signOut() {
    this.close();
    this.dispatchEvent(new CustomEvent("signed-out"));
  }

  #wait() {
    const longest = RETRIES_MS[Math.min(this.#attempts, RETRIES_MS.length - 1)];
    const delay = longest * (0.5 + Math.random() / 2); // so that a thousand consoles do not come back at once
    this.#attempts += 1;
    this.retryAt = Date.now() + delay;
    this.#after(delay, () => this.open());
    this.#become("waiting");
  }

  #become(state) {
    this.state = state;
    if (state !== "waiting") this.retryAt = null;
    this.dispatchEvent(new CustomEvent("state"));
  }

  #drop() {
    this.#clear();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(NORMAL);
  }

  #after(delay, work) {
    this.#timers.add(setTimeout(work, delay));
  }

  #clear() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
