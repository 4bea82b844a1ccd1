// What the workspace's page says, in two languages. The agent answers in the language of the message.

import { openTexts } from "../console/words.js";

const TEXTS = {
  en: {
    other_language: "Español", skip: "Skip to the message", new_conversation: "New conversation", conversations: "Conversations", conversation: "Conversation",
    conversation_name: "Name of a conversation", enter: "Enter", people: "Who is here", files: "Files", no_files: "No files yet.", save: "Save {path}",
    share: "Share and sign in", share_signed_out: "Sign in to own your conversations and invite others. Without, whoever knows the name may enter.",
    share_guest: "Only who opened this conversation invites to it.", share_owner: "Who has a link enters.", invite_viewer: "Invite to watch", invite_editor: "Invite to write",
    invite_link: "Link to send on, shown this once", viewer: "watches", editor: "writes", owner: "owner", take_back: "Take back", invite_until: "{role}, until {until}",
    email: "Email", password: "Password", sign_in: "Sign in", sign_out: "Sign out", signed_in_not: "Email or password is not right, or the server does not answer.",
    records: "Records", message: "Message", message_hint: "Ask the agent: create notes.txt with the content hello", send: "Send", stop: "Stop the agent",
    idle: "Not connected", connecting: "Connecting", connected: "Connected", waiting: "Connection lost", retry_now: "Try now", retry_in: "No connection. Next attempt in {seconds} s.",
    no_entry: "This conversation belongs to somebody else, or its invite is no longer good.", ended: "You were signed out, or the invite was taken back.",
    you: "You", agent: "Agent", somebody: "Guest", thinking: "The agent is thinking, step {iteration}", typing: "{names} is writing …", approve: "Allow", refuse: "Refuse",
    wants: "The agent wants to use {tool}. Allow it?", arguments: "Arguments", result: "Result", error: "Error", running: "running", done: "done", failed: "failed", asks: "asks",
    lost: "Not sent: there is no connection.", answered: "The agent has answered.", viewer_only: "You may watch this conversation, not write.",
    empty: "A folder of files and an agent with tools. Everybody here sees the same.", anonymous: "Guest {number}",
    examples: ["create notes.txt with the content hello", "what files are there", "search for hello"],
  },
  es: {
    other_language: "English", skip: "Ir al mensaje", new_conversation: "Nueva conversación", conversations: "Conversaciones", conversation: "Conversación",
    conversation_name: "Nombre de una conversación", enter: "Entrar", people: "Quién está", files: "Archivos", no_files: "Todavía no hay archivos.", save: "Guardar {path}",
    share: "Compartir e iniciar sesión", share_signed_out: "Inicia sesión para que tus conversaciones sean tuyas e invitar a otras personas. Sin sesión, entra quien sepa el nombre.",
    share_guest: "Solo quien abrió esta conversación invita a ella.", share_owner: "Quien tiene el enlace entra.", invite_viewer: "Invitar a ver", invite_editor: "Invitar a escribir",
    invite_link: "Enlace para enviar; se muestra esta única vez", viewer: "mira", editor: "escribe", owner: "dueño", take_back: "Retirar", invite_until: "{role}, hasta {until}",
    email: "Correo", password: "Contraseña", sign_in: "Iniciar sesión", sign_out: "Cerrar sesión", signed_in_not: "El correo o la contraseña no son correctos, o el servidor no responde.",
    records: "Historias clínicas", message: "Mensaje", message_hint: "Pide algo al agente: crea notas.txt con el contenido hola", send: "Enviar", stop: "Detener al agente",
    idle: "Sin conexión", connecting: "Conectando", connected: "Conectado", waiting: "Conexión perdida", retry_now: "Intentar ahora", retry_in: "No hay conexión. Próximo intento en {seconds} s.",
    no_entry: "Esta conversación es de otra persona, o su invitación ya no vale.", ended: "La sesión terminó o la invitación fue retirada.",
    you: "Tú", agent: "Agente", somebody: "Invitado", thinking: "El agente está pensando, paso {iteration}", typing: "{names} está escribiendo …", approve: "Permitir", refuse: "Rechazar",
    wants: "El agente quiere usar {tool}. ¿Lo permites?", arguments: "Argumentos", result: "Resultado", error: "Error", running: "en curso", done: "hecho", failed: "falló", asks: "pregunta",
    lost: "No se envió: no hay conexión.", answered: "El agente respondió.", viewer_only: "Puedes ver esta conversación, no escribir.",
    empty: "Una carpeta de archivos y un agente con herramientas. Todos los que están ven lo mismo.", anonymous: "Invitado {number}",
    examples: ["crea notas.txt con el contenido hola", "lista los archivos", "busca hola"],
  },
};

const { text, switchLanguage, drawTexts, spoken } = openTexts(TEXTS, "es");
export { text, switchLanguage, drawTexts };

/** A moment as people here write it. */
export const moment = (iso) => new Date(iso).toLocaleString(spoken(), { dateStyle: "medium", timeStyle: "short" });

/** A length in bytes, short. */
export function bytes(size) {
  const units = ["B", "kB", "MB"], step = size < 1000 ? 0 : size < 1_000_000 ? 1 : 2;
  return `${(size / 1000 ** step).toLocaleString(spoken(), { maximumFractionDigits: step })} ${units[step]}`;
}
