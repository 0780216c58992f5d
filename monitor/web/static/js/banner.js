/** The banner of the first emergency, or the calm line where there is none. */
import { addressOf, cryOf, factsOf, kindOf, placeOf, pressedWords, takenWords, timerStart, timerWords, urgencyOf } from "./alarm_words.js";
import { isClosable, isDrill, isRinging } from "./alarms.js";
import { actOf, byId, field, made, setAttribute, setText, useShape } from "./dom.js";
import { moment, number, stopwatch, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const SHORT_CRY = 33; // what fits into a line in full size

export class Banner {
  /** @param {(act: string, alarm: Alarm) => void} onAct
   * @param {(alarm: Alarm) => {text: string, isWarning?: boolean}[]} [told]  who was told of it */
  constructor(onAct, told) {
    this.told = told ?? (() => []);
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

  /** @param {import("./alarms.js").Alarms} alarms
   * @param {{nowMs: number, lastSoundTest: number|null, working?: string}} known  `working`: how much of all does */
  show(alarms, { nowMs, lastSoundTest, working = "" }) {
    this.alarm = alarms.firstOut();
    this.root.hidden = !this.alarm;
    this.calm.hidden = Boolean(this.alarm);
    if (this.alarm) this.showAlarm(this.alarm, alarms.emergencies().length, nowMs);
    else if (alarms.isLoaded) this.showCalm(alarms, nowMs, { lastSoundTest, working });
  }

  /** @param {Alarm} alarm @param {number} ringing  emergencies nobody has taken over @param {number} nowMs */
  showAlarm(alarm, ringing, nowMs) {
    const rings = isRinging(alarm);
    setAttribute(this.root, "data-state", rings ? "ringing" : "taken");
    setAttribute(this.root, "data-alarm", String(alarm.id));
    setAttribute(this.root, "data-drill", isDrill(alarm) ? String(alarm.drill_id) : null);
    useShape(/** @type {Element} */ (this.root.querySelector(".shape")), isDrill(alarm) ? "shape-dt" : "shape-1");
    setText(field(this.root, "urgent"), urgencyOf(alarm));
    setText(field(this.root, "more"), ringing > 1 ? t("alarm.more", { n: number(ringing - 1) }) : "");
    const cry = cryOf(alarm);
    setAttribute(this.root, "data-long", cry.length > SHORT_CRY ? "" : null);
    setText(field(this.root, "cry"), cry);
    setText(field(this.root, "where"), addressOf(alarm));
    setText(field(this.root, "pressed"), pressedWords(alarm, nowMs));
    this.showFacts(alarm, nowMs);
    this.incident.hidden = !alarm.incident;
    if (alarm.incident) setAttribute(this.incident, "href", `/incidents/${alarm.incident.id}`);
    for (const button of this.acts.querySelectorAll("[data-act]")) {
      const act = button.dataset.act;
      button.hidden = (act === "acknowledge" && !rings) || (act === "close" && !isClosable(alarm));
    }
  }

  /** @param {Alarm} alarm @param {number} nowMs */
  showFacts(alarm, nowMs) {
    const taken = takenWords(alarm, nowMs);
    const facts = [...(taken ? [{ text: taken }] : []), ...this.told(alarm), ...factsOf(alarm)];
    const key = JSON.stringify(facts);
    if (key === this.facts) return;
    this.facts = key;
    const items = facts.map(({ text, isWarning }) => made("li", text, isWarning ? "warn" : ""));
    field(this.root, "facts").replaceChildren(...items);
  }

  /** @param {import("./alarms.js").Alarms} alarms @param {number} nowMs
   * @param {{lastSoundTest: number|null, working: string}} known */
  showCalm(alarms, nowMs, { lastSoundTest, working }) {
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
    const none = t(alarms.inTab("alarms").length ? "live.no_emergency" : "live.no_alarm");
    setText(this.calmWord, [working, none].filter(Boolean).join(" · "));
    setText(this.calmLast, words.join(" · "));
  }

  /** @param {import("./server_time.js").ServerTime} time @param {boolean} isStale */
  tick(time, isStale) {
    if (!this.alarm) return;
    const seconds = time.since(timerStart(this.alarm));
    setText(field(this.root, "timer"), isStale ? "—" : stopwatch(seconds));
    setText(field(this.root, "since"), isStale ? "" : timerWords(this.alarm, seconds));
  }
}
