// Why a turn has no whole answer, in words for people.

import { has, seconds, text } from "./texts.js";

const SECONDS = /(\d+) s\b/;

/** Of a finished turn: a title, a hint, the server's code if any, and what to offer. Null when it was answered. */
export function explain(turn) {
  if (turn.failure) return { title: text(turn.failure), hint: text(`${turn.failure}_hint`), code: null, offer: "again", grave: turn.failure !== "stopped" };
  if (!turn.error) return null;
  const { code, message } = turn.error;
  const name = has(`${code}_hint`) ? code : "unknown_error";
  const places = { message, seconds: seconds(SECONDS.exec(message)?.[1] ?? 60) };
  return { title: text(name), hint: text(`${name}_hint`, places), code, offer: code === "PATIENT_NOT_FOUND" ? "patient" : "again", grave: true };
}
