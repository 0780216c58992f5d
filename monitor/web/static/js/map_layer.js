/**
 * What rests on the map, ground and devices, drawn once and larger than what is in sight: while a hand moves the map
 * it is moved and stretched as it is, and drawn sharp again when the hand rests. A device that turns is drawn into it
 * alone, over the ground that is kept apart for that.
 */
import { Dots } from "./map_dots.js";
import { markOf } from "./map_marks.js";
import { isWell } from "./map_model.js";
import { MapWindow } from "./map_window.js";

const DENSE = 1200; // more than these in sight, and what is well is a dot
const CROWD = 600; // more than these not well among dots, and each of them is a frame: a mark takes ten times as long
const DOT_PX = 3;
const FRAME_PX = 7;
const GOLDEN = 2.4;
const MARGIN = 0.2; // of what is in sight, on each side
const RESTS_MS = 140;
const AGAIN_MS = 180; // where a hand goes on beyond the margin: no more often than that
const MOST_SCALED = 2.5;
const MOST_REDRAWN = 8000; // where what turned has more than these beside it, everything is drawn, and less often
const BEHIND_MS = 400;

export class MapLayer {
  /** @param {{view: import("./map_view.js").MapView, model: import("./map_model.js").MapModel,
   *   ground: import("./map_ground.js").MapGround, off: Set<string>, isWall: boolean}} given */
  constructor({ view, model, ground, off, isWall }) {
    this.view = view;
    this.model = model;
    this.ground = ground;
    this.off = off;
    this.frame = new MapWindow();
    this.ratio = 1;
    /** @type {import("./map_ground.js").Look} */
    this.look = { colours: {}, isWall };
    this.pen = penOf();
    this.groundPen = penOf();
    /** @type {Map<string, HTMLCanvasElement>} each drawn once for every look */
    this.marks = new Map();
    this.dots = new Dots();
    this.isDense = false;
    this.isCrowd = false;
    this.isOld = true;
    this.isBehind = false;
    this.drawnAt = -Infinity;
    /** @type {number[]} */
    this.found = [];
  }

  /** Everything is another than before. */
  forget() {
    this.isOld = true;
    this.marks.clear();
  }

  get isSharp() {
    return this.frame.scale === this.view.scale;
  }

  /** Onto the page's own canvas. @param {CanvasRenderingContext2D} pen  in pixels of the screen */
  paint(pen) {
    const turned = this.model.turned();
    if (turned === null || this.isDue(performance.now())) this.draw();
    else this.turn(turned);
    const { frame, view, ratio } = this;
    const { canvas } = this.pen;
    const grown = view.scale / frame.scale;
    const left = Math.round((view.left(frame.x) - (frame.width / 2) * grown) * ratio);
    const top = Math.round((view.top(frame.y) - (frame.height / 2) * grown) * ratio);
    pen.imageSmoothingEnabled = false; // it moves: sharp edges are faster than soft ones
    if (this.isSharp) pen.drawImage(canvas, left, top);
    else pen.drawImage(canvas, left, top, Math.round(canvas.width * grown), Math.round(canvas.height * grown));
    pen.imageSmoothingEnabled = true;
  }

  /** When it has to be painted again though nothing turns, in ms; null where it is as it should be. */
  restsIn() {
    if (this.isBehind) return BEHIND_MS;
    return this.isSharp && this.covers() ? null : RESTS_MS;
  }

  /** @param {number} now */
  isDue(now) {
    if (this.isOld || (this.isBehind && now - this.drawnAt > BEHIND_MS)) return true;
    if (this.isSharp && this.covers()) return false;
    if (now - this.view.movedAt >= RESTS_MS) return true;
    const grown = this.view.scale / this.frame.scale;
    const isFar = grown > MOST_SCALED || grown < 1 / MOST_SCALED;
    return now - this.drawnAt > AGAIN_MS && (isFar || !this.covers());
  }

  /** Whether it reaches to every edge of what is in sight. */
  covers() {
    const [all, seen] = [this.frame.box(0), this.view.box(0)];
    return all.left <= seen.left && all.right >= seen.right && all.top <= seen.top && all.bottom >= seen.bottom;
  }

  /** All anew, round what is in sight now. */
  draw() {
    this.fit();
    const { frame, ratio, groundPen, pen } = this;
    groundPen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.ground.paint(groundPen, frame, this.look);
    pen.drawImage(groundPen.canvas, 0, 0);
    this.isDense = this.shown(this.view.box(16)).length > DENSE;
    const found = this.shown(frame.box(16 + this.reach()));
    this.isCrowd = this.isDense && found.reduce((sum, at) => sum + Number(!isWell(this.model.states[at])), 0) > CROWD;
    if (this.isDense) this.dots.begin(pen.canvas);
    this.paintDevices(found, this.isDense ? this.dots : null);
    this.isOld = this.isBehind = false;
    this.drawnAt = performance.now();
  }

  fit() {
    const { view, frame, ratio } = this;
    const wide = Math.round(view.width * (1 + 2 * MARGIN) * ratio);
    const high = Math.round(view.height * (1 + 2 * MARGIN) * ratio);
    for (const { canvas } of [this.pen, this.groundPen]) {
      if (canvas.width !== wide) canvas.width = wide;
      if (canvas.height !== high) canvas.height = high;
    }
    Object.assign(frame, { x: view.x, y: view.y, scale: view.scale, width: wide / ratio, height: high / ratio });
  }

