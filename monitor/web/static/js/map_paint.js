/** How the map is painted: groups, the post's own base, every device by its shape, what rings with its nearest eyes. */
import { placeOf } from "./alarm_words.js";
import { isDrill, isRinging } from "./alarms.js";
import { byId, setAttribute, setText } from "./dom.js";
import { markOf, signOf } from "./map_marks.js";
import { number, t } from "./words.js";

export const NEAREST = 3;
const DENSE = 2500; // more than these in sight, and what is well is a dot
const RING_PX = 62;
const GOLDEN = 2.4;

/** @typedef {import("./types.js").Alarm} Alarm */

export class MapPainter {
  /** @param {{canvas: HTMLCanvasElement, view: import("./map_view.js").MapView, model: import("./map_model.js").MapModel,
   *   alarms: import("./alarms.js").Alarms, off: Set<string>, isWall: boolean}} given */
  constructor({ canvas, view, model, alarms, off, isWall }) {
    this.canvas = canvas;
    this.view = view;
    this.model = model;
    this.alarms = alarms;
    this.off = off;
    this.isWall = isWall;
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.ratio = 1;
    /** @type {Record<string, string>} */
    this.colours = {};
    /** @type {Map<string, HTMLCanvasElement>} each drawn once for every look */
    this.marks = new Map();
    /** @type {import("./map_base.js").Base} */
    this.base = [];
    this.recolour();
  }

  /** @param {number} ratio  pixels of the screen a pixel of the page */
  resize(ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.round(this.view.width * ratio);
    this.canvas.height = Math.round(this.view.height * ratio);
    this.marks.clear();
  }

  recolour() {
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
    const edge = colour("shape-edge");
    this.colours = {
      ground: colour("page"), land: colour("card"), raised: colour("raised"), line: colour("line"), strong: colour("line-strong"), text: colour("text"),
      text2: colour("text-2"), device: colour("device"), off: colour("device-off"), edge, p1: colour("p1"), p1line: colour("p1-line"),
      p1ink: colour("p1-ink"), p2: colour("p2"), p2ink: colour("p2-ink"), p3: colour("p3"), p3ink: colour("p3-ink"),
      drill: colour("drill-deep"), pdt: colour("drill"), pdtink: colour("drill-ink"), pdtline: colour("drill"),
      p2line: edge === "transparent" ? colour("p2") : edge, p3line: edge === "transparent" ? colour("p3") : edge,
    }; // prettier-ignore
    this.marks.clear();
  }

  paint() {
    const { pen, view } = this;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.fillStyle = this.colours.land;
    pen.fillRect(0, 0, view.width, view.height);
    this.paintBase();
    if (!this.off.has("groups")) this.paintGroups();
    const inSight = this.inSight();
    this.paintDevices(inSight);
    this.paintAlarms();
  }

  paintBase() {
    const { pen, view } = this;
    pen.lineJoin = "round";
    for (const { path, kind } of this.base) {
      pen.save();
      pen.translate(view.width / 2, view.height / 2);
      pen.scale(view.scale, view.scale);
      pen.translate(-view.x, -view.y);
      pen.lineWidth = Math.max(kind === "road" ? 14 : 6, 1.5 / view.scale);
      pen.strokeStyle = kind === "border" ? this.colours.strong : this.colours.line;
      pen.fillStyle = this.colours.ground;
      if (kind === "water" || kind === "area") pen.fill(path);
      pen.stroke(path);
      pen.restore();
    }
  }

  /** Soft ground under what belongs together: as far as its devices reach, and a little further. */
  paintGroups() {
    const { pen, view } = this;
    const wide = Math.min(Math.max(260 * view.scale, 10), this.isWall ? 90 : 44);
    pen.lineJoin = "round";
    for (const [more, colour] of /** @type {[number, string][]} */ ([[3, this.colours.line], [0, this.colours.raised]])) {
      pen.strokeStyle = pen.fillStyle = colour;
      pen.lineWidth = wide + more;
      for (const { hull } of this.model.groups) {
        pen.beginPath();
        hull.forEach(([x, y], n) => (n ? pen.lineTo(view.left(x), view.top(y)) : pen.moveTo(view.left(x), view.top(y))));
        pen.closePath();
        pen.stroke();
        pen.fill();
      }
    }
    this.paintNames(wide / 2);
  }

