// Whether the current session is connected, and when it will be tried again.

import { alarm, announce } from "./announce.js";
import { byId, setText } from "./dom.js";
import { seconds, text } from "./texts.js";

const TICK_MS = 500;
let session = null, told = false;

/** Draw the connection of a session, and go on counting down while it waits. */
export function drawConnection(current) {
  session = current;
  const { connection, retryAt } = session;
  byId("connection").dataset.state = connection;
  setText(byId("connection").firstElementChild, text(connection));
  const away = connection === "waiting" || (connection === "connecting" && told);
  if (!away && byId("banner").contains(document.activeElement)) byId("question").focus();
  byId("banner").hidden = !away;
  if (connection === "waiting") {
    const left = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    setText(byId("banner-text"), text("retry_in", { seconds: seconds(left) }));
  } else if (away) setText(byId("banner-text"), text("connecting"));
  tell(connection);
}

function tell(connection) {
  if (connection === "waiting" && !told) {
    told = true;
    alarm(text("lost_connection"));
  } else if (told && (connection === "connected" || connection === "idle")) {
    told = false;
    if (connection === "connected") announce(text("back_again"));
  }
}

setInterval(() => { if (session?.connection === "waiting") drawConnection(session); }, TICK_MS);
byId("retry-now").addEventListener("click", () => session.connect());
