// The texts of a page in its languages: which one is spoken, and the elements that show them. For pages of applications.

import { browser } from "./storage.js";

const KEY = "language";

/** Speak one of {es: {name: text}, en: …}: the one chosen before, else the browser's, else the usual one. */
export function openTexts(texts, usual) {
  let language = [browser.get(KEY), navigator.language.slice(0, 2), usual].find((one) => one in texts);

  /** The text of that name, with its {places} filled. */
  function text(name, places = {}) {
    const found = texts[language][name] ?? name;
    return typeof found === "string" ? found.replace(/\{(\w+)\}/g, (_, place) => places[place] ?? "") : found;
  }

  function switchLanguage() {
    language = language === "es" ? "en" : "es";
    browser.set(KEY, language);
    drawTexts();
  }

  /** Write the texts of all elements marked with data-text, data-label and data-placeholder. */
  function drawTexts() {
    document.documentElement.lang = language;
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
    for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = text(node.dataset.placeholder);
    for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", text(node.dataset.label));
    for (const node of document.querySelectorAll(".language")) {
      node.textContent = text("other_language");
      node.lang = language === "es" ? "en" : "es";
    }
  }

  return { text, switchLanguage, drawTexts, spoken: () => language };
}
