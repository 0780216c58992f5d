/** The page's words, and numbers, times and ages in the reader's language. No sentence stands in the code. */

/** @type {Record<string, string>} */
const catalogue = JSON.parse(document.getElementById("catalogue")?.textContent ?? "{}");
const lang = document.documentElement.lang;
const POST_ZONE = "Asia/Ho_Chi_Minh";

const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
/** @type {Intl.DateTimeFormatOptions} */
const HOUR = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: POST_ZONE };
/** @type {Intl.DateTimeFormatOptions} */
const DAY = { day: "2-digit", month: "2-digit", year: "numeric", timeZone: POST_ZONE };
// The order 22/11/2026 is the office's in both languages.
const hourFormat = new Intl.DateTimeFormat("en-GB", HOUR);
const dayFormat = new Intl.DateTimeFormat("en-GB", DAY);
const weekdayFormat = new Intl.DateTimeFormat(lang, { weekday: "long", timeZone: POST_ZONE });

/** @param {string} key @param {Record<string, string|number>} [values] */
export function t(key, values) {
  const text = catalogue[key] ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (hole, name) => String(values[name] ?? hole)) : text;
}

/** @param {string} key */
export const isWord = (key) => key in catalogue;

/** @param {number} value */
export const number = (value) => whole.format(value);
/** @param {number} value */
export const numberWithTenth = (value) => tenth.format(value);

/** @param {number|string} at  Unix ms or ISO 8601 */
export const hour = (at) => hourFormat.format(new Date(at));
/** @param {number} ms */
export const weekdayAndDay = (ms) => `${weekdayFormat.format(ms)}, ${dayFormat.format(ms)}`;

/** The hour, with the day before it where that is not today's.
 * @param {number|string} at @param {number} nowMs */
export function moment(at, nowMs) {
  const day = dayFormat.format(new Date(at));
  return day === dayFormat.format(nowMs) ? hour(at) : `${hour(at)} ${day}`;
}

/** A stop-watch: 00:47, 12:05, 3 h 20.
 * @param {number} seconds */
export function stopwatch(seconds) {
  const whole_s = Math.max(0, Math.floor(seconds));
  if (whole_s >= 86400) return t("time.days", { n: Math.floor(whole_s / 86400) });
  if (whole_s >= 3600) {
    return t("time.hours_minutes", { h: Math.floor(whole_s / 3600), m: two((whole_s % 3600) / 60) });
  }
  return `${two(whole_s / 60)}:${two(whole_s % 60)}`;
}

/** In words: 4 giây, 12 phút, 3 giờ, 2 ngày.
 * @param {number} seconds */
export function span(seconds) {
  const whole_s = Math.max(0, Math.floor(seconds));
  if (whole_s < 60) return t("time.seconds", { n: whole_s });
  if (whole_s < 3600) return t("time.minutes", { n: Math.floor(whole_s / 60) });
  if (whole_s < 86400) return t("time.hours", { n: Math.floor(whole_s / 3600) });
  return t("time.days", { n: Math.floor(whole_s / 86400) });
}

/** To the second: 20 giây, 5 phút 10 giây, 1 giờ 35 phút.
 * @param {number} seconds */
export function exactly(seconds) {
  const whole_s = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole_s / 3600);
  const minutes = Math.floor((whole_s % 3600) / 60);
  const parts = [hours && t("time.hours", { n: hours }), minutes && t("time.minutes", { n: minutes })];
  if (!hours && (whole_s % 60 || !minutes)) parts.push(t("time.seconds", { n: whole_s % 60 }));
  return parts.filter(Boolean).join(" ");
}

/** @param {number} seconds */
export const ago = (seconds) => t("time.ago", { span: span(seconds) });

/** @param {number} value */
const two = (value) => String(Math.floor(value)).padStart(2, "0");

/** Letters without marks, đ as d: "duong hung vuong" finds "Đường Hùng Vương".
 * @param {string} text */
export function fold(text) {
  return text
    .toLowerCase()
    .replace(/[đð]/g, "d")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .trim();
}
