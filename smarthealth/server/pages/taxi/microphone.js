// The microphone, as the server hears it: PCM of 16-bit samples, 16 kHz, mono, in pieces of 40 milliseconds.

const RATE_HZ = 16_000;
const PIECE_SAMPLES = 640;

export class Microphone {
  #context = null;
  #stream = null;

  get open() {
    return this.#context !== null;
  }

  /** Open it and hand each piece on; fails when the person or the browser does not allow it. */
  async start(onPiece) {
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio });
    const context = (this.#context = new AudioContext());
    await context.audioWorklet.addModule("/pages/taxi/capture-worklet.js");
    if (this.#context !== context) return; // closed meanwhile
    const capture = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0, processorOptions: { rate: RATE_HZ, samples: PIECE_SAMPLES } });
    capture.port.onmessage = (event) => this.open && onPiece(event.data);
    context.createMediaStreamSource(this.#stream).connect(capture);
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#context?.close();
    this.#context = this.#stream = null;
  }
}
