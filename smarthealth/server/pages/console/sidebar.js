// The list of sessions. Items are kept from one drawing to the next, so that the focus stays where it is.

import { byId, icon, make, setText } from "./dom.js";
import { text } from "./texts.js";

const items = new Map();

/** What a session is called. */
export const nameOf = (session) => session.patient?.full_name || documentOf(session.patient) || text("untitled");

const documentOf = (patient) => (patient ? `${patient.document_type} ${patient.document_number}` : "");

function makeItem(session, choose, close) {
  const name = make("strong"), state = make("span", { className: "muted small" });
  const open = make("button", { className: "session", type: "button", onclick: () => choose(session) }, name, state);
  const shut = make("button", { className: "icon", type: "button", onclick: () => close(session) }, icon("close"));
  return { item: make("li", {}, open, shut), name, state, open, shut };
}

function stateOf(session) {
  const { last } = session;
  if (session.running) return text("running");
  if (session.unread) return text("unread");
  if (last?.failure === "stopped") return text("stopped_short");
  if (last?.error || last?.failure) return text("failed_short");
  return last?.question ?? text("no_questions");
}

/** Draw the sessions; `choose` and `close` are called with one. */
export function drawSessions(sessions, current, choose, close) {
  for (const [session, { item }] of items) {
    if (!sessions.includes(session)) {
      item.remove();
      items.delete(session);
    }
  }
  for (const session of sessions) {
    if (!items.has(session)) {
      items.set(session, makeItem(session, choose, close));
      byId("session-list").append(items.get(session).item);
    }
    const { item, name, state, open, shut } = items.get(session);
    setText(name, nameOf(session));
    setText(state, stateOf(session));
    item.className = [session === current && "current", session.running && "running", session.unread && "unread"].filter(Boolean).join(" ");
    open.setAttribute("aria-current", String(session === current));
    shut.setAttribute("aria-label", text("close_session", { name: nameOf(session) }));
    shut.title = shut.ariaLabel;
  }
}
