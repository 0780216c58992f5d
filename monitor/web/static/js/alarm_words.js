/** How an alarm is said: where it is, what it is, what is special about it. */
import { isDrill } from "./alarms.js";
import { faultName, faultTodo, isOurFault, otherCauses } from "./fault_words.js";
import { outageFacts, outageName } from "./outage_words.js";
import { exactly, hour, isWord, moment, number, span, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const LATE_S = 5; // less is the ordinary way of a message, not a delay worth a word
const OURS = new Set(["monitor_fault", "outage"]);
const CALLS = new Set(["hold_up", "panic", "duress", "fire", "medical", "intrusion"]);

/** Whether somebody calls for help, and not a device for a repair.
 * @param {Alarm} alarm */
export const isCall = (alarm) => CALLS.has(alarm.kind);

/** @param {Alarm} alarm */
export const plainKindOf = (alarm) => t(`alarm.kind.${alarm.kind}`);

/** Wherever an alarm is named in one line, a drill says so first.
 * @param {Alarm} alarm */
export const kindOf = (alarm) => (isDrill(alarm) ? `${t("drill.word")}: ${plainKindOf(alarm)}` : plainKindOf(alarm));

/** The word of the banner and of the window's title.
 * @param {Alarm} alarm */
export const urgencyOf = (alarm) => t(isDrill(alarm) ? "drill.word" : "priority.1");

/** What the banner cries: "BÁO ĐỘNG CƯỚP – Quỹ tín dụng".
 * @param {Alarm} alarm */
export function cryOf(alarm) {
  const place = placeOf(alarm);
  if (isWord(`alarm.cry.${alarm.kind}`)) return t("alarm.banner", { kind: t(`alarm.cry.${alarm.kind}`), place });
  return `${plainKindOf(alarm).toLocaleUpperCase(document.documentElement.lang)} – ${place}`;
}

/** The same where it stands alone, as in a tab's title: a drill says so first.
 * @param {Alarm} alarm */
export const titleCryOf = (alarm) =>
  isDrill(alarm) ? `${t("drill.word").toLocaleUpperCase(document.documentElement.lang)}: ${cryOf(alarm)}` : cryOf(alarm);

/** The heading of a row, and what kind it is where that does not say so: an outage is named whole.
 * @param {Alarm} alarm */
export const headOf = (alarm) => (alarm.outage ? t("outage.mass", { what: outageName(alarm.outage) }) : placeOf(alarm));
/** @param {Alarm} alarm */
export const rowKindOf = (alarm) => (alarm.outage ? "" : kindOf(alarm));

/** An officer notes an outage and calls who can mend it; everything else is taken over.
 * @param {Alarm} alarm */
export const acknowledgeWord = (alarm) => t(alarm.outage?.cause === "feeder" ? "btn.note_outage" : "btn.acknowledge");

/** The place, as large as it can be said.
 * @param {Alarm} alarm */
export function placeOf(alarm) {
  if (alarm.outage) return outageName(alarm.outage);
  if (isOurFault(alarm)) return faultName(alarm);
  if (alarm.device_id === null && !OURS.has(alarm.kind)) return t("alarm.unknown_device");
  return alarm.place ?? alarm.device_name ?? alarm.device_id ?? kindOf(alarm);
}

/** Address, group, position of the button.
 * @param {Alarm} alarm */
export function whereOf(alarm) {
  if (alarm.outage) return outageFacts(alarm.outage).join(" · ");
  if (isOurFault(alarm)) return otherCauses(alarm);
  if (alarm.device_id === null) return alarm.source;
  return [addressOf(alarm), positionOf(alarm)].filter(Boolean).join(" · ");
}

/** Without the button, which stands with what was done to it.
 * @param {Alarm} alarm */
export function addressOf(alarm) {
  if (alarm.device_id === null) return whereOf(alarm);
  const isGroupSaid = alarm.group_name && alarm.street_address?.includes(alarm.group_name);
  return [alarm.street_address, isGroupSaid ? null : alarm.group_name].filter(Boolean).join(", ");
}

/** The line below the address: which button, since when, how often.
 * @param {Alarm} alarm @param {number} nowMs */
export function pressedWords(alarm, nowMs) {
  const isPress = isCall(alarm) || alarm.kind === "test";
  const time = moment(alarm.raised_at, nowMs);
  const isAgain = alarm.rung_at > alarm.received_at;
  return [
    alarm.device_id === null ? "" : positionOf(alarm),
    t(isPress ? "alarm.pressed_at" : "alarm.raised_at", { time }),
    alarm.late_s >= LATE_S ? t("alarm.received_at", { time: moment(alarm.received_at, nowMs) }) : "",
    isAgain ? t("alarm.again_at", { time: moment(alarm.rung_at, nowMs) }) : "",
    ...countsOf(alarm),
  ].filter(Boolean).join(" · "); // prettier-ignore
}

/** How often it was pressed, and how often that came twice.
 * @param {Alarm} alarm */
export function countsOf(alarm) {
  const counts = [];
  if (alarm.presses > 1 && !OURS.has(alarm.kind)) counts.push(t("alarm.presses", { n: number(alarm.presses) }));
  if (alarm.duplicates > 0) counts.push(t("alarm.duplicates", { n: number(alarm.duplicates) }));
  return counts;
}

/** @param {Alarm} alarm */
export function shortWhereOf(alarm) {
  if (alarm.device_id === null) return whereOf(alarm);
  return [positionOf(alarm), shortGroup(alarm.group_name)].filter(Boolean).join(" · ");
}

/** Overdue is a site with all its buttons, not the one whose turn came first.
 * @param {Alarm} alarm */
const positionOf = (alarm) => (alarm.kind === "test_overdue" ? null : alarm.position);

/** Under the heading "residential groups" the words themselves need not be said again.
 * @param {string|null} name */
export function shortGroup(name) {
  const prefix = t("groups.prefix");
  return name && name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** What an officer must know beside the place; those marked `isWarning` change what is done next.
 * @param {Alarm} alarm @returns {{text: string, isWarning?: boolean}[]} */
export function factsOf(alarm) {
  const facts = [];
  if (isDrill(alarm)) facts.push({ text: t("drill.nobody_told"), isWarning: true });
  if (alarm.out_of_service) {
    const { by, reason } = alarm.out_of_service;
    facts.push({ text: t(isCall(alarm) ? "alarm.out_of_service" : "alarm.out_of_service_quiet", { by, reason }), isWarning: true });
  }
  if (alarm.shelf) {
    const { by, reason, until_at: until } = alarm.shelf;
    facts.push({ text: t("alarm.shelved", { by, reason, time: hour(until) }) });
  }
  if (alarm.chatter) facts.push({ text: t("alarm.chatters", { n: number(alarm.presses) }) });
  if (alarm.is_silent_at_site) facts.push({ text: t("alarm.silent"), isWarning: true });
  if (alarm.device_id === null && !OURS.has(alarm.kind)) {
    facts.push({ text: t("alarm.unknown_device_note"), isWarning: true });
  }
  if (alarm.degraded) facts.push({ text: t("alarm.degraded", { why: alarm.degraded }) });
  if (isOurFault(alarm)) facts.push({ text: faultTodo(alarm), isWarning: true });
  if (alarm.late_s >= LATE_S) facts.push({ text: t("alarm.late", { span: span(alarm.late_s) }) });
  if (!alarm.is_audible) facts.push({ text: t("alarm.not_audible") });
  if (alarm.restored_at) facts.push({ text: t("alarm.restored") });
  return facts;
}

/** @param {Alarm} alarm */
export function stateOf(alarm) {
  if (alarm.state === "ACKNOWLEDGED" && alarm.acknowledged_by) {
    return t("alarm.taken_by", { name: alarm.acknowledged_by });
  }
  return t(`alarm.state.${alarm.state}`);
}

/** Under the timer of a row: whose it is, or that it is nobody's.
 * @param {Alarm} alarm */
export function shortStateOf(alarm) {
  if (alarm.state === "ACKNOWLEDGED" && alarm.acknowledged_by) {
    return t("alarm.taken_short", { name: alarm.acknowledged_by });
  }
  return t(`alarm.state.${alarm.state}`);
}

/** What people do about it, and how far they are.
 * @param {Alarm} alarm */
export const incidentOf = ({ incident }) => (incident ? `${incident.code} · ${t(`incident.stage.${incident.stage}`)}` : "");

/** Who took it over, when, and after how long.
 * @param {Alarm} alarm @param {number} nowMs */
export function takenWords({ state, acknowledged_at: at, acknowledged_by: name, rung_at: rungAt }, nowMs) {
  if (state !== "ACKNOWLEDGED" || !at) return "";
  const waited_s = (Date.parse(at) - Date.parse(rungAt)) / 1000;
  return t("alarm.taken_at", { time: moment(at, nowMs), name: name ?? "", span: exactly(waited_s) });
}

/** The words under the large timer.
 * @param {Alarm} alarm @param {number} seconds  that it shows */
export const timerWords = (alarm, seconds) =>
  alarm.state === "ACKNOWLEDGED" ? t("alarm.since_taken") : t("alarm.timer.unack", { span: exactly(seconds) });

/** From when the timer of an alarm runs.
 * @param {Alarm} alarm */
export const timerStart = (alarm) =>
  alarm.state === "ACKNOWLEDGED" && alarm.acknowledged_at ? alarm.acknowledged_at : alarm.rung_at;
