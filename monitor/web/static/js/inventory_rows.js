/** The rows in sight, which of them is active, and which are chosen. */
import { shortGroup } from "./alarm_words.js";
import { isWatched } from "./device_figures.js";
import { byId, field, fromTemplate, setAttribute, setText, useShape } from "./dom.js";
import { HistoryStrips } from "./history_strip.js";
import { stateWords } from "./state_words.js";
import { ago, t } from "./words.js";

const BEYOND = 6;

export class Rows {
  /** @param {{found: import("./inventory_found.js").Found, time: import("./server_time.js").ServerTime,
   *   onChosen: () => void}} given */
  constructor({ found, time, onChosen }) {
    this.found = found;
    this.time = time;
    this.onChosen = onChosen;
    this.scroll = byId("scroll");
    this.space = byId("rows");
    this.table = byId("table");
    /** @type {HTMLElement[]} */
    this.nodes = [];
    /** @type {Map<string, import("./inventory_found.js").Row>} chosen, as they were seen */
    this.chosen = new Map();
    this.active = -1;
    this.anchor = -1;
    this.isStale = false;
    this.strips = new HistoryStrips();
    this.scroll.addEventListener("scroll", () => this.show(), { passive: true });
    this.scroll.addEventListener("click", (/** @type {MouseEvent} */ event) => this.onClick(event));
    new ResizeObserver(() => this.show()).observe(this.scroll);
  }

  height() {
    return parseFloat(getComputedStyle(this.table).getPropertyValue("--row")) || 52;
  }

  toTop() {
    this.active = this.anchor = -1;
    this.scroll.scrollTop = 0;
  }

  show() {
    const height = this.height();
    const { total } = this.found;
    this.space.style.height = `${total * height}px`;
    setAttribute(this.table, "aria-rowcount", String(this.found.isCounted ? total + 1 : -1));
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / height) - BEYOND);
    const last = Math.min(total, first + Math.ceil(this.scroll.clientHeight / height) + 2 * BEYOND);
    while (this.nodes.length < last - first) {
      const node = fromTemplate("row");
      this.nodes.push(node);
      this.space.append(node);
    }
    while (this.nodes.length > Math.max(0, last - first)) this.nodes.pop()?.remove();
    this.nodes.forEach((node, nth) => {
      node.style.transform = `translateY(${(first + nth) * height}px)`;
      this.fill(node, first + nth);
    });
    setAttribute(this.space, "data-words", this.found.words);
  }

  /** @param {HTMLElement} node @param {number} at */
  fill(node, at) {
    const row = this.found.row(at);
    node.dataset.at = String(at);
    setAttribute(node, "aria-rowindex", String(at + 2));
    node.classList.toggle("waiting", !row);
    node.classList.toggle("active", at === this.active);
    node.dataset.device = row?.id ?? "";
    node.dataset.state = row?.state ?? "";
    const isChosen = row !== undefined && this.chosen.has(row.id);
    node.classList.toggle("chosen", isChosen);
    const tick = /** @type {HTMLInputElement} */ (node.querySelector("input"));
    tick.checked = isChosen;
    setAttribute(tick, "aria-label", row ? t("inventory.tick_one", { id: row.id }) : t("load.wait"));
    setText(field(node, "id"), row?.id ?? "…");
    setAttribute(field(node, "id"), "href", row ? `/devices/${row.id}` : null);
    setText(field(node, "kind"), row ? t(`device.class.${row.kind}`) : "");
    setText(field(node, "name"), row?.name ?? "");
    setText(field(node, "where"), row ? whereOf(row) : "");
    setText(field(node, "group"), row ? (shortGroup(row.group_name) ?? "") : "");
    setText(field(node, "keeper"), row?.keeper ?? "");
    setText(field(node, "state"), row ? stateOf(row) : "");
    if (row) {
      useShape(/** @type {Element} */ (node.querySelector(".ic")), `icon-${row.kind}`);
      useShape(/** @type {Element} */ (node.querySelector(".glyph")), `state-${row.state}`);
    }
    this.strips.show(/** @type {Element} */ (node.querySelector(".history-strip")), row?.id);
    this.showAge(node, row);
  }

  /** @param {HTMLElement} node @param {import("./inventory_found.js").Row|undefined} row */
  showAge(node, row) {
    const seenAt = row?.last_seen_at ?? null;
    const words = seenAt === null ? t("device.never") : this.isStale ? "—" : ago(this.time.since(seenAt));
    setText(field(node, "seen"), row ? words : "");
  }

  /** Once a second. @param {boolean} isStale */
  tick(isStale) {
    this.isStale = isStale;
    for (const node of this.nodes) this.showAge(node, this.found.row(Number(node.dataset.at)));
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const target = /** @type {Element} */ (event.target);
    const node = /** @type {HTMLElement|null} */ (target.closest(".row"));
    if (!node || target.closest("a")) return;
    const at = Number(node.dataset.at);
    if (event.shiftKey && this.anchor >= 0) return this.range(at);
    this.anchor = this.active = at;
    if (target.closest(".c-tick")) this.toggle(at);
    else this.show();
  }

  /** @param {number} step @param {boolean} isRange */
  move(step, isRange) {
    const at = Math.max(0, Math.min(this.found.total - 1, this.active + step));
    if (isRange && this.active >= 0) this.range(at);
    else this.anchor = this.active = at;
    const height = this.height();
    const top = at * height;
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    const below = top + height - this.scroll.clientHeight;
    if (below > this.scroll.scrollTop) this.scroll.scrollTop = below;
    this.show();
  }

  /** Everything between where the range began and here. @param {number} at */
  range(at) {
    this.active = at;
    const [first, last] = [Math.min(this.anchor, at), Math.max(this.anchor, at)];
    for (let each = first; each <= last; each += 1) {
      const row = this.found.row(each);
      if (row) this.chosen.set(row.id, row);
    }
    this.show();
    this.onChosen();
  }

  /** The page of the active one. */
  open() {
    const row = this.active >= 0 ? this.found.row(this.active) : undefined;
    if (row) location.assign(`/devices/${row.id}`);
  }

  /** @param {number} [at] */
  toggle(at = this.active) {
    const row = at >= 0 ? this.found.row(at) : undefined;
    if (!row) return;
    if (!this.chosen.delete(row.id)) this.chosen.set(row.id, row);
    this.show();
    this.onChosen();
  }

  chooseNone() {
    this.chosen.clear();
    this.show();
    this.onChosen();
  }
}

/** @param {import("./inventory_found.js").Row} row */
const whereOf = ({ name, place, position }) =>
  [place && name.startsWith(place) ? null : place, position && name.endsWith(position) ? null : position]
    .filter(Boolean)
    .join(" · ");

/** @param {import("./inventory_found.js").Row} row */
const stateOf = (row) => {
  if (row.lifecycle !== "ACTIVE") return t(`word.lifecycle.${row.lifecycle}`);
  const state = isWatched(row.kind) ? stateWords(row.state, row.last_seen_at) : t("device.by_hand");
  return row.is_out_of_service ? `${t("service.out")} · ${state}` : state;
};
