// Where the page is, and what it asks of the server by HTTP. An invite stands behind the `#` of the address: what stands there is sent
// to no server and written to no log.

import { token } from "../console/api.js";

const LIMIT_MS = 20_000;
const LONGEST_NAME = 128;
const INVITE = "?invite=";

/** The conversation and the invite that the address names. */
export function placeNow() {
  const [name, invite] = location.hash.slice(1).split(INVITE);
  return { name: decode(name).slice(0, LONGEST_NAME), invite: invite ? decode(invite) : null };
}

export function addressOf({ name, invite }) {
  return `#${encodeURIComponent(name)}${invite ? `${INVITE}${encodeURIComponent(invite)}` : ""}`;
}

export function socketPath({ name, invite }) {
  return `/workspace/ws/chat/${encodeURIComponent(name)}${invite ? `${INVITE}${encodeURIComponent(invite)}` : ""}`;
}

async function call(place, path, { method = "GET", body = null, query = {} } = {}) {
  const all = new URLSearchParams({ ...query, ...(place.invite ? { invite: place.invite } : {}) });
  const address = `/workspace/api/v1/conversations/${encodeURIComponent(place.name)}/${path}${all.size ? `?${all}` : ""}`;
  const headers = token() ? { Authorization: `Bearer ${token()}` } : {};
  return fetch(address, { method, headers, body, signal: AbortSignal.timeout(LIMIT_MS) });
}

/** The status, and the object when it is a good one. */
async function ask(place, path, options) {
  try {
    const answer = await call(place, path, options);
    return { status: answer.status, value: answer.ok ? await answer.json() : null };
  } catch {
    return { status: 0, value: null };
  }
}

export const listFiles = (place) => ask(place, "files");
export const listInvites = (place) => ask(place, "invites");
export const makeInvite = (place, role) => ask(place, "invites", { method: "POST", body: JSON.stringify({ role }) });
export const revokeInvite = (place, id) => ask(place, `invites/${id}`, { method: "DELETE" });

/** A file's bytes, null when they cannot be had. */
export async function readFile(place, path) {
  try {
    const answer = await call(place, "file", { query: { path } });
    return answer.ok ? await answer.blob() : null;
  } catch {
    return null;
  }
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