  /** @param {number} above  pixels from the topmost device of the group */
  paintNames(above) {
    const { pen, view } = this;
    pen.fillStyle = this.colours.text2;
    pen.font = `500 ${this.isWall ? 30 : 15}px Inter, sans-serif`;
    pen.textAlign = "center";
    /** @type {[number, number, number][]} names do not lie over each other */
    const taken = [];
    for (const { name, x, y } of this.model.groups) {
      const [left, top, half] = [view.left(x), view.top(y) - above - 6, pen.measureText(name).width / 2 + 6];
      const gap = this.isWall ? 36 : 20;
      if (taken.some(([l, u, h]) => Math.abs(l - left) < h + half && Math.abs(u - top) < gap)) continue;
      taken.push([left, top, half]);
      pen.fillText(name, left, top);
    }
  }

  /** @returns {number[]} */
  inSight() {
    const { view, model } = this;
    const [halfWidth, halfHeight] = [(view.width / 2 + 16) / view.scale, (view.height / 2 + 16) / view.scale];
    const [left, right, top, bottom] = [view.x - halfWidth, view.x + halfWidth, view.y - halfHeight, view.y + halfHeight];
    const found = [];
    for (let at = 0; at < model.ids.length; at += 1) {
      const [x, y] = [model.x[at], model.y[at]];
      if (x > left && x < right && y > top && y < bottom && !this.off.has(model.layerOf(at))) found.push(at);
    }
    return found;
  }

  /** @param {number[]} inSight */
  paintDevices(inSight) {
    const { pen, view, model } = this;
    const isDense = inSight.length > DENSE;
    const size = this.isWall ? 30 : 19;
    /** @type {number[]} what is not well lies on top */
    const later = [];
    pen.beginPath();
    for (const at of inSight) {
      const state = model.stateOf(at);
      const isWell = state === "ONLINE" || state === "LATE";
      if (!isWell) later.push(at);
      else if (isDense) pen.rect(view.left(model.x[at]) - 1.5, view.top(model.y[at]) - 1.5, 3, 3);
      else this.paintMark(at, state, size);
    }
    pen.fillStyle = this.colours.device;
    if (isDense) pen.fill();
    for (const at of later) this.paintMark(at, model.stateOf(at), isDense ? 13 : size);
  }

  /** @param {number} at @param {string} state @param {number} size */
  paintMark(at, state, size) {
    const mark = this.model.markOf(at);
    const key = `${mark}/${state}/${size}`;
    let image = this.marks.get(key);
    if (!image) this.marks.set(key, (image = markOf({ size, ratio: this.ratio, colours: this.colours }, mark, state)));
    const [left, top] = this.placeOf(at);
    this.pen.drawImage(image, left - size / 2, top - size / 2, size, size);
  }

  /** Eyes of one pole stand around it, or only the last would be seen. @param {number} at @returns {[number, number]} */
  placeOf(at) {
    const twin = this.model.twin[at];
    const apart = twin ? (this.isWall ? 15 : 9) * Math.sqrt(twin) : 0;
    return [
      this.view.left(this.model.x[at]) + apart * Math.cos(twin * GOLDEN),
      this.view.top(this.model.y[at]) + apart * Math.sin(twin * GOLDEN),
    ];
  }

  paintAlarms() {
    const first = this.alarms.firstOut();
    const others = this.alarms.inTab("alarms").filter(({ id }) => id !== first?.id);
    for (const alarm of others.reverse()) this.paintSign(alarm, this.isWall ? 54 : 36);
    const at = first?.device_id ? this.model.index.get(first.device_id) : undefined;
    setAttribute(this.canvas, "data-alarm", first && at !== undefined ? String(first.id) : null);
    if (first && at !== undefined) this.paintFirst(first, at);
    const note = first && at === undefined ? t("map.unplaced", { place: placeOf(first) }) : "";
    setText(byId("map-note"), note);
    setAttribute(byId("map-note"), "data-drill", first && isDrill(first) ? "" : null);
    if (!first) setAttribute(this.canvas, "aria-label", t("map.title"));
  }

