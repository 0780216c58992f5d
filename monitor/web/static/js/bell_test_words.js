/** How a bell test is said: its result, its seconds, the strip of the newest twelve. */
import { made, setAttribute, setText } from "./dom.js";
import { number, numberWithTenth, t } from "./words.js";

/** @typedef {{at: string, result: string, presses: number, shown_s: number|null, sounded_s: number|null,
 *   judged_by: string|null, note: string|null}} Test */
/** @typedef {Test & {device_id: string, name: string|null, place: string|null, position: string|null, is_over: boolean}} Trial */

const STRIP = 12;

/** @param {Test} test */
export function resultOf(test) {
  const words = t(`bell.result.${test.result}`);
  return test.note ? `${words}: ${test.note}` : words;
}

/** @param {number|null} seconds */
export const secondsOf = (seconds) => (seconds === null ? "—" : t("bell.seconds", { n: numberWithTenth(seconds) }));

/** @param {{place: string|null, name: string|null, device_id: string}} button */
export const placeOf = (button) => button.place ?? button.name ?? button.device_id;

/** @param {Trial} trial */
export function figuresOf(trial) {
  if (!trial.presses) return "";
  const told = [t("bell.shown", { s: secondsOf(trial.shown_s) }), t("bell.sounded", { s: secondsOf(trial.sounded_s) })];
  if (trial.presses > 1) told.unshift(t("alarm.presses", { n: number(trial.presses) }));
  return told.join(" · ");
}

/** A dot a test, the newest last; hollow where there was none yet.
 * @param {HTMLElement} strip @param {Test[]} tests */
export function showDots(strip, tests) {
  const missing = Array.from({ length: Math.max(0, STRIP - tests.length) }, () => "none");
  const results = [...missing, ...tests.map(({ result }) => result)];
  strip.replaceChildren(...results.map((result) => made("i", "", `trial-dot ${result}`)));
  const count = (/** @type {string} */ result) => number(tests.filter((test) => test.result === result).length);
  const words = { n: number(tests.length), passed: count("passed"), failed: count("failed"), unpressed: count("unpressed") };
  setAttribute(strip, "aria-label", t("bell.strip", words));
}

/** @param {Element} node @param {Test} test */
export function showResult(node, test) {
  setText(node, resultOf(test));
  setAttribute(node, "data-result", test.result);
}
