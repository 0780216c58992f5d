/** How the map is painted: what rests on it, and above that what rings, with its nearest eyes. */
import { placeOf } from "./alarm_words.js";
import { isDrill, isRinging } from "./alarms.js";
import { byId, setAttribute, setText } from "./dom.js";
import { MapGround } from "./map_ground.js";
import { MapLayer } from "./map_layer.js";
import { signOf } from "./map_marks.js";
import { number, t } from "./words.js";

export const NEAREST = 3;
const RING_PX = 62;

/** @typedef {import("./types.js").Alarm} Alarm */

export class MapPainter {
  /** @param {{canvas: HTMLCanvasElement, view: import("./map_view.js").MapView, model: import("./map_model.js").MapModel,
   *   alarms: import("./alarms.js").Alarms, off: Set<string>, isWall: boolean}} given */
  constructor({ canvas, view, model, alarms, off, isWall }) {
    this.canvas = canvas;
    this.view = view;
    this.model = model;
    this.alarms = alarms;
    this.isWall = isWall;
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    this.ratio = 1;
    this.ground = new MapGround(model, off);
    this.layer = new MapLayer({ view, model, ground: this.ground, off, isWall });
    /** @type {Record<string, string>} */
    this.colours = {};
    /** @type {Map<string, HTMLCanvasElement>} each drawn once for every look */
    this.signs = new Map();
    /** @type {{key: string, eyes: ReturnType<import("./map_model.js").MapModel["eyesNear"]>}|null} found once for each change */
    this.near = null;
    this.recolour();
  }

  /** @param {number} ratio  pixels of the screen a pixel of the page */
  resize(ratio) {
    this.ratio = this.layer.ratio = ratio;
    this.canvas.width = Math.round(this.view.width * ratio);
    this.canvas.height = Math.round(this.view.height * ratio);
    this.forget();
  }

  recolour() {
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
    const edge = colour("shape-edge");
    this.colours = {
      ground: colour("page"), land: colour("card"), raised: colour("raised"), line: colour("line"), strong: colour("line-strong"), text: colour("text"),
      text2: colour("text-2"), device: colour("device"), off: colour("device-off"), edge, p1: colour("p1"), p1line: colour("p1-line"),
      p1ink: colour("p1-ink"), p2: colour("p2"), p2ink: colour("p2-ink"), p3: colour("p3"), p3ink: colour("p3-ink"),
      water: colour("water"), road: colour("road"), drill: colour("drill-deep"), pdt: colour("drill"), pdtink: colour("drill-ink"), pdtline: colour("drill"),
      p2line: colour("p2"), p3line: colour("p3"),
    }; // prettier-ignore
    this.layer.look = { colours: this.colours, isWall: this.isWall };
    this.forget();
  }

  /** What is kept of it is no longer so. */
  forget() {
    this.signs.clear();
    this.layer.forget();
  }

  paint() {
    const { pen, canvas } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    if (!this.layer.covers()) {
      pen.fillStyle = this.colours.land;
      pen.fillRect(0, 0, canvas.width, canvas.height);
    }
    this.layer.paint(pen);
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.paintAlarms();
  }

  /** @param {number} at @returns {[number, number]} in pixels of the page */
  placeOf(at) {
    return this.layer.placeIn(this.view, at);
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
    let image = this.signs.get(key);
    const look = { size, ratio: this.ratio, colours: this.colours };
    if (!image) this.signs.set(key, (image = signOf(look, sign, isRinging(alarm))));
    const [left, top] = this.placeOf(at);
    this.pen.drawImage(image, left - size / 2, top - size / 2, size, size);
  }

  /** @param {number} at */
  eyesNear(at) {
    const key = `${at}/${this.model.version}`;
    if (this.near?.key !== key) this.near = { key, eyes: this.model.eyesNear(at, NEAREST) };
    return this.near.eyes;
  }

  /** Rings around it, lines to the nearest eyes that work, its name below. @param {Alarm} alarm @param {number} at */
  paintFirst(alarm, at) {
    const { pen } = this;
    const big = this.isWall ? 1.6 : 1;
    const [left, top] = this.placeOf(at);
    const { nearest, working } = this.eyesNear(at);
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
