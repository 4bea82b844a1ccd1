// The console: who is signed in, which sessions are open and which one is shown; joins what the other modules draw and send.

import { alarm, announce, announceSlow, notify } from "./announce.js";
import { withoutMarks } from "./answer.js";
import { forgetToken, me, token } from "./api.js";
import { Composer } from "./composer.js";
import { drawConnection } from "./connection.js";
import { byId, setText } from "./dom.js";
import { explain } from "./failures.js";
import { Panel, closePanel } from "./panels.js";
import { Chooser } from "./patients.js";
import { Session } from "./session.js";
import * as shelf from "./shelf.js";
import { drawSessions, nameOf } from "./sidebar.js";
import { explainRefusal, hideSignIn, mayAsk, openSignIn, showSignIn } from "./sign-in.js";
import { citedSources, showSources } from "./sources.js";
import { counted, drawTexts, switchLanguage, text } from "./texts.js";
import { Log } from "./turns.js";

const MOST_SESSIONS = 8;
const SAVE_AFTER_MS = 300;
const UNAUTHORISED = 401;
/** Where a keyboard on the screen would cover half of it, nothing is focused that opens one. */
const HAS_KEYBOARD = matchMedia("(hover: hover)");

let user = null, sessions = [], current = null, saving = null, frame = null, returnTo = null;

const sidebar = new Panel("sidebar", "(max-width: 759px)", ["conversation", "sources"],
  (shown) => byId("open-sidebar").setAttribute("aria-expanded", String(shown)));
const sourcesPanel = new Panel("sources", "(max-width: 1099px)", ["sidebar", "conversation"]);
const chooser = new Chooser(choosePatient, failed);
const composer = new Composer(ask, (draft) => { current.draft = draft; saveSoon(); });
const log = new Log({ ask, openSources, askAgain, otherPatient: () => chooser.open() });

// -- drawing

function drawAll() {
  chooser.show(current.patient);
  log.show(current);
  showSources(current.running ? null : current.answered);
  draw();
}

function draw() {
  drawSessions(sessions, current, choose, closeSession);
  drawConnection(current);
  composer.show(current);
  const full = sessions.length >= MOST_SESSIONS;
  byId("new-session").disabled = full;
  byId("new-session").title = full ? text("most_sessions", { count: MOST_SESSIONS }) : "";
}

/** Tokens may come faster than the screen shows them. */
function drawProgress() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    log.update();
  });
}

function saveSoon() {
  saving ??= setTimeout(save, SAVE_AFTER_MS);
}

function save() {
  clearTimeout(saving);
  saving = null;
  if (user !== null) shelf.keep(user.user_id, sessions.map((session) => session.saved()));
}

// -- sessions

function adopt(saved) {
  const session = new Session(saved);
  session.addEventListener("change", () => changed(session));
  session.addEventListener("progress", () => progressed(session));
  session.addEventListener("finished", () => finished(session));
  session.addEventListener("signed-out", expired);
  sessions.push(session);
  return session;
}

function changed(session) {
  if (!sessions.includes(session)) return;
  saveSoon();
  if (session === current) log.update();
  else session.letGo();
  draw();
}

function progressed(session) {
  if (session !== current) return;
  drawProgress();
  if (!session.last.answer) announceSlow(text(session.last.status));
}

function finished(session) {
  const { last } = session, failure = explain(last);
  if (!sessions.includes(session) || last.failure === "signed_out") return;
  if (session !== current) {
    session.unread = true;
    announce(text("answered_elsewhere", { name: nameOf(session) }));
    draw();
    return;
  }
  showSources(session.answered);
  if (session.patient !== chooser.patient) chooser.show(session.patient);
  if (failure) (failure.grave ? alarm : announce)(`${failure.title} ${failure.hint}`);
  else announce(`${text("complete")} ${withoutMarks(last.answer)} ${counted("sources", citedSources(last).length)}.`);
}

function choose(session) {
  current?.letGo();
  current = session;
  session.unread = false;
  closePanel(false);
  drawAll();
  session.connect();
  saveSoon();
  focusStart();
}

function focusStart() {
  if (!HAS_KEYBOARD.matches) byId("open-sidebar").focus();
  else byId(current.patient ? "question" : "patient-search").focus();
}

