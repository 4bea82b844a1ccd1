// Runs beside the audio hardware: brings samples to the server's rate and packs them as 16-bit integers.

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions: { rate, samples } }) {
    super();
    this.step = sampleRate / rate;
    this.samples = samples;
    this.piece = new Int16Array(samples);
    this.filled = 0;
    this.sum = 0; // of the input samples that make the next output sample: their mean keeps high tones from folding down
    this.count = 0;
    this.due = this.step;
  }

  process([[input]]) {
    for (const sample of input ?? []) {
      this.sum += sample;
      this.count += 1;
      this.due -= 1;
      if (this.due > 0) continue;
      this.due += this.step;
      this.put(this.sum / this.count);
      this.sum = this.count = 0;
    }
    return true;
  }

  put(sample) {
    this.piece[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
    if (this.filled < this.samples) return;
    this.port.postMessage(this.piece.buffer, [this.piece.buffer]); // which takes its memory away: it has no length any more
    this.piece = new Int16Array(this.samples);
    this.filled = 0;
  }
}

registerProcessor("capture", Capture);
