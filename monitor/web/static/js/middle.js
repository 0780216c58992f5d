/** The middle of the desk: the map, or the list that says the same in words; the choice stays with this screen. */
import { byId, setAttribute } from "./dom.js";
import { Later } from "./later.js";

const VIEW = "chuong.middle";
const AGAIN_MS = 5000;

export class Middle {
  /** @param {{model: import("./device_model.js").DeviceModel, alarms: import("./alarms.js").Alarms}} given
   * @param {() => void} onMissing */
  constructor(given, onMissing) {
    this.root = /** @type {HTMLElement} */ (document.querySelector(".devices"));
    this.map = new Later(async () => new (await import("./map.js")).DeviceMap(given), onMissing);
    this.ways = byId("middle-ways");
    /** @type {number|undefined} */
    this.waiting = undefined;
    this.ways.addEventListener("click", ({ target }) => {
      const chosen = target.closest("[data-view]")?.dataset.view;
      if (chosen) this.choose(chosen, true);
    });
    // Until somebody chooses, the map stands there as soon as it has anything to show.
    this.choose(localStorage.getItem(VIEW) ?? "list", false);
  }

  /** @param {string} view  map | list @param {boolean} isKept */
  choose(view, isKept) {
    this.root.dataset.view = view;
    if (isKept) localStorage.setItem(VIEW, view);
    for (const button of this.ways.children) setAttribute(button, "aria-pressed", String(button.dataset.view === view));
    this.map.part?.resize();
    this.show();
  }

  /** After a snapshot, whose devices may be others. */
  async load() {
    const map = await this.map.get();
    const isThere = map !== null && (await map.load());
    if (!isThere && this.root.dataset.view === "map") this.choose("list", false);
    if (isThere && !localStorage.getItem(VIEW)) this.choose("map", false);
    else this.show();
  }

  draw() {
    this.map.part?.draw();
  }

  /** What rings is brought into sight. */
  show() {
    this.map.part?.show();
  }

  /** @param {number} n  1 to 5 */
  toggleNth(n) {
    this.map.part?.toggleNth(n);
  }

  /** Devices came: where they stand is asked for a while later, and once for many. */
  grown() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.load(), AGAIN_MS);
  }

  list() {
    this.choose("list", false);
  }
}
