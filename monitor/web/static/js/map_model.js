/** Where everything stands, in metres of a flat map, and how it is drawn: 20,000 points without an object each. */

const DEG = Math.PI / 180;
const EARTH_M = 6_378_137;
/** Marks on the map by class; a mast is an eye one sees from afar. */
const MARKS = { camera: "eye", mast: "mast", bell: "bell", siren: "siren" };
export const LAYERS = ["camera", "mast", "bell", "other", "groups"];
const WORKING = new Set(["ONLINE", "LATE"]);

/** @param {number} longitude */
export const xOf = (longitude) => longitude * DEG * EARTH_M;
/** @param {number} latitude */
export const yOf = (latitude) => -Math.log(Math.tan(Math.PI / 4 + (latitude * DEG) / 2)) * EARTH_M;

export class MapModel {
  /** @param {import("./device_model.js").DeviceModel} devices */
  constructor(devices) {
    this.devices = devices;
    /** @type {string[]} */
    this.ids = [];
    this.x = new Float64Array(0);
    this.y = new Float64Array(0);
    /** which of several at one place it is, 0 for the only one */
    this.twin = new Uint8Array(0);
    /** @type {Map<string, number>} */
    this.index = new Map();
    /** how many metres of the map are one on the ground: it stretches away from the equator */
    this.stretch = 1;
    /** @type {{x: number, y: number, name: string, hull: [number, number][]}[]} */
    this.groups = [];
  }

  /** @param {{id: string[], latitude: number[], longitude: number[]}} places */
  load({ id, latitude, longitude }) {
    this.ids = id;
    this.x = Float64Array.from(longitude, xOf);
    this.y = Float64Array.from(latitude, yOf);
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
    this.group();
  }

  /** The row of the device model, or undefined while it is not known there. @param {number} at */
  rowOf(at) {
    return this.devices.index.get(this.ids[at]);
  }

  /** @param {number} at */
  layerOf(at) {
    const row = this.rowOf(at);
    return row === undefined ? "other" : this.devices.kinds[row];
  }

  /** @param {number} at */
  markOf(at) {
    const row = this.rowOf(at);
    if (row === undefined) return "other";
    const kind = this.devices.kinds[row];
    return /** @type {any} */ (MARKS)[kind] ?? /** @type {any} */ (MARKS)[this.devices.columns.class[row]] ?? "other";
  }

  /** @param {number} at */
  stateOf(at) {
    const row = this.rowOf(at);
    return row === undefined ? "UNKNOWN" : this.devices.stateOf(row);
  }

  /** The eyes nearest to a device: so many, and how many of them work; and the nearest that do.
   * @param {number} from @param {number} count */
  eyesNear(from, count) {
    const found = [];
    for (let at = 0; at < this.ids.length; at += 1) {
      const mark = this.markOf(at);
      if (mark !== "eye" && mark !== "mast") continue;
      const metres = Math.hypot(this.x[at] - this.x[from], this.y[at] - this.y[from]) / this.stretch;
      found.push({ at, metres, works: WORKING.has(this.stateOf(at)) });
    }
    found.sort((a, b) => a.metres - b.metres);
    const nearest = found.slice(0, count);
    return { nearest, working: found.filter(({ works }) => works).slice(0, count) };
  }

  bounds() {
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    this.x.forEach((x, at) => {
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, this.y[at]);
      box.bottom = Math.max(box.bottom, this.y[at]);
    });
    return box;
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
      y: Math.min(...all.map(([, y]) => y)),
      hull: hullOf(all),
    }));
  }
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
