/** Every device as columns: 20,000 of them are sorted, searched and changed many times a second. */
import { shortGroup } from "./alarm_words.js";
import { fold } from "./words.js";

/** What troubles an officer first. LATE still counts as working: its deadline has not passed. */
const STATE_ORDER = { OFFLINE: 0, LATE: 1, DEGRADED: 2, UNKNOWN: 3, MAINTENANCE: 4, ONLINE: 5 };
const CLASS_ORDER = { bell: 0, siren: 1, gateway: 2, probe: 3, recorder: 4, camera: 5, gong: 6 };
/** Struck by hand: it sends nothing, so nothing is wrong with its silence. */
const UNWATCHED = new Set(["gong"]);
const WORKING = new Set(["ONLINE", "LATE"]);
const HEARD = new Set(["ONLINE", "LATE", "DEGRADED"]);
const KINDS = ["camera", "mast", "bell", "other"];

/** @typedef {{working: number, registered: number, late: number, never: number}} Figure */

/** @param {string} deviceClass @param {boolean} isHighMast */
export function kindOfDevice(deviceClass, isHighMast) {
  if (deviceClass === "camera") return isHighMast ? "mast" : "camera";
  return deviceClass === "bell" ? "bell" : "other";
}

/** @param {string} deviceClass */
export const isWatched = (deviceClass) => !UNWATCHED.has(deviceClass);

export class DeviceModel {
  constructor() {
    /** @type {import("./types.js").Columns} */
    this.columns = {
      id: [], class: [], name: [], group_id: [], place: [], position: [], is_high_mast: [],
      state: [], since_at: [], last_seen_at: [], battery_pct: [],
    }; // prettier-ignore
    /** @type {Map<string, number>} */
    this.index = new Map();
    /** @type {Map<string, string>} */
    this.groups = new Map();
    /** @type {string[]} */
    this.folded = [];
    /** @type {string[]} */
    this.kinds = [];
    /** @type {number[]} the devices in order */
    this.order = [];
    this.isSorted = false;
    this.isBlind = false;
  }

  /** @param {import("./types.js").Snapshot} snapshot */
  load({ devices, groups }) {
    this.columns = devices;
    this.groups = new Map(groups.id.map((id, at) => [id, groups.name[at]]));
    this.index = new Map(devices.id.map((id, at) => [id, at]));
    this.folded = [];
    this.kinds = [];
    devices.id.forEach((_, at) => this.describe(at));
    this.isSorted = false;
  }

  /** @param {number} at */
  describe(at) {
    const { id, name, place, position, group_id, is_high_mast } = this.columns;
    const words = [id[at], name[at], place[at], position[at], this.groupOf(at), group_id[at]];
    this.folded[at] = fold(words.filter(Boolean).join(" "));
    this.kinds[at] = kindOfDevice(this.columns.class[at], is_high_mast[at]);
  }

  /** What is known of it: nothing, while the monitor is blind, of one that was heard before.
   * @param {number} at */
  stateOf(at) {
    const state = this.columns.state[at];
    return this.isBlind && HEARD.has(state) ? "UNKNOWN" : state;
  }

  /** @param {number} at */
  groupOf(at) {
    const id = this.columns.group_id[at];
    return id === null ? null : (this.groups.get(id) ?? id);
  }

  /** @param {{id: string[], state: string[], since_at: any[], last_seen_at: any[], battery_pct: any[]}} changed
   * @returns {boolean} whether a state is another than before */
  change(changed) {
    let isNew = false;
    changed.id.forEach((id, from) => {
      const at = this.index.get(id);
      if (at === undefined) return;
      if (this.columns.state[at] !== changed.state[from]) isNew = true;
      this.columns.state[at] = changed.state[from];
      this.columns.since_at[at] = changed.since_at[from];
      this.columns.last_seen_at[at] = changed.last_seen_at[from];
      this.columns.battery_pct[at] = changed.battery_pct[from];
    });
    if (isNew) this.isSorted = false;
    return isNew;
  }

  /** @param {any} device  as `GET /api/v1/devices/{id}` gives it */
  add(device) {
    if (this.index.has(device.id)) return;
    const at = this.columns.id.length;
    for (const name of /** @type {(keyof import("./types.js").Columns)[]} */ (Object.keys(this.columns))) {
      const value = device[name];
      const isTime = name.endsWith("_at") && typeof value === "string";
      /** @type {any[]} */ (this.columns[name])[at] = isTime ? Date.parse(value) : (value ?? null);
    }
    this.index.set(device.id, at);
    if (device.group_id && device.group_name) this.groups.set(device.group_id, device.group_name);
    this.describe(at);
    this.isSorted = false;
  }

  sorted() {
    if (!this.isSorted) {
      const { id, state } = this.columns;
      const rank = id.map(
        (_, at) =>
          10 * (isWatched(this.columns.class[at]) ? (/** @type {any} */ (STATE_ORDER)[state[at]] ?? 9) : 9) +
          (/** @type {any} */ (CLASS_ORDER)[this.columns.class[at]] ?? 9),
      );
      this.order = [...id.keys()].sort((a, b) => rank[a] - rank[b] || (id[a] < id[b] ? -1 : 1));
      this.isSorted = true;
    }
    return this.order;
  }

  /** @param {{words: string, kind: string}} wanted  `kind`: all, trouble, or one of the kinds */
  find({ words, kind }) {
    const parts = fold(words).split(/\s+/).filter(Boolean);
    return this.sorted().filter((at) => this.isOf(at, kind) && parts.every((part) => this.folded[at].includes(part)));
  }

  /** @param {number} at @param {string} kind */
  isOf(at, kind) {
    if (kind === "all") return true;
    if (kind === "trouble") return isWatched(this.columns.class[at]) && this.columns.state[at] !== "ONLINE";
    return this.kinds[at] === kind;
  }

  /** @param {string} kind */
  countOf(kind) {
    let count = 0;
    for (let at = 0; at < this.kinds.length; at += 1) if (this.isOf(at, kind)) count += 1;
    return count;
  }

  /** Working of registered, by kind and by group (camera eyes only; high-mast ones are counted apart). */
  figures() {
    /** @type {Map<string, Figure>} */
    const kinds = new Map(KINDS.map((kind) => [kind, emptyFigure()]));
    /** @type {Map<string, Figure>} */
    const groups = new Map([...this.groups.keys()].map((id) => [id, emptyFigure()]));
    this.kinds.forEach((kind, at) => {
      if (!isWatched(this.columns.class[at])) return;
      count(kinds.get(kind), this.columns.state[at]);
      if (kind === "camera") count(groups.get(this.columns.group_id[at] ?? ""), this.columns.state[at]);
    });
    return { kinds, groups };
  }

  /** Groups by name, as people count: 2 before 10. @returns {[string, string][]} id and short name */
  groupNames() {
    const byName = new Intl.Collator("vi", { numeric: true });
    return [...this.groups]
      .map(([id, name]) => /** @type {[string, string]} */ ([id, shortGroup(name) ?? id]))
      .sort(([, a], [, b]) => byName.compare(a, b));
  }
}

/** @returns {Figure} */
const emptyFigure = () => ({ working: 0, registered: 0, late: 0, never: 0 });

/** @param {Figure|undefined} figure @param {string} state */
function count(figure, state) {
  if (!figure) return;
  figure.registered += 1;
  if (WORKING.has(state)) figure.working += 1;
  if (state === "LATE") figure.late += 1;
  if (state === "UNKNOWN") figure.never += 1;
}
