/**
 * The map of the desk: our own canvas, no tiles, no network beside our server. Painted only when something is otherwise,
 * and then all at once.
 */
import { ask } from "./api.js";
import { byId, field, setAttribute, setText } from "./dom.js";
import { readBase } from "./map_base.js";
import { LAYERS, MapModel } from "./map_model.js";
import { MapPainter, NEAREST } from "./map_paint.js";
import { MapView } from "./map_view.js";
import { stateWords } from "./state_words.js";

const OFF = "chuong.map-off";
const LEFT_ALONE_MS = 20_000; // a hand on the map keeps it where it is
const NEAR_PX_PER_M = 2;
const CLEAR_PX = 95; // outside the rings of what rings
const NOBODY_M = 150;
const PICK_PX = 16;

/** @typedef {import("./types.js").Alarm} Alarm */

export class DeviceMap {
  /** @param {{model: import("./device_model.js").DeviceModel, alarms: import("./alarms.js").Alarms, isWall?: boolean}} given */
  constructor({ model, alarms, isWall = false }) {
    this.model = new MapModel(model);
    this.alarms = alarms;
    this.isWall = isWall;
    this.canvas = byId("map-canvas");
    this.off = new Set(JSON.parse(localStorage.getItem(OFF) ?? "[]"));
    this.isDue = false;
    this.isLoaded = false;
    this.isSeen = false;
    this.isFitted = false;
    /** @type {number|null} the alarm the map was moved for last */
    this.movedFor = null;
    /** @type {number|undefined} */
    this.resting = undefined;
    this.view = new MapView(this.canvas, () => this.draw(), (x, y) => this.pick(x, y));
    const { canvas, view, off } = this;
    this.painter = new MapPainter({ canvas, view, model: this.model, alarms, off, isWall });
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    new MutationObserver(() => this.recolour()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => this.recolour());
    this.listen();
  }

  listen() {
    for (const button of document.querySelectorAll("[data-layer]")) {
      const layer = String(/** @type {HTMLElement} */ (button).dataset.layer);
      setAttribute(button, "aria-pressed", String(!this.off.has(layer)));
      button.addEventListener("click", () => this.toggle(layer));
    }
    document.getElementById("map-in")?.addEventListener("click", () => this.view.zoom(1.5));
    document.getElementById("map-out")?.addEventListener("click", () => this.view.zoom(1 / 1.5));
    document.getElementById("map-all")?.addEventListener("click", () => this.fit());
    document.getElementById("map-close")?.addEventListener("click", () => (byId("map-picked").hidden = true));
  }

  /** The devices are known; asks where they stand. @returns {Promise<boolean>} whether there is anything to show */
  async load() {
    const { status, data } = await ask("map");
    if (status !== 200) return this.isLoaded;
    this.model.load(data);
    const isFirst = !this.isLoaded;
    this.isLoaded = true;
    if (!this.isFitted) this.resize();
    if (isFirst && data.has_base) this.painter.ground.base = await readBase();
    this.painter.forget();
    this.show();
    return data.id.length > 0;
  }

  /** Everything in sight. */
  fit() {
    this.isFitted = this.model.ids.length > 0;
    if (this.isFitted) this.view.fit(this.model.bounds(), { side: this.isWall ? 70 : 46 });
  }

  /** @param {string} layer */
  toggle(layer) {
    if (!this.off.delete(layer)) this.off.add(layer);
    localStorage.setItem(OFF, JSON.stringify([...this.off]));
    for (const button of document.querySelectorAll(`[data-layer="${layer}"]`)) {
      setAttribute(button, "aria-pressed", String(!this.off.has(layer)));
    }
    this.painter.forget();
    this.draw();
  }

  /** @param {number} n  1 to 5 */
  toggleNth(n) {
    if (LAYERS[n - 1]) this.toggle(LAYERS[n - 1]);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.isSeen = Boolean(width && height);
    if (!this.isSeen) return;
    Object.assign(this.view, { width, height });
    this.painter.resize(Math.min(devicePixelRatio || 1, 2));
    if (!this.isFitted) this.fit(); // it was loaded before it had a size
    this.draw();
  }

  recolour() {
    this.painter.recolour();
    this.draw();
  }

  /** A moment later, and once for all that changes until then. */
  draw() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      if (this.isLoaded && this.isSeen) this.paint();
    });
  }

  /** Now; and again when the hand on it rests, where what it moved is not as it should be. */
  paint() {
    this.painter.paint();
    clearTimeout(this.resting);
    const soon_ms = this.painter.layer.restsIn();
    if (soon_ms !== null) this.resting = setTimeout(() => this.draw(), soon_ms);
  }

  /** What rings is brought into sight, unless a hand has just moved the map. */
  show() {
    if (!this.isSeen) return;
    const first = this.alarms.firstOut();
    const at = first?.device_id ? this.model.index.get(first.device_id) : undefined;
    if (first && at !== undefined && this.movedFor !== first.id && performance.now() - this.view.movedAt > LEFT_ALONE_MS) {
      this.movedFor = first.id;
      this.resize(); // what says that it rings has just taken its room
      this.goTo(at);
    }
    if (!first && this.movedFor !== null) {
      this.movedFor = null;
      if (performance.now() - this.view.movedAt > LEFT_ALONE_MS) this.fit();
    }
    this.draw();
  }

  /** It and its working eyes in sight, below the buttons and with room for its name; so near that they stand outside its
   * rings, and no nearer: where it lies in the commune is to be seen too. @param {number} at */
  goTo(at) {
    const eyes = this.model.eyesNear(at, NEAREST).working;
    const places = [at, ...eyes.map((eye) => eye.at)];
    const [x, y] = [places.map((each) => this.model.x[each]), places.map((each) => this.model.y[each])];
    const box = { left: Math.min(...x), right: Math.max(...x), top: Math.min(...y), bottom: Math.max(...y) };
    const big = this.isWall ? 1.6 : 1;
    const near = Math.min((CLEAR_PX * big) / (eyes[0]?.metres ?? NOBODY_M), NEAR_PX_PER_M);
    this.view.fit(box, { side: 70 * big, above: 84 * big, below: 190 * big, most: near / this.model.stretch });
  }

  /** @param {number} x @param {number} y */
  pick(x, y) {
    let [best, least] = [-1, PICK_PX];
    for (const at of this.painter.layer.shown(this.view.box(16))) {
      const [left, top] = this.painter.placeOf(at);
      const away = Math.hypot(left - x, top - y);
      if (away < least) [best, least] = [at, away];
    }
    const card = document.getElementById("map-picked");
    if (!card) return;
    card.hidden = best < 0;
    const row = best < 0 ? undefined : this.model.rowOf(best);
    if (row === undefined) return;
    const { columns } = this.model.devices;
    setText(field(card, "name"), `${columns.id[row]} · ${columns.name[row] ?? ""}`);
    setText(field(card, "state"), stateWords(this.model.stateOf(best), columns.last_seen_at[row]));
    setAttribute(field(card, "link"), "href", `/devices/${encodeURIComponent(columns.id[row])}`);
  }
}
