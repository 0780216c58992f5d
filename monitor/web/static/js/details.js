/** One alarm's story in a window: what happened, which screens showed and sounded it, what came over the wire. */
import { ask } from "./api.js";
import { acknowledgeWord, countsOf, factsOf, incidentOf, kindOf, placeOf, stateOf, whereOf } from "./alarm_words.js";
import { isClosable, isRinging, signOf } from "./alarms.js";
import { actOf, byId, field, made, setAttribute, setText, showPriority } from "./dom.js";
import { isOurFault } from "./fault_words.js";
import { isShelvable } from "./shelving.js";
import { isWord, moment, numberWithTenth, number, span, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const STORY_EVERY_S = 2;

export class Details {
  /** @param {{time: import("./server_time.js").ServerTime, onAct: (act: string, alarm: Alarm) => void}} given */
  constructor({ time, onAct }) {
    this.time = time;
    this.dialog = byId("details");
    this.acts = byId("details-acts");
    /** @type {Alarm|null} */
    this.alarm = null;
    this.told = "";
    this.seconds = 0;
    this.acts.addEventListener("click", (/** @type {Event} */ event) => {
      const act = actOf(event);
      if (act && this.alarm) onAct(act, this.alarm);
    });
    this.dialog.addEventListener("close", () => (this.alarm = null));
  }

  /** @param {Alarm} alarm */
  open(alarm) {
    this.alarm = alarm;
    this.told = "";
    for (const part of ["transitions", "receipts", "events"]) {
      byId(`details-${part}`).replaceChildren(made("li", t("load.wait")));
    }
    this.show();
    if (!this.dialog.open) this.dialog.showModal();
    byId("details-title").focus();
    void this.load();
  }

  /** The alarm as the desk knows it now. @param {import("./alarms.js").Alarms} alarms */
  renew(alarms) {
    if (!this.alarm) return;
    const { id, version } = this.alarm;
    const now = alarms.open.get(id) ?? alarms.recent.find((ended) => ended.id === id);
    if (!now || now === this.alarm) return;
    this.alarm = now;
    this.show();
    if (now.version !== version) void this.load();
  }

  /** Once a second: receipts of other screens come without a change of the alarm. */
  tick() {
    this.seconds += 1;
    if (this.alarm && this.seconds % STORY_EVERY_S === 0) void this.load();
  }

  show() {
    const alarm = /** @type {Alarm} */ (this.alarm);
    const rings = isRinging(alarm);
    showPriority(this.dialog.querySelector(".shape"), signOf(alarm));
    setText(byId("details-title"), `${kindOf(alarm)} · ${placeOf(alarm)}`);
    setText(byId("details-where"), whereOf(alarm));
    const take = this.acts.querySelector('[data-act="acknowledge"]');
    take.hidden = !rings;
    setText(field(take, "word"), acknowledgeWord(alarm));
    this.acts.querySelector('[data-act="close"]').hidden = !isClosable(alarm);
    this.acts.querySelector('[data-act="shelve"]').hidden = !isShelvable(alarm);
    const incident = byId("details-incident");
    incident.hidden = !alarm.incident;
    if (alarm.incident) setAttribute(incident, "href", `/incidents/${alarm.incident.id}`);
    this.summary(alarm);
  }

  /** @param {Alarm} alarm */
  summary(alarm) {
    const nowMs = this.time.now();
    const known = [
      [t("details.state"), stateOf(alarm)],
      ...(alarm.incident ? [[t("details.incident"), incidentOf(alarm)]] : []),
      [t("details.raised"), moment(alarm.raised_at, nowMs)],
      ...(isOurFault(alarm) ? [] : [[t("details.device"), [alarm.device_id, alarm.source].filter(Boolean).join(" · ")]]),
      ...[...factsOf(alarm).map(({ text }) => text), ...countsOf(alarm)].map((text) => [t("details.fact"), text]),
    ];
    if (alarm.detail && !isOurFault(alarm)) known.push([t("details.detail"), wordOr("detail", alarm.detail)]);
    const nodes = known.flatMap(([term, text]) => [made("dt", term), made("dd", text)]);
    byId("details-summary").replaceChildren(...nodes);
  }

  async load() {
    const asked = this.alarm?.id;
    const { status, data } = await ask(`alarms/${asked}`);
    if (this.alarm?.id !== asked) return;
    setText(byId("details-problem"), status === 200 ? "" : t("details.not_loaded"));
    const told = JSON.stringify(data);
    if (status !== 200 || told === this.told) return;
    this.told = told;
    const nowMs = this.time.now();
    fill("transitions", data.transitions, (/** @type {any} */ turn) => ({
      at: moment(turn.at, nowMs),
      text: [t(`alarm.state.${turn.to_state}`), turn.note].filter(Boolean).join(" · "),
      by: [wordOr("reason", turn.reason), wordOr("actor", turn.actor)].join(" · "),
    }));
    fill("receipts", data.receipts, (/** @type {any} */ receipt) => ({
      at: moment(receipt.at, nowMs),
      text: t(`receipt.${receipt.kind}`, { delay: delayWords(receipt.delay_ms) }),
      by: `${receipt.screen_id} · ${receipt.user_name}`,
    }));
    fill("events", data.events, (/** @type {any} */ event) => ({
      at: moment(event.received_at, nowMs),
      text: [t(`event.${event.event_class}`), event.topic].join(" · "),
      by: [eventDelay(event), event.duplicates ? t("alarm.duplicates", { n: number(event.duplicates) }) : ""]
        .filter(Boolean)
        .join(" · "),
    }));
  }
}

/** @param {any} event */
const eventDelay = (event) => (event.late_s >= 1 ? t("alarm.late", { span: span(event.late_s) }) : event.flags);

/** @param {number|null} ms */
const delayWords = (ms) => (ms === null ? "" : t("receipt.delay", { s: numberWithTenth(ms / 1000) }));

/** A word of the server's own vocabulary, in the reader's language where there is one.
 * @param {string} family @param {string} word */
function wordOr(family, word) {
  return isWord(`${family}.${word}`) ? t(`${family}.${word}`) : word;
}

/** @param {string} part @param {any[]} rows @param {(row: any) => {at: string, text: string, by: string}} tell */
function fill(part, rows, tell) {
  const items = rows.map((row) => {
    const { at, text, by } = tell(row);
    const item = document.createElement("li");
    item.append(made("time", at), made("span", text), made("span", by, "by"));
    return item;
  });
  byId(`details-${part}`).replaceChildren(...(items.length ? items : [made("li", t("details.none"))]));
}
