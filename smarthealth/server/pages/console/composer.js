// Where questions are written.

import { byId, setText } from "./dom.js";
import { text } from "./texts.js";

const MOST_ROWS = 8;
const FEW_LEFT = 400;

/** Show one of two buttons in the place of the other; the focus goes along. */
function swap(first, second, toSecond) {
  const hadFocus = [first, second].includes(document.activeElement);
  first.hidden = toSecond;
  second.hidden = !toSecond;
  if (hadFocus) (toSecond ? second : first).focus();
}

/** `ask(question)` is called with what was written, `written(draft)` with each change of it. */
export class Composer {
  constructor(ask, written) {
    this.input = byId("question");
    this.input.addEventListener("input", () => { written(this.input.value); this.#fit(); });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      ask(this.input.value.trim());
    });
    byId("ask").addEventListener("submit", (event) => { event.preventDefault(); ask(this.input.value.trim()); });
  }

  /** Show a session's draft, and whether it can be stopped or asked. */
  show(session) {
    if (this.input.value !== session.draft) this.input.value = session.draft;
    swap(byId("send"), byId("stop"), session.running);
    this.#fit();
  }

  #fit() {
    const { value, maxLength, style } = this.input, left = maxLength - value.length;
    setText(byId("ask-hint"), left < FEW_LEFT ? text("characters_left", { count: left }) : text("ask_hint"));
    byId("ask-hint").classList.toggle("few", left < FEW_LEFT);
    if (CSS.supports("field-sizing", "content")) return;
    this.input.rows = Math.min(MOST_ROWS, value.split("\n").length);
    style.overflowY = "auto";
  }
}