function newSession() {
  if (sessions.length < MOST_SESSIONS) choose(adopt());
}

function closeSession(session) {
  sessions = sessions.filter((other) => other !== session);
  session.close();
  if (sessions.length === 0) adopt();
  if (session === current) choose(sessions.at(-1));
  else {
    draw();
    byId("new-session").focus();
  }
  saveSoon();
}

/** The patient of an untouched session is changed; else another session begins, as the server forgets then too. */
function choosePatient(patient) {
  if (current.turns.length > 0) {
    if (sessions.length >= MOST_SESSIONS) return notify(text("most_sessions", { count: MOST_SESSIONS }));
    const { draft } = current;
    current.draft = "";
    const session = adopt({ draft });
    session.patient = patient;
    choose(session);
  } else {
    current.choose(patient);
    drawAll();
  }
  byId("question").focus();
}

function ask(question) {
  if (!current.patient) {
    chooser.open();
    notify(text("patient_first"));
  } else if (!current.running && question !== "") {
    if (current.draft.trim() === question) current.draft = "";
    showSources(null);
    current.ask(question);
    focusAfterAsking();
  }
}

function askAgain(turn) {
  if (current.running) return;
  showSources(null);
  current.askAgain(turn);
  focusAfterAsking();
}

/** What was pressed in the conversation may be gone. */
function focusAfterAsking() {
  if (document.activeElement === document.body) byId(HAS_KEYBOARD.matches ? "question" : "log").focus();
}

function openSources(turn, id, opener) {
  sourcesPanel.open(opener);
  showSources(turn, id);
  if (id === null) byId("sources").querySelector("summary")?.focus();
  returnTo = opener;
}

// -- signing in and out

function enter(who) {
  if (user !== null && user.user_id !== who.user_id) leaveSessions();
  user = who;
  setText(byId("user-name"), user.name ?? user.email ?? String(user.user_id));
  hideSignIn();
  chooser.prepare().catch(failed);
  if (sessions.length === 0) for (const saved of shelf.recall(user.user_id)) adopt(saved);
  if (sessions.length === 0) adopt();
  choose(current ?? sessions.at(-1));
}

function leaveSessions() {
  const left = sessions;
  sessions = [];
  current = null;
  for (const session of left) session.close();
}

function expired() {
  if (!byId("sign-in").hidden) return;
  forgetToken();
  save();
  for (const session of sessions) session.disconnect();
  closePanel(false);
  showSignIn(text("session_expired"));
}

function signOut() {
  user = null; // nothing is saved any more
  forgetToken();
  shelf.forget();
  leaveSessions();
  location.reload(); // nothing of any patient stays in this page's memory
}

function failed(error) {
  if (error.status === UNAUTHORISED) expired();
  else notify(explainRefusal(error));
}

async function start() {
  drawTexts();
  if (!token()) return showSignIn();
  try {
    const who = await me();
    if (mayAsk(who)) enter(who);
    else refuse();
  } catch (error) {
    if (error.status === UNAUTHORISED) forgetToken();
    showSignIn(error.status === UNAUTHORISED ? text("session_expired") : explainRefusal(error));
  }
}

function refuse() {
  forgetToken();
  showSignIn(text("NO_ROLE"));
}

// -- the page

openSignIn(enter, refuse);
byId("sign-out").addEventListener("click", signOut);
byId("new-session").addEventListener("click", newSession);
byId("open-sidebar").addEventListener("click", (event) => sidebar.open(event.currentTarget));
byId("close-sidebar").addEventListener("click", () => sidebar.close());
byId("close-sources").addEventListener("click", () => sourcesPanel.close());
byId("backdrop").addEventListener("click", () => closePanel());
byId("stop").addEventListener("click", () => { current.stop(); byId("question").focus(); });
for (const button of document.querySelectorAll(".language")) {
  button.addEventListener("click", () => {
    switchLanguage();
    if (current) drawAll();
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || byId("workbench").hidden) return;
  if (closePanel()) return;
  if (byId("sources").contains(document.activeElement) && returnTo?.isConnected) returnTo.focus();
  else if (current.running) {
    current.stop();
    byId("question").focus();
  }
});
addEventListener("online", () => current?.connect());
addEventListener("pagehide", save);

start();
