/** The window for changing a device. Only what differs from what was seen is sent, with the version that was seen. */
import { ask } from "./api.js";
import { byId, made, setText } from "./dom.js";
import { t } from "./words.js";

const FIND_MS = 150;
const LOOKED_UP = { group_id: "areas", custodian_id: "custodians" };
const TRUTH = { true: true, false: false };

/** @typedef {HTMLInputElement|HTMLSelectElement|HTMLTextAreaElement} Box */

export class Edit {
  /** @param {{device: () => any, problemOf: (status: number, data: any) => string,
   *   onWritten: () => Promise<void>}} given */
  constructor({ device, problemOf, onWritten }) {
    this.device = device;
    this.problemOf = problemOf;
    this.onWritten = onWritten;
    this.window = byId("edit");
    this.form = byId("edit-form");
    /** @type {any} the device as this window has seen it */
    this.seen = {};
    /** @type {number|undefined} */
    this.finding = undefined;
    this.form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.write();
    });
    for (const button of this.window.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => this.window.close());
    }
    for (const box of this.form.querySelectorAll("[data-looked-up]")) {
      box.addEventListener("input", () => {
        clearTimeout(this.finding);
        this.finding = setTimeout(() => this.find(box), FIND_MS);
      });
    }
  }

  /** @returns {Box[]} */
  boxes() {
    return [...this.form.elements].filter((/** @type {any} */ box) => box.name);
  }

  open() {
    if (this.window.open) return;
    this.seen = { ...this.device() };
    for (const box of this.boxes()) box.value = shown(this.seen[box.name]);
    byId("edit-conflict").hidden = true;
    setText(byId("edit-problem"), "");
    this.window.showModal();
    byId("edit-title").focus();
  }

  /** A name, or a part of it, is as good as the code. @param {any} box */
  async find(box) {
    const words = box.value.trim();
    if (!words) return;
    const name = /** @type {keyof typeof LOOKED_UP} */ (box.name);
    const level = name === "group_id" ? "&level=residential_group" : "";
    const { status, data } = await ask(`${LOOKED_UP[name]}?q=${encodeURIComponent(words)}${level}`);
    if (status !== 200) return;
    const living = data.items.filter((/** @type {any} */ item) => !item.valid_to);
    byId(`${name}-found`).replaceChildren(...living.map((/** @type {any} */ item) => new Option(item.name, item.id)));
  }

  changes() {
    /** @type {Record<string, any>} */
    const changes = {};
    for (const box of this.boxes()) {
      const value = valueOf(box);
      if (box.value.trim() !== shown(this.seen[box.name])) changes[box.name] = value;
    }
    // They belong together, and travel so.
    if ("latitude" in changes || "longitude" in changes) {
      for (const name of ["latitude", "longitude"]) changes[name] = valueOf(this.form.elements[name]);
    }
    return changes;
  }

  async write() {
    const changes = this.changes();
    if (!Object.keys(changes).length) return setText(byId("edit-problem"), t("device.nothing_new"));
    const wrong = Object.entries(changes).find(([, value]) => Number.isNaN(value));
    if (wrong) return setText(byId("edit-problem"), t("device.no_number", { field: t(`field.${wrong[0]}`) }));
    const { status, data } = await ask(`devices/${this.seen.id}`, { version: this.seen.version, ...changes }, "PATCH");
    if (status === 409 && data?.error === "version_conflict") return this.onNewer(data, changes);
    if (status !== 200) return setText(byId("edit-problem"), this.problemOf(status, data));
    this.window.close();
    await this.onWritten();
  }

  /** What somebody else wrote meanwhile is shown; what was typed here stays, and is sent at the next press.
   * @param {any} newer @param {Record<string, any>} changes */
  onNewer(newer, changes) {
    const theirs = this.boxes().filter((box) => shown(newer[box.name]) !== shown(this.seen[box.name]));
    const lines = theirs.map((box) => {
      const line = made("li", `${t(`field.${box.name}`)}: `);
      line.append(made("del", shown(this.seen[box.name]) || "–"), " → ", made("ins", shown(newer[box.name]) || "–"));
      return line;
    });
    for (const box of theirs) if (!(box.name in changes)) box.value = shown(newer[box.name]);
    byId("edit-theirs").replaceChildren(...lines);
    byId("edit-conflict").hidden = false;
    setText(byId("edit-problem"), t("device.write_again"));
    this.seen = newer;
  }
}

/** @param {any} value */
const shown = (value) => (value === null || value === undefined ? "" : String(value));

/** @param {Box} box @returns {any} NaN: no number */
function valueOf(box) {
  const text = box.value.trim();
  if (text === "") return null;
  if ("number" in box.dataset) return Number(text.replace(",", "."));
  return box instanceof HTMLSelectElement && text in TRUTH ? text === "true" : text;
}
