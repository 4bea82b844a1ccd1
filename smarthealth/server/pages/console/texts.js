// What the console says, in both languages. The server's own texts (answers, errors) come as they are.

const TEXTS = {
  es: {
    skip: "Ir a la pregunta", sessions: "Sesiones", observer: "Observador", language: "Switch to English",
    sign_out: "Salir", sign_in: "Entrar", welcome: "Consultar la historia clínica",
    welcome_hint: "Entre con su cuenta. `smarthealth demo` muestra el usuario y la clave de demostración.",
    email: "Correo", password: "Clave", new_session: "Nueva sesión", conversation: "Conversación",
    patient: "Paciente", patient_hint: "Nombre o documento…", by_document: "Por tipo y número de documento",
    document_type: "Tipo", document_number: "Número", use: "Usar", question: "Pregunta",
    question_hint: "¿Cuál fue la última hemoglobina?", ask: "Preguntar", stop: "Detener", sources: "Fuentes",
    no_sources: "Las fuentes de la respuesta aparecen aquí.", stopped: "Detenida.", choose_patient: "Elija primero un paciente.",
    connecting: "Conectando…", connected: "Conectado", reconnecting: "Reconectando…", offline: "Sin conexión",
    signed_out: "La sesión expiró: entre de nuevo.", wrong: "No se pudo entrar.", lost: "Se perdió la conexión antes de terminar. Pregunte de nuevo.",
    no_patients: "Ningún paciente coincide.", untitled: "Sesión nueva", confidence: "confianza", records: "registros",
    passages: "pasajes", close: "Cerrar sesión de consulta", answered: "Respuesta completa.", no_date: "sin fecha",
    searching_patient: "Buscando al paciente", vector_search: "Buscando en la historia", building_context: "Reuniendo el contexto",
    generating: "Escribiendo la respuesta", you: "Usted", answer: "Respuesta", source: "Fuente",
    try_these: "Por ejemplo:", examples: ["¿Cuál es el historial médico del paciente?", "¿Cuál fue la última HbA1c?", "¿Qué medicamentos toma?", "¿Es alérgica a algo?"],
  },
  en: {
    skip: "Go to the question", sessions: "Sessions", observer: "Observer", language: "Cambiar a español",
    sign_out: "Sign out", sign_in: "Sign in", welcome: "Ask a patient's record",
    welcome_hint: "Sign in with your account. `smarthealth demo` prints the demo user and its password.",
    email: "Email", password: "Password", new_session: "New session", conversation: "Conversation",
    patient: "Patient", patient_hint: "Name or document…", by_document: "By type and number of document",
    document_type: "Type", document_number: "Number", use: "Use", question: "Question",
    question_hint: "What was the last haemoglobin?", ask: "Ask", stop: "Stop", sources: "Sources",
    no_sources: "The sources of the answer appear here.", stopped: "Stopped.", choose_patient: "Choose a patient first.",
    connecting: "Connecting…", connected: "Connected", reconnecting: "Reconnecting…", offline: "Offline",
    signed_out: "Your session expired: sign in again.", wrong: "Could not sign in.", lost: "The connection was lost before the end. Ask again.",
    no_patients: "No patient matches.", untitled: "New session", confidence: "confidence", records: "records",
    passages: "passages", close: "Close session", answered: "Answer complete.", no_date: "no date",
    searching_patient: "Looking for the patient", vector_search: "Searching the record", building_context: "Gathering the context",
    generating: "Writing the answer", you: "You", answer: "Answer", source: "Source",
    try_these: "For example:", examples: ["What is the patient's medical history?", "What was the last HbA1c?", "Which medications are prescribed?", "Any allergies?"],
  },
};

let language = localStorage.getItem("language") ?? (navigator.language.startsWith("es") ? "es" : "en");

export const text = (key) => TEXTS[language][key] ?? key;
export const currentLanguage = () => language;

/** Switch between Spanish and English and redraw every marked element. */
export function switchLanguage() {
  language = language === "es" ? "en" : "es";
  localStorage.setItem("language", language);
  drawTexts();
}

/** Write the texts of all elements marked with data-text, data-label and data-placeholder. */
export function drawTexts() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", text(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = text(node.dataset.placeholder);
  document.getElementById("language").textContent = language === "es" ? "EN" : "ES";
}
