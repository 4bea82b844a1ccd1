// The console: signs in, keeps several sessions, and joins what the other modules draw and send.

import { SignedOut, forgetToken, signIn, token } from "./api.js";
import { openChooser, showPatient } from "./patients.js";
import { Session } from "./session.js";
import { drawTexts, switchLanguage, text } from "./texts.js";
import { byId, drawConnection, drawLastTurn, drawLog, drawSessions, drawSources } from "./view.js";

const MOST_SESSIONS = 8;
const MOST_SAVED_TURNS = 50;
let sessions = [], current = null, chooserOpened = false;

const save = () => sessionStorage.setItem("sessions", JSON.stringify(
  sessions.map((session) => ({ ...session.saved(), turns: session.turns.slice(-MOST_SAVED_TURNS) }))));

function openSource(turn, id) {
  drawSources(turn, id);
  byId("sources").classList.add("shown");
}

function draw() {
  drawSessions(sessions, current, choose, closeSession);
  drawLog(current, openSource, ask);
  drawConnection(current);
  drawControls();
}

function drawControls() {
  byId("stop").hidden = !current.running;
  byId("send").hidden = current.running;
  byId("new-session").disabled = sessions.length >= MOST_SESSIONS;
}

function adopt(session) {
  sessions.push(session);
  session.addEventListener("change", () => { save(); session === current ? draw() : drawSessions(sessions, current, choose, closeSession); });
  session.addEventListener("token", () => session === current && drawLastTurn(session, openSource));
  session.addEventListener("status", () => session === current && drawLastTurn(session, openSource));
  session.addEventListener("signed-out", () => showSignIn(text("signed_out")));
  session.addEventListener("finished", () => {
    if (session !== current) return;
    drawSources(session.turns.at(-1));
    byId("live").textContent = `${session.turns.at(-1).answer} ${text("answered")}`;
  });
  return session;
}

function choose(session) {
  current = session;
  byId("sessions").classList.remove("shown");
  showPatient(session.patient);
  drawSources(session.turns.at(-1));
  session.connect();
  draw();
  byId(session.patient ? "question" : "patient-search").focus();
}

function closeSession(session) {
  session.close();
  sessions = sessions.filter((other) => other !== session);
  if (sessions.length === 0) adopt(new Session());
  if (session === current) choose(sessions[0]);
  else draw();
  save();
}

function ask(question) {
  if (!current.patient) {
    byId("live").textContent = text("choose_patient");
    byId("patient-search").focus();
    return;
  }
  if (current.running || !question.trim()) return;
  byId("question").value = "";
  drawSources(null);
  current.ask(question.trim());
}

function chosen(patient) {
  if (current.turns.length > 0 && sessions.length < MOST_SESSIONS) choose(adopt(new Session()));
  current.patient = patient;
  showPatient(patient);
  current.changed();
  byId("question").focus();
}

function failed(error) {
  if (error instanceof SignedOut) showSignIn(text("signed_out"));
  else byId("live").textContent = error.message;
}

function showSignIn(reason = "") {
  forgetToken();
  for (const session of sessions) session.close();
  byId("workbench").hidden = true;
  byId("sign-out").hidden = true;
  byId("connection").hidden = true;
  byId("sign-in").hidden = false;
  byId("sign-in-error").textContent = reason;
  document.querySelector("[name=email]").focus();
}

function showWorkbench() {
  byId("sign-in").hidden = true;
  byId("workbench").hidden = false;
  byId("sign-out").hidden = false;
  if (!chooserOpened) {
    chooserOpened = true;
    openChooser(chosen, failed).catch((error) => { chooserOpened = false; failed(error); });
  }
  if (sessions.length === 0) {
    for (const saved of JSON.parse(sessionStorage.getItem("sessions") ?? "[{}]")) adopt(new Session(saved));
  }
  choose(sessions.at(-1));
}

byId("sign-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  try {
    await signIn(form.get("email"), form.get("password"));
    event.target.reset();
    showWorkbench();
  } catch (error) {
    byId("sign-in-error").textContent = error.message || text("wrong");
  }
});
byId("sign-out").addEventListener("click", () => {
  sessionStorage.removeItem("sessions");
  showSignIn();
  sessions = [];
});
byId("language").addEventListener("click", () => { switchLanguage(); if (current) draw(); });
byId("new-session").addEventListener("click", () => choose(adopt(new Session())));
byId("menu").addEventListener("click", () => {
  const shown = byId("sessions").classList.toggle("shown");
  byId("menu").setAttribute("aria-expanded", String(shown));
});
byId("ask").addEventListener("submit", (event) => { event.preventDefault(); ask(byId("question").value); });
byId("stop").addEventListener("click", () => { current.stop(); byId("question").focus(); });
byId("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); ask(event.target.value); }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  byId("sources").classList.remove("shown");
  byId("sessions").classList.remove("shown");
  if (current?.running) current.stop();
});

drawTexts();
if (token()) showWorkbench();
else showSignIn();
