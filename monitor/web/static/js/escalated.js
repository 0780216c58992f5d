/** Whom the monitor told of a call that nobody answered. The feed does not say it, so it is asked for while it rings. */
import { isRinging } from "./alarms.js";
import { ask } from "./api.js";
import { hour, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const ROLES = new Set(["second_officer", "commander"]);
const FIRST_S = 25; // nobody is told earlier than this by the chains as they are shipped
const EVERY_S = 3;

export class Escalated {
  /** `first`: what the banner is for, where one may ask who was told.
   * @param {{time: import("./server_time.js").ServerTime, first: () => Alarm|undefined|false, onNews: () => void}} given */
  constructor({ time, first, onNews }) {
    this.time = time;
    this.first = first;
    this.onNews = onNews;
    /** @type {{id: number, ringing: boolean, words: {text: string, isWarning: boolean}[]}} of the banner's alarm */
    this.known = { id: 0, ringing: false, words: [] };
    this.askedAt = 0;
  }

  /** @param {Alarm} alarm */
  wordsOf(alarm) {
    return this.known.id === alarm.id ? this.known.words : [];
  }

  /** Once a second. An answer ends the asking, after one more look: somebody may just have been told. */
  tick() {
    const alarm = this.first();
    if (!alarm || alarm.drill_id) return;
    const isNew = alarm.id !== this.known.id;
    const ringing = isRinging(alarm);
    const waited_s = this.time.since(alarm.rung_at);
    const isDue = ringing && waited_s > FIRST_S && performance.now() - this.askedAt > EVERY_S * 1000;
    if (!isDue && !isNew && ringing === this.known.ringing) return;
    this.known = { id: alarm.id, ringing, words: isNew ? [] : this.known.words };
    this.askedAt = performance.now();
    void this.look(alarm.id);
  }

  /** @param {number} id */
  async look(id) {
    const { status, data } = await ask(`duties?alarm=${id}`);
    if (status !== 200 || id !== this.known.id) return;
    this.known.words = data.items
      .filter((/** @type {any} */ { about, state, role }) => about === "ring" && state === "SENT" && ROLES.has(role))
      .reverse()
      .map((/** @type {any} */ duty) => ({ text: t(`alarm.escalated.${duty.role}`, { time: hour(duty.settled_at) }), isWarning: true }));
    this.onNews();
  }
}
