/** How a device has been in the last 24 hours: a strip of 96 quarters of an hour, told by form and not by colour. */
import { ask } from "./api.js";
import { setAttribute } from "./dom.js";
import { number, t } from "./words.js";

const CELLS = 96;
const [TOP, BOTTOM] = [1, 13];
const BESIDE = 0.08; // of a cell, left free at both its sides
// The server takes so many in one question; a strip changes every quarter of an hour.
const [AT_ONCE, FRESH_MS, GATHER_MS] = [100, 300_000, 120];
const SVG = "http://www.w3.org/2000/svg";

/** Cells alike are one run. @param {string} cells */
function runs(cells) {
  return [...cells.matchAll(/(.)\1*/g)].map((found) => ({
    letter: found[1] ?? "",
    from: found.index,
    to: found.index + found[0].length,
  }));
}

/** The outline of one run. A full bar worked; half a bar was down for a part; an empty, slashed one all the time.
 * @param {string} letter @param {number} from @param {number} to */
function shape(letter, from, to) {
  const middle = (TOP + BOTTOM) / 2;
  if (letter === "w") return `M${from} ${TOP}H${to}V${BOTTOM}H${from}Z`;
  if (letter === "h") return `M${from} ${middle}H${to}V${BOTTOM}H${from}Z`;
  if (letter === "m") return `M${from} ${middle - 2}H${to}V${middle + 2}H${from}Z`;
  if (letter === "d") return `M${from} ${TOP}H${to}V${BOTTOM}H${from}ZM${from} ${BOTTOM}L${to} ${TOP}`;
  return letter === "b" ? `M${from} ${middle}H${to}` : "";
}

/** @param {Element} svg @param {string} cells */
function draw(svg, cells) {
  svg.replaceChildren(...runs(cells).map(({ letter, from, to }) => pathOf(letter, from, to)));
}

/** @param {string} letter @param {number} from @param {number} to */
function pathOf(letter, from, to) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", `cell-${letter}`);
  path.setAttribute("d", shape(letter, from, to));
  return path;
}

/** Each cell by itself, for a strip that is large enough. @param {Element} svg @param {string} cells */
export function drawApart(svg, cells) {
  const paths = [...cells].map((letter, nth) => pathOf(letter, nth + BESIDE, nth + 1 - BESIDE));
  svg.replaceChildren(...paths);
}

/** @param {string} cells */
function inWords(cells) {
  const told = [...cells].filter((letter) => "whd".includes(letter)).length;
  const dark = [...cells].filter((letter) => "hd".includes(letter)).length;
  if (!told) return t("strip.unknown");
  return dark ? t("strip.dark", { n: number(dark), m: number(told) }) : t("strip.well");
}

export class HistoryStrips {
  constructor() {
    /** @type {Map<string, {cells: string, at: number}>} */
    this.known = new Map();
    /** @type {Map<Element, string>} what each strip in sight is of */
    this.wanted = new Map();
    /** @type {Set<string>} */
    this.asked = new Set();
    this.timer = 0;
  }

  /** Draws what is known at once, and the rest when it has come. @param {Element} svg @param {string|undefined} id */
  show(svg, id) {
    if (this.wanted.get(svg) === (id ?? "")) return this.gather();
    this.wanted.set(svg, id ?? "");
    this.paint(svg, id ?? "");
    this.gather();
  }

  /** @param {Element} svg @param {string} id */
  paint(svg, id) {
    const cells = this.known.get(id)?.cells ?? "";
    draw(svg, cells);
    setAttribute(svg, "aria-label", cells ? inWords(cells) : null);
    setAttribute(svg, "aria-hidden", cells ? null : "true");
  }

  gather() {
    if (!this.timer) this.timer = window.setTimeout(() => this.fetch(), GATHER_MS);
  }

  async fetch() {
    this.timer = 0;
    const isOld = (/** @type {string} */ id) => performance.now() - (this.known.get(id)?.at ?? -FRESH_MS) >= FRESH_MS;
    for (const svg of this.wanted.keys()) if (!svg.isConnected) this.wanted.delete(svg);
    const all = [...this.wanted].filter(([svg]) => svg.checkVisibility()).map(([, id]) => id);
    const ids = [...new Set(all)].filter((id) => id && isOld(id) && !this.asked.has(id)).slice(0, AT_ONCE);
    if (!ids.length) return;
    for (const id of ids) this.asked.add(id);
    const { status, data } = await ask(`strips?${new URLSearchParams(ids.map((id) => ["id", id]))}`);
    for (const id of ids) this.asked.delete(id);
    if (status !== 200) return;
    const at = performance.now();
    for (const id of ids) this.known.set(id, { cells: "", at });
    data.ids.forEach((/** @type {string} */ id, /** @type {number} */ nth) =>
      this.known.set(id, { cells: data.strips[nth].padStart(CELLS, "n"), at }),
    );
    for (const [svg, id] of this.wanted) if (ids.includes(id)) this.paint(svg, id);
    if (all.some((id) => id && isOld(id))) this.gather();
  }
}
