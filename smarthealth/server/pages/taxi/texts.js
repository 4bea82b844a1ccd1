// What the taxi's page says, in two languages. The dispatcher speaks Spanish.

import { browser } from "../console/storage.js";

const TEXTS = {
  en: {
    other_language: "Español", skip: "Skip to the message", title: "Order a taxi", new_thread: "New conversation", agents: "Who attends you", conversation: "Conversation",
    message: "Your message", message_hint: "Where do you want to go?", send: "Send", microphone: "Speak", voice: "Voice", speak: "Read the answers out",
    record: "I agree to a recording", events: "Events", records: "Records", retry_now: "Try again now", connecting: "Connecting…", connected: "Connected",
    waiting: "Not connected", idle: "Resting", retry_in: "The connection was lost. Next attempt in {seconds} s.", listening: "Listening. Speak whenever you like, also while the dispatcher does.",
    microphone_refused: "The browser does not allow this page to use the microphone.", microphone_missing: "No microphone could be opened.",
    RECEPCIONISTA: "Reception", NAVEGANTE: "Address", OPERADOR: "Payment and fare", CONFIRMADOR: "Confirmation",
    empty: "Say where you are and where you are going, by voice or by text.", examples: ["Hola, necesito un taxi", "Estoy en la calle 72 # 43-25, en El Prado, voy al aeropuerto", "¿Cuánto vale ir del Prado a Soledad?"],
    latency: "After you spoke: transcript {transcript} ms, first word {token} ms, first sound {audio} ms", lost: "The connection was lost before the answer was whole.",
    interrupted: "Interrupted. You heard: {heard}", failed: "No answer.",
  },
  es: {
    other_language: "English", skip: "Ir al mensaje", title: "Pida un taxi", new_thread: "Nueva conversación", agents: "Quién lo atiende", conversation: "Conversación",
    message: "Su mensaje", message_hint: "¿A dónde va?", send: "Enviar", microphone: "Hablar", voice: "Voz", speak: "Leer las respuestas en voz alta",
    record: "Acepto que se grabe", events: "Eventos", records: "Historias", retry_now: "Reintentar ahora", connecting: "Conectando…", connected: "Conectado",
    waiting: "Sin conexión", idle: "En reposo", retry_in: "Se perdió la conexión. Nuevo intento en {seconds} s.", listening: "Escuchando. Hable cuando quiera, también mientras le responden.",
    microphone_refused: "El navegador no permite que esta página use el micrófono.", microphone_missing: "No se pudo abrir ningún micrófono.",
    RECEPCIONISTA: "Recepción", NAVEGANTE: "Dirección", OPERADOR: "Pago y tarifa", CONFIRMADOR: "Confirmación",
    empty: "Diga dónde está y a dónde va, por voz o por escrito.", examples: ["Hola, necesito un taxi", "Estoy en la calle 72 # 43-25, en El Prado, voy al aeropuerto", "¿Cuánto vale ir del Prado a Soledad?"],
    latency: "Desde que habló: transcripción {transcript} ms, primera palabra {token} ms, primer sonido {audio} ms", lost: "Se perdió la conexión antes de terminar la respuesta.",
    interrupted: "Interrumpido. Usted oyó: {heard}", failed: "Sin respuesta.",
  },
};
const KEY = "language";

let language = browser.get(KEY);
if (!(language in TEXTS)) language = navigator.language.startsWith("es") ? "es" : "en";

/** The text of that name, with its {places} filled. */
export function text(name, places = {}) {
  const found = TEXTS[language][name] ?? name;
  return typeof found === "string" ? found.replace(/\{(\w+)\}/g, (_, place) => places[place] ?? "") : found;
}

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
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", text(node.dataset.label));
  for (const node of document.querySelectorAll(".language")) {
    node.textContent = text("other_language");
    node.lang = language === "es" ? "en" : "es";
  }
}
