/** The window in which an officer puts an alarm aside; never a call for help. */
import { isCall, kindOf, placeOf } from "./alarm_words.js";
import { ask } from "./api.js";
import { byId, setText } from "./dom.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const NEVER = new Set(["monitor_fault", "test", "shelf_forgotten"]);
const ELSEWHERE = new Set(["NORMAL", "SUPPRESSED", "OUT_OF_SERVICE"]);
/** What a refusal is called, where the desk can say more than its sentence. */
const REFUSALS = new Set(["never_shelved", "too_long", "hidden", "out_of_service", "over"]);

/** @param {Alarm} alarm */
export const isShelvable = (alarm) =>
  !isCall(alarm) && alarm.priority > 1 && !NEVER.has(alarm.kind) && !ELSEWHERE.has(alarm.state);

export class Shelving {
  /** @param {{alarms: import("./alarms.js").Alarms, isLive: () => boolean, isAllowed: boolean,
   *   onAnswer: () => void, say: (text: string) => void}} given */
  constructor(given) {
    this.given = given;
    this.dialog = byId("shelving");
    /** @type {Alarm|null} */
    this.alarm = null;
    byId("shelving-form").addEventListener("submit", (/** @type {Event} */ event) => this.send(event));
  }

  /** @param {Alarm} alarm */
  open(alarm) {
    const { say, isAllowed } = this.given;
    if (!isAllowed) return say(t("act.not_allowed"));
    if (isCall(alarm)) return say(t("shelf.refused.never_shelved"));
    if (!isShelvable(alarm)) return say(t("shelf.not_this"));
    this.alarm = alarm;
    setText(byId("shelving-alarm"), `${kindOf(alarm)} · ${placeOf(alarm)}`);
    setText(byId("shelving-problem"), "");
    byId("shelving-reason").value = alarm.shelf?.reason ?? "";
    if (!this.dialog.open) this.dialog.showModal();
    byId("shelving-reason").focus();
  }

  /** @param {Event} event */
  async send(event) {
    event.preventDefault();
    const { alarms, isLive, onAnswer } = this.given;
    if (!this.alarm) return;
    if (!isLive()) return setText(byId("shelving-problem"), t("act.not_live"));
    const { id, version } = this.alarm;
    const minutes = /** @type {HTMLInputElement} */ (this.dialog.querySelector("[name=minutes]:checked")).value;
    const given = { version, minutes: Number(minutes), reason: byId("shelving-reason").value };
    byId("shelving-go").disabled = true;
    const { status, data } = await ask(`alarms/${id}/shelve`, given);
    byId("shelving-go").disabled = false;
    // The newer alarm, where the answer is one: whoever presses again has seen that it changed.
    if (status === 200 || (status === 409 && data.id)) {
      alarms.put(data);
      this.alarm = data;
    }
    if (status === 200) this.dialog.close();
    else setText(byId("shelving-problem"), status === 409 && data.id ? t("act.changed") : refusalOf(data));
    onAnswer();
  }
}

/** @param {{error: string, message: string}|null} refusal */
const refusalOf = (refusal) =>
  refusal && REFUSALS.has(refusal.error) ? t(`shelf.refused.${refusal.error}`) : (refusal?.message ?? t("act.failed"));
