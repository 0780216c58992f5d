/** What may be chosen, with how many there are of each, and what is chosen. */
import { shortGroup } from "./alarm_words.js";
import { byId, field, fromTemplate, made, setText } from "./dom.js";
import { number, t } from "./words.js";

/** @typedef {{value: string, name: string|null, count: number|null}} Value */

/** The server's word, or the name it gave. @param {string} facet @param {Value} value */
function wordOf(facet, { value, name }) {
  if (value === "") return t("inventory.none_given");
  if (name !== null) return facet === "area" ? (shortGroup(name) ?? name) : name;
  if (facet === "kind") return t(`device.class.${value}`);
  if (facet === "state") return t(`device.state.${value}`);
  if (facet === "test") return t(`inventory.test.${value}`);
  return t(`word.${facet}.${value}`);
}

export class Filters {
  /** @param {{question: () => import("./inventory_question.js").Question, onChange: () => void}} given */
  constructor({ question, onChange }) {
    this.question = question;
    this.onChange = onChange;
    this.root = byId("filters");
    this.set = byId("set");
    this.open = byId("filters-open");
    /** @type {Map<string, string>} facet and value → word, for those that are chosen and not counted now */
    this.words = new Map();
    this.root.addEventListener("change", (/** @type {any} */ event) => this.onTick(event.target));
    this.set.addEventListener("click", (/** @type {any} */ event) => this.onRemove(event.target.closest("button")));
    this.open.addEventListener("click", () => this.toggle());
  }

  toggle() {
    const isOpen = this.root.classList.toggle("open");
    this.open.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {HTMLInputElement} tick */
  onTick(tick) {
    const facet = /** @type {HTMLElement|null} */ (tick.closest("[data-facet]"))?.dataset.facet;
    if (!facet) return;
    this.question().choose(facet, tick.value, tick.checked);
    this.onChange();
  }

  /** @param {HTMLElement|null} button */
  onRemove(button) {
    if (!button) return;
    const { facet, value } = button.dataset;
    if (facet) this.question().choose(facet, value ?? "", false);
    else for (const values of this.question().chosen.values()) values.clear();
    this.onChange();
  }

  /** @param {Record<string, Value[]>} facets */
  show(facets) {
    for (const [facet, values] of Object.entries(facets)) {
      const box = this.root.querySelector(`[data-facet="${facet}"]`);
      if (!box) continue;
      for (const value of values) this.words.set(`${facet} ${value.value}`, wordOf(facet, value));
      const chosen = /** @type {Set<string>} */ (this.question().chosen.get(facet));
      const missing = [...chosen].filter((value) => !values.some((each) => each.value === value));
      const all = [...values, ...missing.map((value) => ({ value, name: null, count: 0 }))];
      box.querySelector("ul")?.replaceChildren(...all.map((value) => this.line(facet, value, chosen.has(value.value))));
    }
    this.showSet();
  }

  /** @param {string} facet @param {Value} value @param {boolean} isChosen */
  line(facet, value, isChosen) {
    const line = fromTemplate("facet-value");
    const tick = /** @type {HTMLInputElement} */ (line.querySelector("input"));
    tick.value = value.value;
    tick.checked = isChosen;
    setText(field(line, "word"), this.words.get(`${facet} ${value.value}`) ?? value.value);
    setText(field(line, "count"), value.count === null ? "–" : number(value.count));
    return line;
  }

  /** What is chosen, each with a way to let it go; above the list, where one sees why so few are found. */
  showSet() {
    const question = this.question();
    const lines = [];
    for (const [facet, values] of question.chosen) {
      for (const value of values) {
        const word = this.words.get(`${facet} ${value}`) ?? value;
        lines.push(chip(`${t(`inventory.facet.${facet}`)}: ${word}`, { facet, value }));
      }
    }
    if (lines.length > 1) lines.push(chip(t("inventory.clear"), {}));
    this.set.replaceChildren(...lines);
    setText(byId("filters-count"), question.count() ? number(question.count()) : "");
  }
}

/** @param {string} text @param {Record<string, string>} data */
function chip(text, data) {
  const button = /** @type {HTMLButtonElement} */ (made("button", `${text} ×`, "tag"));
  button.type = "button";
  Object.assign(button.dataset, data);
  const line = document.createElement("li");
  line.append(button);
  return line;
}
