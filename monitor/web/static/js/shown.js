/** Which alarms are really before somebody's eyes: written, in sight, and on the glass. */
import { byId } from "./dom.js";

/** @typedef {import("./types.js").Alarm} Alarm */

export class Shown {
  /** @param {{banner: import("./banner.js").Banner, queue: import("./queue.js").Queue,
   *   receipts: import("./receipts.js").Receipts}} given */
  constructor({ banner, queue, receipts }) {
    this.banner = banner;
    this.queue = queue;
    this.receipts = receipts;
    this.frame = byId("queue-scroll");
    /** @type {import("./probe.js").Painted|null} the most urgent of those painted last */
    this.painted = null;
  }

  /** After the second frame what was written is on the glass.
   * @param {Alarm[]} alarms  most urgent first */
  look(alarms) {
    if (document.visibilityState !== "visible") return;
    const inSight = alarms.filter((alarm) => this.isInSight(alarm));
    if (!inSight.length) return;
    requestAnimationFrame(() => requestAnimationFrame(() => this.note(inSight)));
  }

  /** @param {Alarm[]} alarms */
  note(alarms) {
    const at = performance.timeOrigin + performance.now();
    for (const alarm of alarms) this.receipts.give(alarm, "shown", at);
    const [{ id, version }] = alarms;
    if (this.painted?.id !== id || this.painted.version !== version) this.painted = { id, version, at };
  }

  /** @param {Alarm} alarm */
  isInSight(alarm) {
    if (this.banner.alarm?.id === alarm.id) return true;
    const box = this.queue.rows.get(alarm.id)?.getBoundingClientRect();
    if (!box) return false;
    const frame = this.frame.getBoundingClientRect();
    return box.top < Math.min(frame.bottom, innerHeight) && box.bottom > Math.max(frame.top, 0);
  }
}
