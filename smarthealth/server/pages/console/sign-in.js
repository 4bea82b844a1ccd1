// The form to sign in with.

import { alarm } from "./announce.js";
import { me, signIn } from "./api.js";
import { byId, setText } from "./dom.js";
import { has, seconds, text } from "./texts.js";

const ROLES = ["clinician", "admin"];

/** Whether somebody may ask about records at all. */
export const mayAsk = (user) => ROLES.includes(user.role);

export function explainRefusal(error) {
  const places = { code: error.code, seconds: seconds(error.retryAfter ?? 30) };
  return text(has(error.code) ? error.code : "not_signed_in", places);
}

/** Show the form, with the reason for it if there is one. */
export function showSignIn(reason = "") {
  byId("workbench").hidden = true;
  byId("sign-in").hidden = false;
  byId("sign-in-reason").hidden = reason === "";
  setText(byId("sign-in-reason"), reason);
  setText(byId("sign-in-error"), "");
  if (reason) alarm(reason);
  field("email").focus();
}

export function hideSignIn() {
  byId("sign-in").hidden = true;
  byId("workbench").hidden = false;
}

const field = (name) => byId("sign-in-form").elements[name];

function fail(sentence) {
  setText(byId("sign-in-error"), sentence);
  alarm(sentence);
  field("password").select();
  field("password").focus();
}

async function submit(entered, refused) {
  const user = await signIn(field("email").value, field("password").value).then(me);
  if (!mayAsk(user)) return refused();
  byId("sign-in-form").reset();
  return entered(user);
}

/** `entered(user)` is called with who signed in, `refused()` when that one may not ask. */
export function openSignIn(entered, refused) {
  byId("sign-in-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = byId("sign-in-button");
    button.disabled = true;
    setText(button, text("signing_in"));
    try {
      await submit(entered, refused);
    } catch (error) {
      fail(explainRefusal(error));
    } finally {
      button.disabled = false;
      setText(button, text("sign_in"));
    }
  });
}
