/** What is said beside what is shown: to screen readers, in the tab's title, and after an act that failed. */
import { kindOf, placeOf, titleCryOf, urgencyOf, whereOf } from "./alarm_words.js";
import { byId, setText } from "./dom.js";
import { number, t } from "./words.js";

const COUNTS_MS = 10_000;
const TOAST_MS = 6_000;

export class Announce {
  constructor() {
    this.now = byId("say-now");
    this.later = byId("say-later");
    this.toast = byId("toast");
    this.problem = byId("details-problem");
    this.title = document.title;
    this.isBlind = false;
    this.counted = "";
    this.countedAt = -COUNTS_MS;
    /** @type {number|undefined} */
    this.timer = undefined;
  }

  /** @param {import("./alarms.js").Alarms} alarms @param {boolean} isStale */
  show(alarms, isStale) {
    const emergencies = alarms.emergencies();
    const first = emergencies[0];
    const words = first ? [urgencyOf(first), kindOf(first), placeOf(first), whereOf(first)].join(". ") : "";
    setText(this.now, isStale ? t("live.lost_short") : words || (this.isBlind ? t("fault.blind_short") : ""));
    document.title = this.titleOf(emergencies, isStale);
  }

  /** @param {import("./types.js").Alarm[]} emergencies @param {boolean} isStale */
  titleOf(emergencies, isStale) {
    if (isStale) return `⚠ ${t("live.lost_short")} · ${this.title}`;
    const [first] = emergencies;
    if (!first) return this.isBlind ? `⚠ ${t("fault.blind_short")} · ${this.title}` : this.title;
    return `(${emergencies.length}) ${titleCryOf(first)} · ${this.title}`;
  }

  /** How many wait, at most once in ten seconds. @param {number} waiting */
  count(waiting) {
    const words = t("live.waiting", { n: number(waiting) });
    if (words === this.counted || performance.now() - this.countedAt < COUNTS_MS) return;
    this.counted = words;
    this.countedAt = performance.now();
    setText(this.later, words);
  }

  /** What is aside rings for nobody; that it has ended must be said all the same.
   * @param {import("./types.js").Alarm & {reason?: string}} told */
  shelf(told) {
    if (told.state === "SHELVED" && told.reason === "restore") {
      this.say(t("shelf.cleared", { kind: kindOf(told), place: placeOf(told) }));
    }
  }

  /** @param {string} text */
  say(text) {
    clearTimeout(this.timer);
    setText(this.toast, text);
    setText(this.problem, text);
    this.timer = setTimeout(() => setText(this.toast, ""), TOAST_MS);
  }
}
