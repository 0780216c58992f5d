/** What an officer does with an alarm: take it over, declare it over. Both need a live page. */
import { ask } from "./api.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

export class Commands {
  /** @param {{alarms: import("./alarms.js").Alarms, isLive: () => boolean, isAllowed: boolean,
   *   onAnswer: () => void, say: (text: string) => void}} given */
  constructor(given) {
    this.given = given;
    /** @type {Set<string>} */
    this.underWay = new Set();
  }

  /** @param {Alarm} alarm */
  acknowledge(alarm) {
    return this.send(alarm, "acknowledge");
  }

  /** @param {Alarm} alarm */
  close(alarm) {
    return this.send(alarm, "close");
  }

  /** @param {Alarm} alarm @param {string} verb */
  async send(alarm, verb) {
    const { alarms, isLive, isAllowed, onAnswer, say } = this.given;
    if (!isAllowed) return say(t("act.not_allowed"));
    if (!isLive()) return say(t("act.not_live"));
    // The feed may tell of an act before its answer comes: then the next act must not wait for it.
    const key = `${verb}/${alarm.id}/${alarm.version}`;
    if (this.underWay.has(key)) return;
    this.underWay.add(key);
    const { status, data } = await ask(`alarms/${alarm.id}/${verb}`, { version: alarm.version });
    this.underWay.delete(key);
    if (status === 200 || (status === 409 && data.id)) alarms.put(data);
    if (status === 409) say(t("act.changed"));
    else if (status === 403) say(t("act.not_allowed"));
    else if (status !== 200) say(t("act.failed"));
    onAnswer();
  }
}
