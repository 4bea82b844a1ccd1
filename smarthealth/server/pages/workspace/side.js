// Beside the conversation: its files, its invites, and the person who is signed in.

import { alarm } from "../console/announce.js";
import { forgetToken, signIn, token } from "../console/api.js";
import { byId, icon, make, setText } from "../console/dom.js";
import { drawInvites } from "./draw.js";
import { addressOf, listFiles, listInvites, makeInvite, readFile, revokeInvite } from "./place.js";
import { bytes, moment, text } from "./texts.js";

const SETTLE_MS = 150;
let timer = null;

/** List the files soon; many changes at once are one list. */
export function refreshFiles(place) {
  clearTimeout(timer);
  timer = setTimeout(() => drawFiles(place), SETTLE_MS);
}

async function drawFiles(place) {
  const { value } = await listFiles(place);
  const files = value?.files ?? [];
  setText(byId("files-note"), files.length ? "" : text("no_files"));
  byId("file-list").replaceChildren(...files.map((file) => {
    const button = make("button", { className: "icon", type: "button", ariaLabel: text("save", { path: file.path }) }, icon("save"));
    button.onclick = () => save(place, file.path);
    return make("li", {}, make("span", { className: "path", title: moment(file.modified) }, file.path), make("span", { className: "muted small" }, bytes(file.size)), button);
  }));
}

async function save(place, path) {
  const blob = await readFile(place, path);
  if (blob === null) return;
  const link = make("a", { href: URL.createObjectURL(blob), download: path.split("/").at(-1) });
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Show what this person may share. */
export async function drawShare(place, access) {
  const signed = token() !== null;
  byId("sign-in-form").hidden = signed;
  byId("sign-out").hidden = !signed;
  byId("share-owner").hidden = !(signed && access === "owner");
  setText(byId("share-note"), text(!signed ? "share_signed_out" : access === "owner" ? "share_owner" : "share_guest"));
  if (signed && access === "owner") await refreshInvites(place);
}

async function refreshInvites(place) {
  const { value } = await listInvites(place);
  drawInvites(value?.invites ?? [], async (id) => {
    await revokeInvite(place, id);
    await refreshInvites(place);
  });
}

/** `now()` gives the place; `changed()` is called when another person is signed in. */
export function openSide(now, changed) {
  for (const button of document.querySelectorAll("#share [data-role]")) {
    button.addEventListener("click", async () => {
      const { value } = await makeInvite(now(), button.dataset.role);
      byId("invite-made").hidden = value === null;
      if (value === null) return;
      byId("invite-link").value = `${location.origin}${location.pathname}${addressOf({ name: now().name, invite: value.token })}`;
      byId("invite-link").select();
      await refreshInvites(now());
    });
  }
  byId("sign-in-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { email, password } = Object.fromEntries(new FormData(event.target));
    try {
      await signIn(email, password);
      event.target.reset();
      changed();
    } catch {
      setText(byId("share-note"), text("signed_in_not"));
      alarm(text("signed_in_not"));
    }
  });
  byId("sign-out").addEventListener("click", () => {
    forgetToken();
    changed();
  });
}
