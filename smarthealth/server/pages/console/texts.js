// What the console says, in the language of whoever reads it. Answers and excerpts come as the server gives them.

import { browser } from "./storage.js";
import { ENGLISH } from "./texts-en.js";
import { SPANISH } from "./texts-es.js";

const TEXTS = { es: SPANISH, en: ENGLISH };
const KEY = "language";

let language = browser.get(KEY);
if (!(language in TEXTS)) language = navigator.language.startsWith("es") ? "es" : "en";

/** The text of that name, with its {places} filled. */
export function text(name, places = {}) {
  const found = TEXTS[language][name] ?? name;
  return typeof found === "string" ? found.replace(/\{(\w+)\}/g, (_, place) => places[place] ?? "") : found;
}

/** The text of one or of many, with {count} filled. */
export const counted = (name, count) => text(count === 1 ? `${name}_one` : `${name}_many`, { count });

export const has = (name) => name in TEXTS[language];

/** Go over to the other language, for this browser, and rewrite every marked element. */
export function switchLanguage() {
  language = language === "es" ? "en" : "es";
  browser.set(KEY, language);
  drawTexts();
}

/** Write the texts of all elements marked with data-text, data-label and data-placeholder. */
export function drawTexts() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = text(node.dataset.placeholder);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", text(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = text(node.dataset.label);
  }
  for (const node of document.querySelectorAll(".language")) {
    node.textContent = text("other_language");
    node.lang = language === "es" ? "en" : "es";
  }
}

const number = (options) => (value) => new Intl.NumberFormat(language, options).format(value);
export const percent = number({ style: "percent" });
export const decimal = number({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const seconds = number({ style: "unit", unit: "second", maximumFractionDigits: 1 });

/** A day such as 2013-02-19, as people write it. */
export function day(iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  return isNaN(date) ? iso : new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(date);
}

/** Whole years from a day until today. */
export function age(iso) {
  const [year, month, date] = iso.split("-").map(Number), now = new Date();
  const before = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < date);
  return now.getFullYear() - year - (before ? 1 : 0);
}
