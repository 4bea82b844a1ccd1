// The test page of the support protocol: connection, authentication, message, progress, tokens, errors, answer.
import { SupportClient, prefix } from "./client.js";
import { element } from "./draw.js";

const at = (id) => document.getElementById(id);
let session = null;

const client = new SupportClient(`${prefix()}/ws/chat`, hear, (state, code) => {
  at("status").dataset.state = state;
  at("status").textContent = code ? `${state} (${code})` : state;
  at("send").disabled = state !== "open";
  if (state !== "open") signedIn(null);
});

function signedIn(user) {
  at("user").textContent = user ? `signed in as ${user.email || user.name || user.id}` : "not signed in";
  at("user").dataset.state = user ? "in" : "out";
}

function complain(text, code) {
  const item = element("li", "", code ? `[${code}] ${text}` : text);
  at("errors").prepend(item);
  while (at("errors").children.length > 20) at("errors").lastChild.remove();
}

function hear(event) {
  const line = element("li", "", JSON.stringify(event));
  at("frames").prepend(line);
  while (at("frames").children.length > 200) at("frames").lastChild.remove();
  switch (event.type) {
    case "auth_success":
      signedIn(event.user);
      break;
    case "auth_error":
      complain(event.message, "auth_error");
      break;
    case "progress":
      for (const step of at("progress").children) {
        if (step.dataset.step === event.step) step.dataset.state = "done";
      }
      at("step").textContent = event.message;
      break;
    case "token":
      at("response").textContent += event.token;
      break;
    case "complete":
      session = event.session_id;
      at("session").textContent = session;
      at("response").textContent = event.response;
      at("metadata").textContent = JSON.stringify(event.metadata, null, 2);
      at("step").textContent = "";
      break;
    case "handoff":
      at("step").textContent = `ticket ${event.ticket}: ${event.reason}`;
      break;
    case "error":
      complain(event.error, event.code);
      at("step").textContent = "";
      break;
  }
}

at("auth").addEventListener("submit", (event) => {
  event.preventDefault();
  const token = at("token").value.trim();
  client.token = token;
  if (!client.send({ type: "auth", token })) client.connect(token);
});

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ email: at("email").value, password: at("password").value });
  const answer = await fetch("/auth/login", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!answer.ok) {
    complain("sign-in failed", String(answer.status));
    return;
  }
  at("token").value = (await answer.json()).access_token;
  at("auth").requestSubmit();
});

at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  for (const step of at("progress").children) delete step.dataset.state;
  at("response").textContent = "";
  at("metadata").textContent = "";
  const sent = client.send({ type: "message", message: at("message").value, session_id: session });
  if (!sent) complain("not connected");
});

at("disconnect").addEventListener("click", () => client.disconnect());
at("reconnect").addEventListener("click", () => client.connect());
signedIn(null);
client.connect();