  /** @param {Alarm} alarm @param {number} size */
  paintSign(alarm, size) {
    const at = alarm.device_id ? this.model.index.get(alarm.device_id) : undefined;
    if (at === undefined || alarm.priority > 3) return;
    const sign = isDrill(alarm) ? "dt" : alarm.priority;
    const key = `sign/${sign}/${isRinging(alarm)}/${size}`;
    let image = this.marks.get(key);
    const look = { size, ratio: this.ratio, colours: this.colours };
    if (!image) this.marks.set(key, (image = signOf(look, sign, isRinging(alarm))));
    const [left, top] = this.placeOf(at);
    this.pen.drawImage(image, left - size / 2, top - size / 2, size, size);
  }

  /** Rings around it, lines to the nearest eyes that work, its name below. @param {Alarm} alarm @param {number} at */
  paintFirst(alarm, at) {
    const { pen } = this;
    const big = this.isWall ? 1.6 : 1;
    const [left, top] = this.placeOf(at);
    const { nearest, working } = this.model.eyesNear(at, NEAREST);
    pen.strokeStyle = this.colours.text;
    for (const eye of working) {
      const [x, y] = this.placeOf(eye.at);
      pen.lineWidth = 2;
      pen.setLineDash([2, 5]);
      pen.beginPath();
      pen.moveTo(left, top);
      pen.lineTo(x, y);
      pen.stroke();
      pen.setLineDash([]);
      pen.lineWidth = 2.5;
      pen.beginPath();
      pen.arc(x, y, 11 * big, 0, 7);
      pen.stroke();
    }
    pen.strokeStyle = isDrill(alarm) ? this.colours.pdtline : this.colours.p1line;
    for (const [radius, width] of [[RING_PX * big, 4], [RING_PX * 0.68 * big, 2.5]]) {
      pen.lineWidth = width;
      pen.beginPath();
      pen.arc(left, top, radius, 0, 7);
      pen.stroke();
    }
    this.paintSign(alarm, 56 * big);
    const eyes = t("map.eyes", { n: number(nearest.filter(({ works }) => works).length), m: number(nearest.length) });
    const note = nearest.length ? eyes : t("map.no_eyes");
    setAttribute(this.canvas, "aria-label", `${t("map.title")}. ${placeOf(alarm)}. ${note}`);
    const [name, face] = isDrill(alarm) ? [`${t("drill.word")}: ${placeOf(alarm)}`, this.colours.drill] : [placeOf(alarm), this.colours.p1];
    this.paintCallout([name, note], face, left, top + (RING_PX + 20) * big);
  }

  /** @param {string[]} lines @param {string} face @param {number} left @param {number} top */
  paintCallout([name, note], face, left, top) {
    const { pen, view } = this;
    const [large, small] = this.isWall ? [38, 32] : [20, 16];
    pen.font = `500 ${small}px Inter, sans-serif`;
    const noteWidth = pen.measureText(note).width;
    pen.font = `700 ${large}px Inter, sans-serif`;
    const width = Math.min(Math.max(pen.measureText(name).width, noteWidth) + 2 * small, view.width - 16);
    const height = (large + small) * 1.35 + small * 0.7;
    const x = Math.max(8, Math.min(left - width / 2, view.width - width - 8));
    const y = Math.min(top, view.height - height - 10);
    pen.beginPath();
    pen.roundRect(x, y, width, height, 9);
    pen.fillStyle = face;
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = "#fff";
    pen.stroke();
    pen.fillStyle = "#fff";
    pen.textAlign = "center";
    pen.fillText(name, x + width / 2, y + large * 1.28, width - small);
    pen.font = `500 ${small}px Inter, sans-serif`;
    pen.fillText(note, x + width / 2, y + large * 1.28 + small * 1.5, width - small);
  }
}
