// HTTP calls of the console. The token lives in this tab only.

const KEY = "token";

export class SignedOut extends Error {}

export const token = () => sessionStorage.getItem(KEY);
export const forgetToken = () => sessionStorage.removeItem(KEY);

/** Exchange email and password for a token; throws with the server's sentence when refused. */
export async function signIn(email, password) {
  const answer = await fetch("/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error?.message ?? answer.statusText);
  sessionStorage.setItem(KEY, body.access_token);
}

async function get(path, signal) {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token()}` }, signal });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

export const findPatients = async (search, signal) =>
  (await get(`/api/patients?search=${encodeURIComponent(search)}`, signal)).patients;

export const documentTypes = async () => (await get("/api/document-types")).document_types;
