/** One line on top of every page: what rings, for somebody whose eyes are on a form. */
import { kindOf, placeOf, timerStart, titleCryOf, urgencyOf, whereOf } from "./alarm_words.js";
import { signNameOf } from "./alarms.js";
import { byId, field, setAttribute, setText, showPriority } from "./dom.js";
import { isOurFault } from "./fault_words.js";
import { number, stopwatch, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

export class Ringing {
  constructor() {
    this.root = byId("ringing");
    this.shape = this.root.querySelector(".shape");
    this.spoken = byId("say-now");
    this.title = document.title;
    this.isBlind = false;
    /** @type {Alarm|undefined} the most urgent that nobody has taken over */
    this.alarm = undefined;
  }

  /** @param {import("./alarms.js").Alarms} alarms @param {boolean} isStale */
  show(alarms, isStale) {
    // What is wrong with ourselves the violet strip above says.
    const sounding = alarms.sounding().filter((alarm) => !isOurFault(alarm));
    this.alarm = sounding[0];
    this.root.hidden = !this.alarm;
    if (this.alarm) this.fill(this.alarm, sounding.length);
    const urgent = alarms.emergencies();
    const words = urgent[0] ? [urgencyOf(urgent[0]), kindOf(urgent[0]), placeOf(urgent[0]), whereOf(urgent[0])].join(". ") : "";
    setText(this.spoken, isStale ? t("live.lost_short") : words || (this.isBlind ? t("fault.blind_short") : ""));
    document.title = this.titleOf(urgent, isStale);
  }

  /** @param {Alarm} alarm @param {number} ringing */
  fill(alarm, ringing) {
    setAttribute(this.root, "data-priority", String(signNameOf(alarm)));
    setAttribute(this.root, "data-alarm", String(alarm.id));
    showPriority(this.shape, { priority: signNameOf(alarm), isFull: true });
    setText(field(this.root, "kind"), kindOf(alarm));
    setText(field(this.root, "place"), placeOf(alarm));
    setText(field(this.root, "where"), whereOf(alarm));
    setText(field(this.root, "more"), ringing > 1 ? t("alarm.others", { n: number(ringing - 1) }) : "");
  }

  /** @param {Alarm[]} urgent @param {boolean} isStale */
  titleOf(urgent, isStale) {
    if (isStale) return `⚠ ${t("live.lost_short")} · ${this.title}`;
    if (!urgent[0]) return this.isBlind ? `⚠ ${t("fault.blind_short")} · ${this.title}` : this.title;
    return `(${urgent.length}) ${titleCryOf(urgent[0])} · ${this.title}`;
  }

  /** @param {import("./server_time.js").ServerTime} time @param {boolean} isStale */
  tick(time, isStale) {
    if (!this.alarm) return;
    setText(field(this.root, "timer"), isStale ? "—" : stopwatch(time.since(timerStart(this.alarm))));
  }
}
