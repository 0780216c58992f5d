/** Many devices at once: nothing is written before its difference was seen, and what was written can be taken back. */
import { ask } from "./api.js";
import { byId, made, setText } from "./dom.js";
import { isWord, number, t } from "./words.js";

const MOST = 200;
const LOOKED_UP = { group_id: "areas", custodian_id: "custodians" };
const NUMBERS = new Set(["retention_days", "test_interval_days"]);
const FIND_MS = 150;

/** @typedef {{id: string, name: string, version: string, cells: Record<string, {old: any, new: any}>}} Difference */
/** @typedef {{id: string, version: string}} Seen */

export class Bulk {
  /** @param {{chosen: () => Map<string, Seen>, onWritten: () => void, say: (text: string) => void}} given */
  constructor({ chosen, onWritten, say }) {
    this.chosen = chosen;
    this.onWritten = onWritten;
    this.say = say;
    this.dialog = byId("bulk");
    this.fieldBox = byId("bulk-field");
    this.wordBox = byId("bulk-word");
    this.textBox = byId("bulk-text");
    this.writeButton = byId("bulk-write");
    this.undoButton = byId("undo");
    /** @type {Difference[]} what can be taken back */
    this.written = [];
    /** @type {Map<string, string>} name → id of what was looked up */
    this.found = new Map();
    /** @type {number|undefined} */
    this.finding = undefined;
    this.listen();
    this.showField();
  }

  listen() {
    this.fieldBox.addEventListener("change", () => this.showField());
    for (const box of [this.wordBox, this.textBox]) box.addEventListener("input", () => this.forget());
    this.textBox.addEventListener("input", () => this.findSoon());
    byId("bulk-try").addEventListener("click", () => this.send(true));
    this.writeButton.addEventListener("click", () => this.send(false));
    this.undoButton.addEventListener("click", () => this.undo());
    for (const button of this.dialog.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => this.dialog.close());
    }
  }

  open() {
    const count = this.chosen().size;
    if (!count) return;
    if (count > MOST) return this.say(t("bulk.too_many", { n: number(MOST) }));
    setText(byId("bulk-count"), t("inventory.chosen", { n: number(count) }));
    this.forget();
    this.dialog.showModal();
  }

  /** What was seen is no longer what would be written. */
  forget() {
    this.writeButton.disabled = true;
    byId("bulk-frame").hidden = true;
    byId("bulk-summary").hidden = true;
    setText(byId("bulk-problem"), "");
  }

  showField() {
    const name = this.fieldBox.value;
    const words = /** @type {HTMLTemplateElement|null} */ (document.querySelector(`template[data-words="${name}"]`));
    this.wordBox.hidden = !words;
    this.textBox.hidden = Boolean(words);
    this.textBox.value = "";
    this.textBox.inputMode = NUMBERS.has(name) ? "numeric" : "text";
    if (words) this.wordBox.replaceChildren(words.content.cloneNode(true));
    byId("bulk-found").replaceChildren();
    this.forget();
  }

  findSoon() {
    clearTimeout(this.finding);
    this.finding = setTimeout(() => this.find(), FIND_MS);
  }

  async find() {
    const name = /** @type {keyof typeof LOOKED_UP} */ (this.fieldBox.value);
    const words = this.textBox.value.trim();
    if (!(name in LOOKED_UP) || !words || this.found.has(words)) return;
    const { status, data } = await ask(`${LOOKED_UP[name]}?q=${encodeURIComponent(words)}`);
    if (status !== 200 || name !== this.fieldBox.value) return;
    /** @type {{id: string, name: string, level?: string, valid_to?: string|null}[]} */
    const items = data.items.filter(
      (/** @type {any} */ item) => name !== "group_id" || (item.level === "residential_group" && !item.valid_to),
    );
    this.found = new Map(items.map((item) => [item.name, item.id]));
    byId("bulk-found").replaceChildren(...items.map((item) => new Option(item.name, item.name)));
  }

  /** What was typed, as the server takes it. */
  value() {
    const name = this.fieldBox.value;
    if (!this.wordBox.hidden) return this.wordBox.value;
    const text = this.textBox.value.trim();
    if (NUMBERS.has(name)) return text ? Number(text) : null;
    if (name in LOOKED_UP) return this.found.get(text) ?? (text || null);
    return text || null;
  }

  /** @param {boolean} isTrial */
  async send(isTrial) {
    const changes = { [this.fieldBox.value]: this.value() };
    const devices = [...this.chosen().values()].map(({ id, version }) => ({ id, version, ...changes }));
    const { status, data } = await ask("devices/changes", { devices, is_trial: isTrial });
    if (status !== 200) return setText(byId("bulk-problem"), problemOf(status, data));
    setText(byId("bulk-problem"), "");
    if (isTrial) this.showDifference(data.devices, data.unchanged);
    else this.onDone(data.devices);
  }

  /** @param {Difference[]} devices @param {number} unchanged */
  showDifference(devices, unchanged) {
    const cells = devices.reduce((sum, device) => sum + Object.keys(device.cells).length, 0);
    const counts = { n: number(devices.length), cells: number(cells), same: number(unchanged) };
    setText(byId("bulk-summary"), devices.length ? t("bulk.summary", counts) : t("bulk.nothing"));
    byId("bulk-summary").hidden = false;
    byId("bulk-frame").hidden = devices.length === 0;
    byId("bulk-rows").replaceChildren(...devices.map(lineOf));
    this.writeButton.disabled = devices.length === 0;
    setText(this.writeButton, t("bulk.write_n", { n: number(devices.length) }));
  }

  /** @param {Difference[]} devices */
  onDone(devices) {
    this.dialog.close();
    this.written = devices;
    this.undoButton.hidden = devices.length === 0;
    this.say(t("bulk.done", { n: number(devices.length) }));
    this.onWritten();
  }

  async undo() {
    const devices = this.written.map(({ id, version, cells }) => {
      const old = Object.entries(cells).filter(([name]) => name !== "group_name");
      return { id, version, ...Object.fromEntries(old.map(([name, cell]) => [name, cell.old])) };
    });
    const { status, data } = await ask("devices/changes", { devices });
    if (status !== 200) return this.say(problemOf(status, data));
    this.written = [];
    this.undoButton.hidden = true;
    this.say(t("bulk.undone", { n: number(devices.length) }));
    this.onWritten();
  }
}

/** @param {number} status @param {any} data */
function problemOf(status, data) {
  if (status === 0) return t("bulk.not_reached");
  if (data?.error === "version_conflict") return t("bulk.conflict");
  return t("bulk.refused", { why: data?.message ?? status });
}

/** @param {Difference} device */
function lineOf({ id, name, cells }) {
  const line = document.createElement("tr");
  const code = made("th", id);
  code.setAttribute("scope", "row");
  const difference = document.createElement("td");
  for (const [field, cell] of Object.entries(cells)) {
    if (field === "group_id" && "group_name" in cells) continue; // the name says it
    const part = made("p", `${t(`field.${field}`)}: `);
    if (cell.old !== null) part.append(made("del", said(field, cell.old)), " ");
    part.append(made("ins", cell.new === null ? t("inventory.none_given") : said(field, cell.new)));
    difference.append(part);
  }
  line.append(code, made("td", name), difference);
  return line;
}

/** @param {string} field @param {any} value */
function said(field, value) {
  const word = `word.${field}.${value}`;
  return isWord(word) ? t(word) : typeof value === "number" ? number(value) : String(value);
}
