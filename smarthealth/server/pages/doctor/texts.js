// What the doctor's page says, in two languages. Answers come in the language of the message.

import { openTexts } from "../console/words.js";

const TEXTS = {
  en: {
    other_language: "Español", skip: "Skip to the message", title: "Ask about your health", new_session: "New conversation", sessions: "Conversations",
    untitled: "Nothing asked yet", profile: "About you", profile_hint: "What you tell here is sent with your next message, so that the advice fits you.",
    age: "Age", sex: "Sex", female: "Female", male: "Male", other: "Other", pregnant: "Pregnant", conditions: "Long-term illnesses",
    conditions_hint: "diabetes, asthma", medications: "Medicines you take", medications_hint: "metformin, losartan", allergies: "Allergies to medicines",
    allergies_hint: "penicillin", country: "Country", profile_kept: "Kept in this browser.", profile_wrong: "The age must be from 0 to 130.",
    records: "Records", conversation: "Conversation", message: "Your message", message_hint: "What is the matter?", send: "Send",
    disclaimer: "General information, no diagnosis. In an emergency call your emergency number at once.", retry_now: "Try again now",
    connecting: "Connecting…", connected: "Connected", waiting: "Not connected", idle: "Resting", retry_in: "The connection was lost. Next attempt in {seconds} s.",
    empty: "Tell what you feel, since when, and how strong it is.", examples: ["I have had a cough for a week", "My baby has a fever", "What is high blood pressure?"],
    validating: "Reading", checking_emergency: "Looking for an emergency", processing: "Thinking", triage: "How urgent", diagnostic: "What it may be", treatment: "What to do",
    emergency: "This may be an emergency", sources: "Sources", level: "Urgency {level}", lost: "The connection was lost before the answer was whole.",
    again: "Ask again", answered: "Answer complete.", failed: "No answer: {message}",
  },
  es: {
    other_language: "English", skip: "Ir al mensaje", title: "Pregunte por su salud", new_session: "Nueva conversación", sessions: "Conversaciones",
    untitled: "Aún sin preguntas", profile: "Sobre usted", profile_hint: "Lo que cuente aquí va con su próximo mensaje, para que el consejo le convenga.",
    age: "Edad", sex: "Sexo", female: "Femenino", male: "Masculino", other: "Otro", pregnant: "Embarazo", conditions: "Enfermedades crónicas",
    conditions_hint: "diabetes, asma", medications: "Medicamentos que toma", medications_hint: "metformina, losartán", allergies: "Alergias a medicamentos",
    allergies_hint: "penicilina", country: "País", profile_kept: "Guardado en este navegador.", profile_wrong: "La edad debe estar entre 0 y 130.",
    records: "Historias", conversation: "Conversación", message: "Su mensaje", message_hint: "¿Qué le pasa?", send: "Enviar",
    disclaimer: "Información general, no es un diagnóstico. En una emergencia llame de inmediato al número de emergencias.", retry_now: "Reintentar ahora",
    connecting: "Conectando…", connected: "Conectado", waiting: "Sin conexión", idle: "En reposo", retry_in: "Se perdió la conexión. Nuevo intento en {seconds} s.",
    empty: "Cuente qué siente, desde cuándo y con qué intensidad.", examples: ["Tengo tos desde hace una semana", "Mi bebé tiene fiebre", "¿Qué es la presión alta?"],
    validating: "Leyendo", checking_emergency: "Buscando una emergencia", processing: "Pensando", triage: "Qué tan urgente es", diagnostic: "Qué puede ser", treatment: "Qué hacer",
    emergency: "Esto puede ser una emergencia", sources: "Fuentes", level: "Urgencia {level}", lost: "Se perdió la conexión antes de terminar la respuesta.",
    again: "Preguntar de nuevo", answered: "Respuesta completa.", failed: "Sin respuesta: {message}",
  },
};

export const { text, switchLanguage, drawTexts } = openTexts(TEXTS, "en");
