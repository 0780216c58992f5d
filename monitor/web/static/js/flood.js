/** A flood of alarms, as the server tells it from when they came: said on top, and what can wait makes no tone. */
import { isTrial } from "./alarms.js";
import { ask } from "./api.js";
import { byId, setText } from "./dom.js";
import { number, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const SOONEST_MS = 2_000;
const WHILE_IT_LASTS_MS = 15_000;

export class Flood {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.isOn = false;
    this.isNews = false;
    this.askedAt = -SOONEST_MS;
  }

  /** An alarm came, or all was loaded anew: perhaps it is one too many. */
  hear() {
    this.isNews = true;
  }

  /** Once a second. */
  tick() {
    const waited = performance.now() - this.askedAt;
    if ((this.isNews && waited >= SOONEST_MS) || (this.isOn && waited >= WHILE_IT_LASTS_MS)) void this.look();
  }

  async look() {
    this.isNews = false;
    this.askedAt = performance.now();
    const { status, data } = await ask("flood");
    if (status !== 200) return;
    const wasOn = this.isOn;
    this.isOn = data.since_at !== null;
    byId("flood-strip").hidden = !this.isOn;
    setText(byId("flood-title"), t("flood.now", { n: number(data.alarms), minutes: number(data.within_min) }));
    if (wasOn !== this.isOn) this.onChange();
  }

  /** What is heard: never less of what is urgent, nor of a test that somebody waits for.
   * @param {Alarm[]} sounding */
  audible(sounding) {
    return this.isOn ? sounding.filter((alarm) => alarm.priority < 3 || isTrial(alarm)) : sounding;
  }
}
