/** The list of devices: only the rows in sight exist, so twenty thousand scroll as easily as two hundred. */
import { shortGroup } from "./alarm_words.js";
import { isWatched } from "./device_figures.js";
import { byId, field, fromTemplate, setAttribute, setText, useShape } from "./dom.js";
import { stateWords } from "./state_words.js";
import { ago, number, t } from "./words.js";

const BEYOND = 4; // rows kept ready above and below
const LOW_BATTERY_PCT = 15;

export class Devices {
  /** @param {import("./device_model.js").DeviceModel} model @param {import("./server_time.js").ServerTime} time */
  constructor(model, time) {
    this.model = model;
    this.time = time;
    this.scroll = byId("device-scroll");
    this.space = byId("device-rows");
    this.note = byId("devices-note");
    this.empty = byId("devices-empty");
    this.search = byId("search");
    this.kinds = byId("device-kinds");
    this.table = byId("device-table");
    this.kind = "all";
    /** @type {number[]} */
    this.found = [];
    /** @type {HTMLElement[]} */
    this.rows = [];
    this.isStale = false;
    this.isLoaded = false;
    /** behind the map nothing is put in order, and no row is written */
    this.isSeen = false;
    this.search.addEventListener("input", () => this.showFound(true));
    this.search.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.code === "Escape") this.forget(event);
    });
    this.scroll.addEventListener("scroll", () => this.showRows(), { passive: true });
    this.kinds.addEventListener("click", (/** @type {any} */ event) => {
      const chosen = event.target.closest("[data-kind]");
      if (chosen) this.choose(chosen.dataset.kind);
    });
    new ResizeObserver(([{ contentRect }]) => this.turn(contentRect.height > 0)).observe(this.scroll);
  }

  /** It has another height, or came from behind the map. @param {boolean} isSeen */
  turn(isSeen) {
    const wasSeen = this.isSeen;
    this.isSeen = isSeen;
    if (isSeen && !wasSeen) this.showFound(false);
    else this.showRows();
  }

  /** Escape leaves the field and what was looked for. @param {Event} event */
  forget(event) {
    event.preventDefault();
    this.search.value = "";
    this.search.blur();
    this.showFound(true);
  }

  /** @param {string} kind */
  choose(kind) {
    this.kind = kind;
    for (const button of this.kinds.children) {
      setAttribute(button, "aria-pressed", String(button.dataset.kind === kind));
    }
    this.showFound(true);
  }

  /** After devices were added or changed their state. */
  show() {
    this.isLoaded = true;
    for (const button of this.kinds.children) {
      const kind = button.dataset.kind;
      setText(button.querySelector("[data-count]"), number(this.model.countOf({ words: "", kind })));
    }
    this.showFound(false);
  }

  /** @param {boolean} isNewQuestion */
  showFound(isNewQuestion) {
    const words = this.search.value;
    const wanted = { words, kind: this.kind };
    const total = this.model.columns.id.length;
    if (this.isSeen) this.found = this.model.find(wanted);
    const count = this.isSeen ? this.found.length : this.model.countOf(wanted);
    this.empty.hidden = !this.isLoaded || count > 0;
    setText(this.empty, total && words ? t("devices.not_found", { words }) : t("devices.none"));
    if (this.isLoaded) setText(this.note, t("devices.note", { n: number(count), all: number(total) }));
    setAttribute(this.table, "aria-rowcount", String(count + 1));
    if (isNewQuestion) this.scroll.scrollTop = 0;
    this.showRows();
  }

  showRows() {
    if (!this.isSeen) return;
    const height = parseFloat(getComputedStyle(this.table).getPropertyValue("--row")) || 46;
    this.space.style.height = `${this.found.length * height}px`;
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / height) - BEYOND);
    const inSight = Math.ceil(this.scroll.clientHeight / height) + 2 * BEYOND;
    const shown = this.found.slice(first, first + inSight);
    while (this.rows.length < shown.length) {
      const row = fromTemplate("device-row");
      this.rows.push(row);
      this.space.append(row);
    }
    while (this.rows.length > shown.length) this.rows.pop()?.remove();
    shown.forEach((at, nth) => {
      this.rows[nth].style.transform = `translateY(${(first + nth) * height}px)`;
      this.fill(this.rows[nth], at, first + nth + 2);
    });
  }

  /** @param {HTMLElement} row @param {number} at @param {number} rowIndex  counted from 1, the head among them */
  fill(row, at, rowIndex) {
    const { columns } = this.model;
    const state = this.model.stateOf(at);
    const icon = this.model.kinds[at] === "mast" ? "mast" : columns.class[at];
    setAttribute(row, "aria-rowindex", String(rowIndex));
    row.dataset.state = state;
    row.dataset.device = columns.id[at];
    row.dataset.at = String(at);
    useShape(/** @type {Element} */ (row.querySelector(".ic")), `icon-${icon}`);
    useShape(/** @type {Element} */ (row.querySelector(".glyph")), `state-${state}`);
    setText(field(row, "class"), t(`device.class.${icon}`));
    setText(field(row, "id"), columns.id[at]);
    setAttribute(field(row, "id"), "href", `/devices/${columns.id[at]}`);
    setText(field(row, "name"), columns.place[at] ?? columns.name[at]);
    const where = [columns.position[at], shortGroup(this.model.groupOf(at))];
    setText(field(row, "where"), where.filter(Boolean).join(" · "));
    setText(field(row, "state"), isWatched(columns.class[at]) ? stateWords(state, columns.last_seen_at[at]) : t("device.by_hand"));
    const battery = columns.battery_pct[at];
    setText(field(row, "battery"), battery === null ? "" : `${number(battery)} %`);
    field(row, "battery").classList.toggle("low", battery !== null && battery < LOW_BATTERY_PCT);
    this.showAge(row, at);
  }

  /** @param {HTMLElement} row @param {number} at */
  showAge(row, at) {
    const seenAt = this.model.columns.last_seen_at[at];
    const words = seenAt === null ? t("device.never") : ago(this.time.since(seenAt));
    setText(field(row, "seen"), this.isStale && seenAt !== null ? "—" : words);
  }

  /** Once a second: the ages of the rows in sight. @param {boolean} isStale */
  tick(isStale) {
    this.isStale = isStale;
    for (const row of this.rows) this.showAge(row, Number(row.dataset.at));
  }
}
