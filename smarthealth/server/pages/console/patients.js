// The patient chooser: a combobox over the server's patients, or a document typed in.

import { documentTypes, findPatients } from "./api.js";
import { text } from "./texts.js";
import { byId, make } from "./view.js";

const WAIT_MS = 200;

const shown = (patient) => `${patient.full_name} — ${patient.document_type} ${patient.document_number}`;

/** Wire the chooser; `chosen` is called with a patient, `failed` with an error of the server. */
export async function openChooser(chosen, failed) {
  const input = byId("patient-search");
  const options = byId("patient-options");
  let found = [], active = -1, timer = null, request = null;

  const close = () => {
    options.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };
  const take = (patient) => {
    close();
    showPatient(patient);
    chosen(patient);
  };
  const draw = () => {
    options.replaceChildren(...found.map((patient, index) => make("li", {
      id: `patient-${index}`, role: "option", "aria-selected": String(index === active),
      onmousedown: (event) => { event.preventDefault(); take(patient); },
    }, shown(patient))));
    if (found.length === 0) options.append(make("li", { className: "muted" }, text("no_patients")));
    options.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `patient-${active}`);
      byId(`patient-${active}`).scrollIntoView({ block: "nearest" });
    }
  };
  const search = async () => {
    request?.abort();
    request = new AbortController();
    try {
      found = await findPatients(input.value.trim(), request.signal);
      active = -1;
      draw();
    } catch (error) {
      if (error.name !== "AbortError") failed(error);
    }
  };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, WAIT_MS); });
  input.addEventListener("focus", () => { input.select(); search(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter") { event.preventDefault(); if (found[Math.max(active, 0)] && !options.hidden) take(found[Math.max(active, 0)]); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      active = Math.min(Math.max(active + step, 0), found.length - 1);
      draw();
    }
  });
  byId("patient").addEventListener("submit", (event) => event.preventDefault());

  const types = await documentTypes();
  byId("document-type").replaceChildren(...types.map((type) => make("option", { value: type.id, title: type.name }, type.code)));
  byId("use-document").addEventListener("click", () => {
    const number = byId("document-number").value.trim();
    const type = types.find((candidate) => candidate.id === Number(byId("document-type").value));
    if (number) take({ full_name: `${type.code} ${number}`, document_type_id: type.id, document_type: type.code, document_number: number });
  });
}

/** Show which patient the current session is about. */
export function showPatient(patient) {
  byId("patient-search").value = patient ? shown(patient) : "";
}
