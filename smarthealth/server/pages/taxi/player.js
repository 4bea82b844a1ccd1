// Plays the dispatcher's speech as it comes, and knows how much of it was heard.

const LEAD_S = 0.06; // so that the first piece is not late already
const MARK_MS = 250;

export class Player {
  #context = null;
  #sources = new Set();
  #speech = null;
  #startedAt = 0;
  #endsAt = 0;
  #timer = null;

  /** `onMark(playedMs, speech)` is told now and then while something plays. */
  constructor(onMark) {
    this.onMark = onMark;
  }

  /** Must be called from a click: browsers let no page speak by itself. */
  allow() {
    this.#context ??= new AudioContext();
    this.#context.resume();
  }

  add({ audio, sample_rate: rate, speech = null }) {
    if (!this.#context) return;
    const samples = decode(audio), buffer = this.#context.createBuffer(1, Math.max(1, samples.length), rate);
    buffer.getChannelData(0).set(samples);
    const now = this.#context.currentTime;
    if (speech !== this.#speech || this.#endsAt < now) this.#begin(speech, now);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    source.onended = () => this.#sources.delete(source);
    source.start(this.#endsAt);
    this.#sources.add(source);
    this.#endsAt += buffer.duration;
    this.#timer ??= setInterval(() => this.#mark(), MARK_MS);
  }

  pause() {
    this.#context?.suspend();
  }

  resume() {
    this.#context?.resume();
  }

  stop() {
    for (const source of this.#sources) source.stop();
    this.#sources.clear();
    this.#endsAt = 0;
    this.#quiet();
    this.resume();
  }

  #begin(speech, now) {
    if (speech !== this.#speech) this.#startedAt = Math.max(now + LEAD_S, this.#endsAt);
    else this.#startedAt += now + LEAD_S - this.#endsAt; // a gap in the middle of a speech was not heard
    this.#endsAt = Math.max(now + LEAD_S, this.#endsAt);
    this.#speech = speech;
  }

  #mark() {
    const now = this.#context.currentTime;
    if (this.#speech !== null) this.onMark(Math.max(0, Math.round(1000 * (Math.min(now, this.#endsAt) - this.#startedAt))), this.#speech);
    if (now >= this.#endsAt) this.#quiet();
  }

  #quiet() {
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

function decode(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return Float32Array.from(new Int16Array(bytes.buffer, 0, bytes.length >> 1), (sample) => sample / 32768);
}
