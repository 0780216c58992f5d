/** How a fault of the monitor itself is said: what is wrong, what that means, and what to do about it. */
import { hour, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

/** @param {Alarm} alarm */
export const isOurFault = (alarm) => alarm.kind === "monitor_fault";

/** The causes of an alarm, the first of them what the others may come from.
 * @param {Alarm} alarm @returns {string[]} */
const causesOf = (alarm) => (alarm.detail ?? "").split(" ").filter(Boolean);

/** @param {Alarm} alarm */
export function faultName(alarm) {
  const [first] = causesOf(alarm);
  return first ? capital(t(`fault.cause.${first}`)) : t("alarm.kind.monitor_fault");
}

/** What else fails. @param {Alarm} alarm */
export const otherCauses = (alarm) => causesOf(alarm).slice(1).map((cause) => t(`fault.cause.${cause}`)).join(" · ");

/** @param {Alarm} alarm */
export function faultTodo(alarm) {
  const [first] = causesOf(alarm);
  return first ? t(`fault.todo.${first}`) : "";
}

/** "Máy giám sát đang mù: không nghe được máy chủ MQTT"
 * @param {import("./types.js").Health} health */
export function faultTitle({ fault, blind_since_at }) {
  const what = (fault?.causes ?? []).map(({ cause }) => t(`fault.cause.${cause}`)).join(" · ");
  return t(blind_since_at ? "fault.blind" : "fault.title", { what: what || t("fault.mending") });
}

/** @param {import("./types.js").Health} health */
export function faultAdvice({ fault, blind_since_at }) {
  const [first] = fault?.causes ?? [];
  const todo = first ? t(`fault.todo.${first.cause}`) : "";
  return [blind_since_at ? t("fault.blind_since", { time: hour(Date.parse(blind_since_at)) }) : "", todo]
    .filter(Boolean)
    .join(" ");
}

/** @param {string} words */
const capital = (words) => words.charAt(0).toLocaleUpperCase(document.documentElement.lang) + words.slice(1);
