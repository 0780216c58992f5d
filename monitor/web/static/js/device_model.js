/** Every device as columns: 20,000 of them are sorted, searched and changed many times a second. */
import { shortGroup } from "./alarm_words.js";
import { DeviceFigures, isWatched } from "./device_figures.js";
import { fold } from "./words.js";

/** What troubles an officer first. LATE still counts as working: its deadline has not passed. */
const STATE_ORDER = { OFFLINE: 0, LATE: 1, DEGRADED: 2, UNKNOWN: 3, MAINTENANCE: 4, ONLINE: 5 };
const CLASS_ORDER = { bell: 0, siren: 1, gateway: 2, probe: 3, recorder: 4, camera: 5, gong: 6 };
const HEARD = new Set(["ONLINE", "LATE", "DEGRADED"]);
const BY_NAME = new Intl.Collator("vi", { numeric: true });

/** @param {string} deviceClass @param {boolean} isHighMast */
export function kindOfDevice(deviceClass, isHighMast) {
  if (deviceClass === "camera") return isHighMast ? "mast" : "camera";
  return deviceClass === "bell" ? "bell" : "other";
}

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
    /** @type {number[]} the devices by id, which no state changes */
    this.byId = [];
    /** @type {[string, string][]|null} as `groupNames` found them */
    this.named = null;
    /** @type {DeviceFigures|null} */
    this.counted = null;
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
    this.grown();
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
      if (this.columns.state[at] !== changed.state[from]) {
        isNew = true;
        this.count(at, -1);
        this.columns.state[at] = changed.state[from];
        this.count(at, 1);
      }
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
    this.grown();
  }

  /** There are others than before. */
  grown() {
    this.isSorted = false;
    this.byId = [];
    this.named = this.counted = null;
  }

  /** Laid out by rank, each rank by id: no comparing, for states change many times a second. */
  sorted() {
    if (this.isSorted) return this.order;
    const { id } = this.columns;
    if (this.byId.length !== id.length) this.byId = [...id.keys()].sort((a, b) => (id[a] < id[b] ? -1 : 1));
    /** @type {number[][]} */
    const ranks = Array.from({ length: 100 }, () => []);
    for (const at of this.byId) ranks[this.rankOf(at)].push(at);
    this.order = ranks.flat();
    this.isSorted = true;
    return this.order;
  }

  /** @param {number} at */
  rankOf(at) {
    const { class: classes, state } = this.columns;
    const trouble = isWatched(classes[at]) ? (/** @type {any} */ (STATE_ORDER)[state[at]] ?? 9) : 9;
    return 10 * trouble + (/** @type {any} */ (CLASS_ORDER)[classes[at]] ?? 9);
  }

  /** @param {{words: string, kind: string}} wanted  `kind`: all, trouble, or one of the kinds */
  find({ words, kind }) {
    const parts = partsOf(words);
    return this.sorted().filter((at) => this.isOf(at, kind) && this.has(at, parts));
  }

  /** How many `find` would find, without putting them in order. @param {{words: string, kind: string}} wanted */
  countOf({ words, kind }) {
    const parts = partsOf(words);
    if (!parts.length) return this.figures().sizes.get(kind) ?? 0;
    let count = 0;
    for (let at = 0; at < this.kinds.length; at += 1) if (this.isOf(at, kind) && this.has(at, parts)) count += 1;
    return count;
  }

  /** @param {number} at @param {string[]} parts */
  has(at, parts) {
    return parts.every((part) => this.folded[at].includes(part));
  }

  /** @param {number} at @param {string} kind */
  isOf(at, kind) {
    if (kind === "all") return true;
    if (kind === "trouble") return isWatched(this.columns.class[at]) && this.columns.state[at] !== "ONLINE";
    return this.kinds[at] === kind;
  }

  /** Working of registered, by kind and by group. */
  figures() {
    if (this.counted) return this.counted;
    this.counted = new DeviceFigures([...this.groups.keys()]);
    this.kinds.forEach((_, at) => this.count(at, 1));
    return this.counted;
  }

  /** @param {number} at @param {number} by  1 where it is there now, -1 where it was so until now */
  count(at, by) {
    const { class: classes, group_id, state } = this.columns;
    this.counted?.count({ kind: this.kinds[at], class: classes[at], group: group_id[at] }, state[at], by);
  }

  /** Groups by name, as people count: 2 before 10. @returns {[string, string][]} id and short name */
  groupNames() {
    this.named ??= [...this.groups]
      .map(([id, name]) => /** @type {[string, string]} */ ([id, shortGroup(name) ?? id]))
      .sort(([, a], [, b]) => BY_NAME.compare(a, b));
    return this.named;
  }
}

/** @param {string} words */
const partsOf = (words) => fold(words).split(/\s+/).filter(Boolean);
