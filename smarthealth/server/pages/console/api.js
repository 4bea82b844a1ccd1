// HTTP calls of the console. The token lives in this tab only, and is sent in a header, never in an address.

import { tab } from "./storage.js";

const KEY = "token";
const LIMIT_MS = 20_000;

/** The server did not do what it was asked; `code` is its own, or UNREACHABLE when nothing came back. */
export class Refused extends Error {
  constructor(status, code, retryAfter = null) {
    super(code);
    this.status = status;
    this.code = code;
    /** Seconds, null when the server does not say. */
    this.retryAfter = retryAfter;
  }
}

export const token = () => tab.get(KEY);
export const forgetToken = () => tab.remove(KEY);

async function call(path, { signal, headers, ...options } = {}) {
  const limit = AbortSignal.timeout(LIMIT_MS);
  let answer, body;
  try {
    answer = await fetch(path, { ...options, headers, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    body = await answer.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(answer?.status ?? 0, "UNREACHABLE");
  }
  if (answer.ok) return body;
  throw new Refused(answer.status, body?.error?.code ?? "UNAVAILABLE", Number(answer.headers.get("Retry-After")) || null);
}

const get = (path, signal) => call(path, { signal, headers: { Authorization: `Bearer ${token()}` } });

/** Exchange email and password for a token, and keep it. */
export async function signIn(email, password) {
  const headers = { "Content-Type": "application/json" };
  const answer = await call("/auth/login", { method: "POST", headers, body: JSON.stringify({ email, password }) });
  tab.set(KEY, answer.access_token);
}

/** Whom the token names. */
export const me = () => get("/api/me");

export const findPatients = async (search, signal) =>
  (await get(`/api/patients?search=${encodeURIComponent(search)}`, signal)).patients;

export const documentTypes = async () => (await get("/api/document-types")).document_types;
