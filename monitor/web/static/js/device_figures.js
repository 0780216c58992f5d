/** How many of what is registered work: counted once, and after that only what turns. */

/** Struck by hand: it sends nothing, so nothing is wrong with its silence. */
const UNWATCHED = new Set(["gong"]);
const WORKING = new Set(["ONLINE", "LATE"]);
const KINDS = ["camera", "mast", "bell", "other"];

/** @typedef {{working: number, registered: number, late: number, never: number}} Figure */

/** @param {string} deviceClass */
export const isWatched = (deviceClass) => !UNWATCHED.has(deviceClass);

export class DeviceFigures {
  /** @param {string[]} groups  by id */
  constructor(groups) {
    /** @type {Map<string, Figure>} */
    this.kinds = new Map(KINDS.map((kind) => [kind, emptyFigure()]));
    /** camera eyes only; high-mast ones are counted apart @type {Map<string, Figure>} */
    this.groups = new Map(groups.map((id) => [id, emptyFigure()]));
    /** by what the list may be narrowed to @type {Map<string, number>} */
    this.sizes = new Map(["all", "trouble", ...KINDS].map((kind) => [kind, 0]));
  }

  /** @param {{kind: string, class: string, group: string|null}} device @param {string} state @param {number} by  1 or -1 */
  count(device, state, by) {
    this.resize("all", by);
    this.resize(device.kind, by);
    if (!isWatched(device.class)) return;
    if (state !== "ONLINE") this.resize("trouble", by);
    note(this.kinds.get(device.kind), state, by);
    if (device.kind === "camera") note(this.groups.get(device.group ?? ""), state, by);
  }

  /** @param {string} kind @param {number} by */
  resize(kind, by) {
    this.sizes.set(kind, (this.sizes.get(kind) ?? 0) + by);
  }
}

/** @returns {Figure} */
const emptyFigure = () => ({ working: 0, registered: 0, late: 0, never: 0 });

/** @param {Figure|undefined} figure @param {string} state @param {number} by */
function note(figure, state, by) {
  if (!figure) return;
  figure.registered += by;
  if (WORKING.has(state)) figure.working += by;
  if (state === "LATE") figure.late += by;
  if (state === "UNKNOWN") figure.never += by;
}
