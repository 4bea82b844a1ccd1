// What the person tells about themselves: kept in this browser, sent with the next message after each change.

import { byId, setText } from "../console/dom.js";
import { browser } from "../console/storage.js";
import { text } from "./texts.js";

const KEY = "doctor-profile";
const OLDEST = 130;
const LONGEST_NAME = 200;
const form = byId("profile-form");
const list = (value) => value.split(/[,;]/).map((one) => one.trim().slice(0, LONGEST_NAME)).filter(Boolean).slice(0, 50);

/** Whether the profile was changed since it was last sent. */
let changed = true;
/** Whether the pregnancy was ever answered: who never touched it says nothing of it, who takes it back says no. */
let answered = false;

function read() {
  const values = Object.fromEntries(new FormData(form)), told = {};
  if (values.age !== "" && Number(values.age) >= 0 && Number(values.age) <= OLDEST) told.age = Number(values.age);
  if (values.sex) told.sex = values.sex;
  if (answered) told.pregnant = form.pregnant.checked;
  if (values.country) told.country = values.country;
  if (list(values.chronic_conditions).length) told.chronic_conditions = list(values.chronic_conditions);
  if (list(values.current_medications).length) told.current_medications = list(values.current_medications).map((name) => ({ name }));
  if (list(values.allergies).length) told.allergies = { drug: list(values.allergies) };
  return told;
}

/** The profile to send with a message, null when there is nothing new to tell. */
export function news() {
  const told = read();
  if (!changed || Object.keys(told).length === 0) return null;
  changed = false;
  return told;
}

/** Another conversation has not heard it. */
export function tellAgain() {
  changed = true;
}

export function openProfile() {
  const kept = JSON.parse(browser.get(KEY) ?? "{}");
  for (const [name, value] of Object.entries(kept)) {
    if (name === "pregnant") form.pregnant.checked = value;
    else if (name === "answered") answered = value;
    else if (form[name]) form[name].value = value;
  }
  answered ||= form.pregnant.checked;
  form.pregnant.addEventListener("input", () => {
    answered = true;
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    changed = true;
    const wrong = form.age.value !== "" && !(Number(form.age.value) >= 0 && Number(form.age.value) <= OLDEST);
    const values = { ...Object.fromEntries(new FormData(form)), pregnant: form.pregnant.checked, answered };
    browser.set(KEY, JSON.stringify(values));
    setText(byId("profile-kept"), text(wrong ? "profile_wrong" : "profile_kept"));
  });
}
