// The patient of a session: shown as a card, chosen in a combobox (ARIA 1.2, list autocomplete) or by document.

import { announce } from "./announce.js";
import { documentTypes, findPatients } from "./api.js";
import { byId, make, setText } from "./dom.js";
import { age, counted, day, text } from "./texts.js";

const WAIT_MS = 200;
const MOST_FOUND = 50;
const PUNCTUATION = /[\s.\-]/g;

const identity = (patient) => `${patient.document_type} ${patient.document_number}`;
const plain = (number) => number.replace(PUNCTUATION, "").toUpperCase();

const initials = (name) => name.match(/(?<!\p{L})\p{L}/gu)?.slice(0, 2).join("") ?? "?";

function details(patient) {
  const { birth_date: born } = patient;
  return [identity(patient), born && text("born", { date: day(born) }), born && text("years", { count: age(born) })].filter(Boolean).join(" · ");
}

/** `chosen(patient)` is called with a patient, `failed(error)` with what the server refused. */
export class Chooser {
  #found = [];
  #active = -1;
  #timer = null;
  #request = null;
  #types = [];

  constructor(chosen, failed) {
    this.chosen = chosen;
    this.failed = failed;
    this.input = byId("patient-search");
    this.options = byId("patient-options");
    this.input.addEventListener("input", () => this.#later());
    this.input.addEventListener("click", () => this.options.hidden && this.#search());
    this.input.addEventListener("blur", () => this.#fold());
    this.input.addEventListener("keydown", (event) => this.#pressed(event));
    this.options.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the input
    this.options.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take(this.#found[Number(option.dataset.index)]);
    });
    byId("patient-form").addEventListener("submit", (event) => event.preventDefault());
    byId("by-document").addEventListener("toggle", () => this.prepare().catch(failed));
    byId("use-document").addEventListener("click", () => this.#useDocument());
    byId("document-number").addEventListener("keydown", (event) => event.key === "Enter" && this.#useDocument());
    byId("change-patient").addEventListener("click", () => this.open());
    byId("keep-patient").addEventListener("click", () => this.#cancel());
  }

  /** Ask the server what it must be asked once. */
  async prepare() {
    if (this.#types.length > 0) return;
    this.#types = await documentTypes();
    byId("document-type").replaceChildren(...this.#types.map((type) =>
      make("option", { value: type.id, title: type.name }, `${type.code} · ${type.name}`)));
  }

  /** Show whose record a session is about; without a patient, the form to choose one. */
  show(patient) {
    this.patient = patient;
    byId("patient-card").hidden = !patient;
    byId("no-patient").hidden = Boolean(patient);
    if (patient) {
      setText(byId("patient-name"), patient.full_name || identity(patient));
      setText(byId("patient-details"), patient.full_name ? details(patient) : text("not_looked_up"));
      setText(byId("patient-initials"), initials(patient.full_name));
    }
    this.#showForm(!patient);
  }

  /** Let another patient be chosen. */
  open() {
    this.#showForm(true);
    this.input.focus();
  }

  #showForm(shown) {
    byId("patient-form").hidden = !shown;
    byId("keep-patient").hidden = !this.patient;
    byId("change-patient").hidden = shown;
    if (!shown) {
      this.input.value = byId("document-number").value = "";
      byId("by-document").open = false;
    }
    this.#fold();
  }

  #cancel() {
    this.#showForm(false);
    byId("change-patient").focus();
  }

  #take(patient) {
    if (!patient) return;
    announce(text("patient_chosen", { name: patient.full_name || identity(patient) }));
    this.chosen(patient);
  }

  #pressed(event) {
    const { key } = event;
    if (key === "Escape") {
      if (!this.options.hidden) this.#fold();
      else if (this.patient) this.#cancel();
      else return;
    } else if (key === "Enter") this.#enter();
    else if (key === "ArrowDown" || key === "ArrowUp") this.#move(key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Take the one that is marked, or the only one; several are never chosen from by chance. */
  async #enter() {
    if (this.#timer !== null || this.options.hidden) await this.#search();
    if (this.#active >= 0) this.#take(this.#found[this.#active]);
    else if (this.#found.length === 1) this.#take(this.#found[0]);
    else this.#move(1);
  }

  async #move(step) {
    if (this.options.hidden) await this.#search();
    const count = this.#found.length;
    if (count === 0 || this.options.hidden) return;
    this.#active = this.#active < 0 && step < 0 ? count - 1 : (this.#active + step + count) % count;
    this.#mark();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), WAIT_MS);
  }

  async #search() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#request?.abort();
    const request = this.#request = new AbortController();
    try {
      const found = await findPatients(this.input.value.trim(), request.signal);
      if (request === this.#request && document.activeElement === this.input) this.#unfold(found);
    } catch (error) {
      if (request !== this.#request || request.signal.aborted) return;
      this.#fold();
      this.#note(text("patients_failed"));
      this.failed(error);
    }
  }

  #unfold(found) {
    this.#found = found;
    this.#active = -1;
    this.options.replaceChildren(...found.map((patient, index) => make("li",
      { id: `patient-${index}`, role: "option", "aria-selected": "false", "data-index": index },
      make("strong", {}, patient.full_name), make("span", { className: "muted small" }, details(patient)))));
    this.options.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    this.#note(found.length === 0 ? text("no_patients") : found.length >= MOST_FOUND ? text("first_found", { count: found.length }) : "");
    if (found.length > 0) announce(counted("found", found.length));
  }

  #note(sentence) {
    byId("patient-note").hidden = sentence === "";
    setText(byId("patient-note"), sentence);
    if (sentence) announce(sentence);
  }

  #mark() {
    for (const [index, option] of [...this.options.children].entries()) {
      option.setAttribute("aria-selected", String(index === this.#active));
    }
    this.input.setAttribute("aria-activedescendant", `patient-${this.#active}`);
    this.options.children[this.#active].scrollIntoView({ block: "nearest" });
  }

  #fold() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#request?.abort();
    this.#active = -1;
    this.options.replaceChildren();
    this.options.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    byId("patient-note").hidden = true;
  }

  /** Whom the server lists under that document; else whoever it finds when it is asked. */
  async #useDocument() {
    const number = byId("document-number").value.trim();
    const type = this.#types.find((candidate) => candidate.id === Number(byId("document-type").value));
    if (!type || plain(number) === "") return byId("document-number").focus();
    const unnamed = { full_name: "", document_type_id: type.id, document_type: type.code, document_number: number, birth_date: null };
    try {
      const found = await findPatients(number);
      this.#take(found.find((one) => one.document_type_id === type.id && plain(one.document_number) === plain(number)) ?? unnamed);
    } catch (error) {
      this.failed(error);
    }
  }
}
