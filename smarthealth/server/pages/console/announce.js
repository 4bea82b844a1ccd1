// What screen readers say: few, whole sentences. Tokens are not read one by one.

import { byId } from "./dom.js";

const STATUS_AFTER_MS = 1500;
const TOAST_MS = 8000;
let timer = null, toastTimer = null;

function say(id, sentence) {
  const region = byId(id);
  // The same sentence twice is no change, and would not be read.
  region.textContent = region.textContent === sentence ? `${sentence}\u00a0` : sentence;
}

export function announce(sentence) {
  clearTimeout(timer);
  say("polite", sentence);
}

export const alarm = (sentence) => say("assertive", sentence);

/** Say it to everybody, above the conversation, for a while. */
export function notify(sentence) {
  alarm(sentence);
  const toast = byId("toast");
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toast.hidden = true; }, TOAST_MS);
}

/** Say it unless something else is said soon: what passes quickly is not worth hearing. */
export function announceSlow(sentence) {
  clearTimeout(timer);
  timer = setTimeout(() => say("polite", sentence), STATUS_AFTER_MS);
}
