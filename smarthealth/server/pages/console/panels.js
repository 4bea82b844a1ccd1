// Panels that stand beside the conversation where there is room, and lie over it as dialogs where there is none.

import { byId } from "./dom.js";

let opened = null;

export class Panel {
  #opener = null;

  /** `narrow` is the media query under which there is no room; `beside` are the ids of what it then covers. */
  constructor(id, narrow, beside, onToggle = () => {}) {
    this.element = byId(id);
    this.media = matchMedia(narrow);
    this.beside = beside.map(byId);
    this.onToggle = onToggle;
    this.media.addEventListener("change", () => this.close(false));
  }

  /** Lay it over the page, where that is how it is shown. */
  open(opener) {
    if (!this.media.matches || opened === this) return;
    opened?.close(false);
    opened = this;
    this.#opener = opener;
    this.#toggle(true);
    this.element.querySelector(".bar button").focus();
  }

  /** Take it off; the focus goes back to what opened it, unless it is wanted elsewhere. */
  close(giveBack = true) {
    if (opened !== this) return;
    opened = null;
    this.#toggle(false);
    if (giveBack && this.#opener?.isConnected) this.#opener.focus();
  }

  #toggle(shown) {
    this.element.classList.toggle("open", shown);
    for (const other of this.beside) other.inert = shown;
    byId("backdrop").hidden = !shown;
    if (shown) {
      this.element.setAttribute("role", "dialog");
      this.element.setAttribute("aria-modal", "true");
    } else {
      this.element.setAttribute("role", "complementary");
      this.element.removeAttribute("aria-modal");
    }
    this.onToggle(shown);
  }
}

/** Close the panel that lies over the page; whether there was one. */
export function closePanel(giveBack = true) {
  const was = opened;
  was?.close(giveBack);
  return was !== null;
}
