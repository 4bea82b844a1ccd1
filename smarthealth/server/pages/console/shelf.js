// What of the sessions is kept in this tab, so that a reload loses nothing but a running answer. Bounded: oldest turns go first.

import { tab } from "./storage.js";

const KEY = "sessions";
const MOST_CHARACTERS = 1_000_000;
const MOST_TURNS = 30;

/** Keep the sessions of a user, as `Session.saved` gives them. */
export function keep(userId, sessions) {
  const kept = sessions.map((session) => ({ ...session, turns: session.turns.slice(-MOST_TURNS) }));
  let text = JSON.stringify({ userId, sessions: kept });
  while (text.length > MOST_CHARACTERS || !tab.set(KEY, text)) {
    const longest = kept.reduce((one, other) => (other.turns.length > one.turns.length ? other : one), kept[0]);
    if (!longest?.turns.length) return forget();
    longest.turns = longest.turns.slice(Math.ceil(longest.turns.length / 4));
    text = JSON.stringify({ userId, sessions: kept });
  }
}

/** What was kept for that user; nothing of anybody else's is given out. */
export function recall(userId) {
  try {
    const kept = JSON.parse(tab.get(KEY) ?? "null");
    return kept?.userId === userId ? kept.sessions : [];
  } catch {
    return [];
  }
}

export const forget = () => tab.remove(KEY);
