// The support chat for customers.
import { SupportClient, prefix } from "./client.js";
import { bubble, element, facts } from "./draw.js";

const at = (id) => document.getElementById(id);
const log = at("log");
const kept = sessionStorage;
let answer = null;
let typing = null;
const session = kept.getItem("support-session") || crypto.randomUUID();
kept.setItem("support-session", session);

const client = new SupportClient(`${prefix()}/ws/chat`, hear, (state, code) => {
  at("status").dataset.state = state;
  at("status").textContent = state === "open" ? "connected" : code === 4401 ? "please sign in" : state;
  if (code === 4401) show(false);
});

function show(isIn) {
  at("sign-in").hidden = isIn;
  at("ask").hidden = !isIn;
  if (isIn) at("message").focus();
}

function note(text) {
  log.append(element("p", "note small", text));
  log.scrollTop = log.scrollHeight;
}

function hear(event) {
  switch (event.type) {
    case "auth_success":
      show(true);
      break;
    case "auth_error":
      kept.removeItem("support-token");
      client.token = null;
      at("sign-in-error").textContent = event.message;
      show(false);
      break;
    case "progress":
      at("step").textContent = event.message;
      break;
    case "token":
      answer ||= bubble(log, "assistant", "");
      answer.textContent += event.token;
      break;
    case "complete":
      answer ||= bubble(log, "assistant", "");
      answer.textContent = event.response;
      facts(answer, event.metadata);
      answer = null;
      at("step").textContent = "";
      break;
    case "handoff":
      note(`A person was asked for: ticket ${event.ticket}.`);
      break;
    case "person":
      note(event.present ? `${event.name} has joined.` : `${event.name} has left.`);
      break;
    case "person_message":
      bubble(log, "person", `${event.name}: ${event.message}`);
      client.send({ type: "read", message_id: event.message_id, session_id: session });
      break;
    case "typing":
      at("step").textContent = `${event.name} is writing…`;
      clearTimeout(typing);
      typing = setTimeout(() => { at("step").textContent = ""; }, 3000);
      break;
    case "error":
      answer = null;
      at("step").textContent = "";
      note(event.error);
      break;
  }
}

at("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("sign-in-error").textContent = "";
  const body = JSON.stringify({ email: at("email").value, password: at("password").value });
  const reply = await fetch("/auth/login", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!reply.ok) {
    at("sign-in-error").textContent = "That did not work. Please check address and password.";
    return;
  }
  const token = (await reply.json()).access_token;
  kept.setItem("support-token", token);
  client.token = token;
  if (!client.send({ type: "auth", token })) client.connect(token);
});

at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const message = at("message").value.trim();
  if (!message || !client.send({ type: "message", message, session_id: session, partial: false })) return;
  bubble(log, "customer", message);
  at("message").value = "";
});

at("message").addEventListener("input", () => client.send({ type: "typing", session_id: session }));
at("message").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at("ask").requestSubmit();
  }
});

show(false);
client.connect(kept.getItem("support-token"));
