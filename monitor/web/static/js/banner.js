/** The banner of the first emergency, or the calm line where there is none. */
import { factsOf, kindOf, placeOf, plainKindOf, sinceWords, timerStart, urgencyOf, whereOf } from "./alarm_words.js";
import { isClosable, isDrill, isRinging } from "./alarms.js";
import { actOf, byId, field, made, setAttribute, setText, useShape } from "./dom.js";
import { moment, number, stopwatch, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

export class Banner {
  /** @param {(act: string, alarm: Alarm) => void} onAct */
  constructor(onAct) {
    this.root = byId("banner");
    this.calm = byId("calm");
    this.calmWord = byId("calm-word");
    this.calmLast = byId("calm-last");
    this.acts = byId("banner-acts");
    this.incident = byId("banner-incident");
    /** @type {Alarm|undefined} */
    this.alarm = undefined;
    this.facts = "";
    this.acts.addEventListener("click", (/** @type {Event} */ event) => {
      const act = actOf(event);
      if (act && this.alarm) onAct(act, this.alarm);
    });
  }

  /** @param {import("./alarms.js").Alarms} alarms @param {{nowMs: number, lastSoundTest: number|null}} known */
  show(alarms, { nowMs, lastSoundTest }) {
    this.alarm = alarms.firstOut();
    this.root.hidden = !this.alarm;
    this.calm.hidden = Boolean(this.alarm);
    if (this.alarm) this.showAlarm(this.alarm, alarms.emergencies().length, nowMs);
    else if (alarms.isLoaded) this.showCalm(alarms, nowMs, lastSoundTest);
  }

  /** @param {Alarm} alarm @param {number} ringing  emergencies nobody has taken over @param {number} nowMs */
  showAlarm(alarm, ringing, nowMs) {
    const rings = isRinging(alarm);
    setAttribute(this.root, "data-state", rings ? "ringing" : "taken");
    setAttribute(this.root, "data-alarm", String(alarm.id));
    setAttribute(this.root, "data-drill", isDrill(alarm) ? String(alarm.drill_id) : null);
    useShape(/** @type {Element} */ (this.root.querySelector(".shape")), isDrill(alarm) ? "shape-dt" : "shape-1");
    setText(field(this.root, "urgent"), urgencyOf(alarm));
    setText(field(this.root, "kind"), plainKindOf(alarm));
    setText(field(this.root, "more"), ringing > 1 ? t("alarm.more", { n: number(ringing - 1) }) : "");
    setText(field(this.root, "place"), placeOf(alarm));
    setText(field(this.root, "where"), whereOf(alarm));
    setText(field(this.root, "since"), sinceWords(alarm, nowMs));
    this.showFacts(alarm);
    this.incident.hidden = !alarm.incident;
    if (alarm.incident) setAttribute(this.incident, "href", `/incidents/${alarm.incident.id}`);
    for (const button of this.acts.querySelectorAll("[data-act]")) {
      const act = button.dataset.act;
      button.hidden = (act === "acknowledge" && !rings) || (act === "close" && !isClosable(alarm));
    }
  }

  /** @param {Alarm} alarm */
  showFacts(alarm) {
    const facts = factsOf(alarm);
    const key = JSON.stringify(facts);
    if (key === this.facts) return;
    this.facts = key;
    const items = facts.map(({ text, isWarning }) => made("li", text, isWarning ? "warn" : ""));
    field(this.root, "facts").replaceChildren(...items);
  }

  /** @param {import("./alarms.js").Alarms} alarms @param {number} nowMs @param {number|null} lastSoundTest */
  showCalm(alarms, nowMs, lastSoundTest) {
    const waiting = alarms.inTab("unacknowledged").length;
    const last = alarms.recent[0];
    const words = [];
    if (waiting) words.push(t("live.others_waiting", { n: number(waiting) }));
    if (last) {
      const values = { time: moment(last.raised_at, nowMs), kind: kindOf(last), place: placeOf(last) };
      words.push(t("live.last_alarm", values));
    }
    words.push(
      lastSoundTest ? t("audio.tested", { time: moment(lastSoundTest, nowMs) }) : t("audio.never_tested"),
    );
    setText(this.calmWord, t("live.no_emergency"));
    setText(this.calmLast, words.join(" · "));
  }

  /** @param {import("./server_time.js").ServerTime} time @param {boolean} isStale */
  tick(time, isStale) {
    if (!this.alarm) return;
    const seconds = time.since(timerStart(this.alarm));
    setText(field(this.root, "timer"), isStale ? "—" : stopwatch(seconds));
  }
}
