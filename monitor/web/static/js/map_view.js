/** Which part of the map is in sight: moved by hand, wheel, two fingers or keys. Knows nothing of what is drawn. */
import { MapWindow } from "./map_window.js";

const LEAST_PX_PER_M = 0.0005;
const MOST_PX_PER_M = 4;
const KEY_PX = 90;
const KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class MapView extends MapWindow {
  /** @param {HTMLCanvasElement} canvas @param {() => void} onMove @param {(x: number, y: number) => void} onPick */
  constructor(canvas, onMove, onPick) {
    super();
    this.canvas = canvas;
    this.onMove = onMove;
    this.onPick = onPick;
    this.movedAt = -Infinity;
    /** @type {Map<number, {x: number, y: number}>} */
    this.fingers = new Map();
    this.travelled = 0;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.up(/** @type {PointerEvent} */ (event)));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /** All of a box in sight, with so many pixels free around it.
   * @param {{left: number, top: number, right: number, bottom: number}} box
   * @param {{side: number, above?: number, below?: number, most?: number}} room  `most`: pixels a metre of the map */
  fit(box, { side, above = side, below = side, most = MOST_PX_PER_M }) {
    const wide = Math.max(box.right - box.left, 200);
    const high = Math.max(box.bottom - box.top, 200);
    const tall = Math.max(this.height - above - below, this.height / 3);
    const scale = Math.min((this.width - 2 * side) / wide, tall / high);
    this.scale = clamp(Math.min(scale, most));
    this.x = (box.left + box.right) / 2;
    this.y = (box.top + box.bottom) / 2 + (below - above) / 2 / this.scale;
    this.onMove();
  }

  /** @param {number} factor @param {{x: number, y: number}} [at]  what stays where it is */
  zoom(factor, at = { x: this.width / 2, y: this.height / 2 }) {
    const scale = clamp(this.scale * factor);
    this.x += (at.x - this.width / 2) * (1 / this.scale - 1 / scale);
    this.y += (at.y - this.height / 2) * (1 / this.scale - 1 / scale);
    this.scale = scale;
    this.moved();
  }

  moved() {
    this.movedAt = performance.now();
    this.onMove();
  }

  /** @param {PointerEvent} event */
  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    this.travelled = 0;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.offsetX, y: event.offsetY };
    const [other] = [...this.fingers].filter(([id]) => id !== event.pointerId).map(([, finger]) => finger);
    if (other) {
      const apart = Math.hypot(before.x - other.x, before.y - other.y) || 1;
      this.zoom(Math.hypot(now.x - other.x, now.y - other.y) / apart, other);
    } else {
      this.x -= (now.x - before.x) / this.scale;
      this.y -= (now.y - before.y) / this.scale;
      this.travelled += Math.hypot(now.x - before.x, now.y - before.y);
      this.moved();
    }
    this.fingers.set(event.pointerId, now);
  }

  /** @param {PointerEvent} event */
  up(event) {
    const wasDown = this.fingers.delete(event.pointerId);
    if (wasDown && event.type === "pointerup" && this.travelled < 5) this.onPick(event.offsetX, event.offsetY);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), { x: event.offsetX, y: event.offsetY });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = /** @type {any} */ (KEYS)[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (step) {
      this.x -= (step[0] * KEY_PX) / this.scale;
      this.y -= (step[1] * KEY_PX) / this.scale;
      this.moved();
    } else if (event.key === "+" || event.key === "=") this.zoom(1.4);
    else if (event.key === "-") this.zoom(1 / 1.4);
    else return;
    event.preventDefault();
  }
}

/** @param {number} scale */
const clamp = (scale) => Math.min(MOST_PX_PER_M, Math.max(LEAST_PX_PER_M, scale));