  /** @param {number[]} turned */
  turn(turned) {
    let drawn = 0;
    for (const at of turned) {
      if (this.isBehind) return;
      drawn += this.redraw(at);
      this.isBehind = drawn > MOST_REDRAWN;
    }
  }

  /** One that turned: its place is cleared, and whatever reaches into it drawn again.
   * @param {number} at @returns {number} how many those are */
  redraw(at) {
    const half = (this.size() / 2 + 1) * this.ratio;
    const [x, y] = this.pixelOf(at);
    const [left, top, side] = [Math.floor(x - half), Math.floor(y - half), Math.ceil(2 * half) + 1];
    const { pen, frame, ratio } = this;
    const { width, height } = pen.canvas;
    if (left + side < 0 || top + side < 0 || left > width || top > height) return 0;
    const [west, north] = [frame.x + (left / ratio - frame.width / 2) / frame.scale, frame.y + (top / ratio - frame.height / 2) / frame.scale];
    const more = (this.size() / 2 + this.reach()) / frame.scale;
    const [right, bottom] = [west + side / ratio / frame.scale + more, north + side / ratio / frame.scale + more];
    pen.save();
    pen.beginPath();
    pen.rect(left, top, side, side);
    pen.clip();
    pen.drawImage(this.groundPen.canvas, left, top, side, side, left, top, side, side);
    const found = this.shown({ left: west - more, top: north - more, right, bottom });
    this.paintDevices(found, null);
    pen.restore();
    return found.length;
  }

  /** Those whose layer is on. @param {{left: number, top: number, right: number, bottom: number}} box */
  shown(box) {
    const found = this.model.grid.within(box, this.found);
    return this.off.size ? found.filter((at) => !this.off.has(this.model.layers[at])) : found;
  }

  /** @param {number[]} found @param {Dots|null} dots  begun, for many */
  paintDevices(found, dots) {
    const { states } = this.model;
    /** @type {number[]} what is not well lies on top */
    const later = [];
    /** @type {number[]} */
    const well = [];
    for (const at of found) {
      if (!isWell(states[at])) later.push(at);
      else if (!this.isDense) this.paintMark(at, states[at]);
      else well.push(at);
    }
    const crowd = this.isCrowd ? later : [];
    this.paintSquares(well, DOT_PX, "device", dots);
    this.paintSquares(crowd, FRAME_PX, "off", dots);
    this.paintSquares(crowd, DOT_PX, "land", dots);
    dots?.end(this.pen);
    if (!this.isCrowd) for (const at of later) this.paintMark(at, states[at]);
  }

  /** Neighbours that fall on the same pixel are one.
   * @param {number[]} found @param {number} side @param {string} name  of a colour @param {Dots|null} dots */
  paintSquares(found, side, name, dots) {
    const { pen, frame, ratio, model } = this;
    const colour = this.look.colours[name];
    const wide = Math.round(side * ratio);
    let lastX = NaN;
    let lastY = NaN;
    const pixel = dots?.pixelOf(colour) ?? 0;
    pen.fillStyle = colour;
    for (const at of found) {
      const x = Math.round(frame.left(model.x[at]) * ratio - wide / 2);
      const y = Math.round(frame.top(model.y[at]) * ratio - wide / 2);
      if (x === lastX && y === lastY) continue;
      if (dots) dots.square(x, y, wide, pixel);
      else pen.fillRect(x, y, wide, wide);
      lastX = x;
      lastY = y;
    }
  }

  /** @param {number} at @param {string} state */
  paintMark(at, state) {
    const size = this.size();
    const key = `${this.model.marks[at]}/${state}/${size}`;
    let image = this.marks.get(key);
    if (!image) this.marks.set(key, (image = markOf({ size, ratio: this.ratio, colours: this.look.colours }, this.model.marks[at], state)));
    const [x, y] = this.pixelOf(at);
    this.pen.drawImage(image, Math.round(x - image.width / 2), Math.round(y - image.height / 2));
  }

  /** Of a mark, in pixels of the page. */
  size() {
    if (this.isCrowd) return FRAME_PX;
    if (this.isDense) return 13;
    return this.look.isWall ? 30 : 19;
  }

  /** How far from its place a device may be drawn, in pixels of the page. */
  reach() {
    return this.model.mostTwins ? apartOf(this.model.mostTwins, this.look.isWall) : 0;
  }

  /** @param {number} at @returns {[number, number]} in pixels of the screen */
  pixelOf(at) {
    const [left, top] = this.placeIn(this.frame, at);
    return [left * this.ratio, top * this.ratio];
  }

  /** Eyes of one pole stand around it, or only the last would be seen.
   * @param {MapWindow} frame @param {number} at @returns {[number, number]} */
  placeIn(frame, at) {
    const { x, y, twin } = this.model;
    const [left, top] = [frame.left(x[at]), frame.top(y[at])];
    if (!twin[at]) return [left, top];
    const apart = apartOf(twin[at], this.look.isWall);
    return [left + apart * Math.cos(twin[at] * GOLDEN), top + apart * Math.sin(twin[at] * GOLDEN)];
  }
}

/** @param {number} twin @param {boolean} isWall */
const apartOf = (twin, isWall) => (isWall ? 15 : 9) * Math.sqrt(twin);

/** A canvas of its own, without a see-through ground: it is copied faster. @returns {CanvasRenderingContext2D} */
function penOf() {
  return /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d", { alpha: false }));
}
