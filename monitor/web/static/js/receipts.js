/** Tells the server that this screen showed an alarm, and that it sounded it: the path ends at eye and ear. */
import { ask } from "./api.js";

const SCREEN = "chuong.screen";
const TRIES = 5;
const REMEMBERED = 500;
const AGAIN_MS = 2000;

export class Receipts {
  /** @param {{isAllowed: boolean, time: import("./server_time.js").ServerTime}} given */
  constructor({ isAllowed, time }) {
    this.isAllowed = isAllowed;
    this.time = time;
    /** @type {Set<string>} */
    this.given = new Set();
    this.screenId = screenId();
  }

  /** Once for each alarm, version and kind.
   * @param {import("./types.js").Alarm} alarm @param {'shown'|'sounded'} kind @param {number} atMs  screen's clock */
  give(alarm, kind, atMs) {
    const key = `${alarm.id}/${alarm.version}/${kind}`;
    if (!this.isAllowed || this.given.has(key)) return;
    this.given.add(key);
    // A screen stands for weeks. What is forgotten is given again at most, and a repeat changes nothing.
    if (this.given.size > REMEMBERED) this.given.delete(/** @type {string} */ (this.given.values().next().value));
    const sinceRung = atMs + this.time.offsetMs - Date.parse(alarm.rung_at);
    const delay_ms = Math.min(Math.max(0, Math.round(sinceRung)), 86_400_000);
    void this.send(alarm.id, { screen_id: this.screenId, version: alarm.version, kind, delay_ms }, TRIES);
  }

  /** @param {number} id @param {object} receipt @param {number} tries */
  async send(id, receipt, tries) {
    const { status } = await ask(`alarms/${id}/receipts`, receipt);
    const mayHelp = status === 0 || status >= 500;
    if (mayHelp && tries > 1) setTimeout(() => this.send(id, receipt, tries - 1), AGAIN_MS);
  }
}

/** One name for this browser on this machine, so that the system knows which screen was silent. */
export function screenId() {
  const known = localStorage.getItem(SCREEN);
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  const made = `screen-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  localStorage.setItem(SCREEN, made);
  return made;
}
