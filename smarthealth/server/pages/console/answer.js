// An answer's text as it grows: paragraphs, lists, **emphasis** and [n] marks. Lines that are whole are drawn once and stay,
// so that what is selected stays selected; only the last one is drawn anew.

import { make } from "./dom.js";

const MARKS = /(\[\d+(?:\s*[,;]\s*\d+)*\][.,;:)]*|\*\*[^*\n]+\*\*)/;
const MARK = /^\[(\d[\d\s,;]*)\](.*)$/;
const LINE = /^(?:(#{1,6})\s+|\s*(?:[-*•]|\d{1,2}[.)])\s+)?(.*)$/su;

/** The ids of the sources that a text cites, in order. */
export function citedIds(text) {
  const ids = [...text.matchAll(/\[(\d+(?:\s*[,;]\s*\d+)*)\]/g)].flatMap((match) => match[1].split(/[,;]/).map(Number));
  return [...new Set(ids)].sort((one, other) => one - other);
}

/** A text as it is to be read aloud. */
export const withoutMarks = (text) => text.replace(/\s*\[\d+(?:\s*[,;]\s*\d+)*\]|\*\*/g, "");

/** Draws into an element; `makeMark(id)` gives the node for a mark. */
export class AnswerWriter {
  #drawn = 0;
  #list = null;
  #last = null;

  constructor(element, makeMark) {
    this.element = element;
    this.makeMark = makeMark;
  }

  /** Draw the text, of which what was given before is the beginning. */
  write(text) {
    const lines = text.split(/\r?\n/);
    this.#last?.remove();
    this.#last = null;
    while (this.#drawn < lines.length - 1) this.#draw(lines[this.#drawn++]);
    this.#last = this.#draw(lines.at(-1));
  }

  #draw(line) {
    if (line.trim() === "") return null;
    const [, heading, words] = LINE.exec(line);
    const isItem = !heading && words.length < line.trim().length;
    const node = make(isItem ? "li" : "p", heading ? { className: "heading" } : {}, ...this.#inline(words));
    if (!isItem) {
      this.element.append(node);
      return node;
    }
    const tag = /^\s*\d/.test(line) ? "OL" : "UL";
    if (this.#list?.tagName !== tag || this.#list !== this.element.lastElementChild) {
      this.#list = make(tag, tag === "OL" ? { start: Number.parseInt(line, 10) } : {});
      this.element.append(this.#list);
    }
    this.#list.append(node);
    return node;
  }

  #inline(words) {
    return words.split(MARKS).flatMap((part) => {
      if (part.startsWith("**") && part.length > 4) return [make("strong", {}, ...this.#inline(part.slice(2, -2)))];
      const mark = MARK.exec(part);
      if (mark) return [this.#marks(mark[1].split(/[,;]/).map(Number), mark[2])];
      return part === "" ? [] : [part];
    });
  }

  /** Marks, and the punctuation that must not begin a line. */
  #marks(ids, after) {
    return make("span", { className: "keep" }, ...ids.map((id) => this.makeMark(id)), after || null);
  }
}
