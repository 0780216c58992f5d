/** Where everything stands, in metres of a flat map, and how it is drawn: 20,000 points without an object each. */
import { Grid } from "./map_grid.js";

const DEG = Math.PI / 180;
const EARTH_M = 6_378_137;
/** Marks on the map by class; a mast is an eye one sees from afar. */
const MARKS = { camera: "eye", mast: "mast", bell: "bell", siren: "siren" };
export const LAYERS = ["camera", "mast", "bell", "other", "groups"];
const WORKING = new Set(["ONLINE", "LATE"]);
const NOBODY = -1;

/** @param {number} longitude */
export const xOf = (longitude) => longitude * DEG * EARTH_M;
/** @param {number} latitude */
export const yOf = (latitude) => -Math.log(Math.tan(Math.PI / 4 + (latitude * DEG) / 2)) * EARTH_M;

/** @param {string} state */
export const isWell = (state) => WORKING.has(state);

export class MapModel {
  /** @param {import("./device_model.js").DeviceModel} devices */
  constructor(devices) {
    this.devices = devices;
    /** @type {string[]} */
    this.ids = [];
    this.x = new Float64Array(0);
    this.y = new Float64Array(0);
    this.grid = new Grid(this.x, this.y);
    /** which of several at one place it is, 0 for the only one */
    this.twin = new Uint8Array(0);
    this.mostTwins = 0;
    /** @type {Map<string, number>} */
    this.index = new Map();
    /** how many metres of the map are one on the ground: it stretches away from the equator */
    this.stretch = 1;
    /** @type {{x: number, y: number, name: string, hull: [number, number][]}[]} */
    this.groups = [];
    /** row of the device model, or NOBODY; with what follows from it, all renewed where the devices are others */
    this.rows = new Int32Array(0);
    /** @type {string[]} */
    this.layers = [];
    /** @type {string[]} */
    this.marks = [];
    /** as they were when `turned` was asked last @type {string[]} */
    this.states = [];
    /** @type {Map<string, number>|null} whose rows these are, and how many there were */
    this.known = null;
    this.knownSize = 0;
    /** another, where anything is drawn otherwise than before */
    this.version = 0;
  }

  /** @param {{id: string[], latitude: number[], longitude: number[]}} places */
  load({ id, latitude, longitude }) {
    this.ids = id;
    this.x = Float64Array.from(longitude, xOf);
    this.y = Float64Array.from(latitude, yOf);
    this.grid = new Grid(this.x, this.y);
    this.twin = new Uint8Array(id.length);
    this.index = new Map(id.map((each, at) => [each, at]));
    this.stretch = id.length ? 1 / Math.cos(latitude[0] * DEG) : 1;
    /** @type {Map<string, number>} */
    const seen = new Map();
    id.forEach((_, at) => {
      const key = `${latitude[at]} ${longitude[at]}`;
      const count = seen.get(key) ?? 0;
      this.twin[at] = Math.min(count, 60);
      seen.set(key, count + 1);
    });
    this.mostTwins = this.twin.reduce((most, each) => Math.max(most, each), 0);
    this.known = null;
    this.join();
    this.group();
  }

  /** Joins places with the devices, where either is another than before. @returns {boolean} whether it was */
  join() {
    const { index, kinds, columns } = this.devices;
    if (this.known === index && this.knownSize === index.size) return false;
    this.known = index;
    this.knownSize = index.size;
    this.rows = Int32Array.from(this.ids, (id) => index.get(id) ?? NOBODY);
    this.layers = Array.from(this.rows, (row) => (row === NOBODY ? "other" : kinds[row]));
    this.marks = Array.from(this.rows, (row, at) => {
      if (row === NOBODY) return "other";
      return /** @type {any} */ (MARKS)[this.layers[at]] ?? /** @type {any} */ (MARKS)[columns.class[row]] ?? "other";
    });
    this.states = this.ids.map((_, at) => this.stateOf(at));
    this.version += 1;
    return true;
  }

  /** Whose state is another than when this was asked last; null where everything may be. @returns {number[]|null} */
  turned() {
    if (this.join()) return null;
    const turned = [];
    for (let at = 0; at < this.states.length; at += 1) {
      const state = this.stateOf(at);
      if (state === this.states[at]) continue;
      this.states[at] = state;
      turned.push(at);
    }
    if (turned.length) this.version += 1;
    return turned;
  }

  /** The row of the device model, or undefined while it is not known there. @param {number} at */
  rowOf(at) {
    return this.rows[at] === NOBODY ? undefined : this.rows[at];
  }

  /** @param {number} at */
  stateOf(at) {
    return this.rows[at] === NOBODY ? "UNKNOWN" : this.devices.stateOf(this.rows[at]);
  }

  /** The eyes nearest to a device: so many, and how many of them work; and the nearest that do.
   * @param {number} from @param {number} count */
  eyesNear(from, count) {
    this.join();
    /** @type {{at: number, metres: number, works: boolean}[]} */
    const nearest = [];
    /** @type {{at: number, metres: number, works: boolean}[]} */
    const working = [];
    for (let at = 0; at < this.ids.length; at += 1) {
      if (this.marks[at] !== "eye" && this.marks[at] !== "mast") continue;
      const metres = Math.hypot(this.x[at] - this.x[from], this.y[at] - this.y[from]) / this.stretch;
      if (working.length === count && metres >= working[count - 1].metres) continue;
      const eye = { at, metres, works: isWell(this.stateOf(at)) };
      keepNearest(nearest, eye, count);
      if (eye.works) keepNearest(working, eye, count);
    }
    return { nearest, working };
  }

  bounds() {
    return this.grid.box;
  }

  /** Borders nobody has drawn are shown as far as the group's own devices reach. */
  group() {
    /** @type {Map<string, [number, number][]>} */
    const points = new Map();
    this.ids.forEach((_, at) => {
      const row = this.rowOf(at);
      const id = row === undefined ? null : this.devices.columns.group_id[row];
      if (id === null || id === undefined) return;
      if (!points.has(id)) points.set(id, []);
      points.get(id)?.push([this.x[at], this.y[at]]);
    });
    const names = new Map(this.devices.groupNames());
    this.groups = [...points].map(([id, all]) => ({
      name: names.get(id) ?? id,
      x: all.reduce((sum, [x]) => sum + x, 0) / all.length,
      y: all.reduce((least, [, y]) => Math.min(least, y), Infinity),
      hull: hullOf(all),
    }));
  }
}

/** @template {{metres: number}} T @param {T[]} kept  nearest first @param {T} one @param {number} count */
function keepNearest(kept, one, count) {
  let place = kept.length;
  while (place && kept[place - 1].metres > one.metres) place -= 1;
  kept.splice(place, 0, one);
  if (kept.length > count) kept.pop();
}

/** The convex hull (monotone chain). @param {[number, number][]} points @returns {[number, number][]} */
export function hullOf(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (/** @type {[number, number][]} */ ordered) => {
    /** @type {[number, number][]} */
    const chain = [];
    for (const point of ordered) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** @param {[number, number]} a @param {[number, number]} b @param {[number, number]} c */
const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
