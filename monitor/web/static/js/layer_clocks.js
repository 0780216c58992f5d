/** The clock of each ring that was told and has not answered: so long it still has, or so long it is late. */
import { page } from "./page.js";
import { setText } from "./dom.js";
import { stopwatch, t } from "./words.js";

/** Every `[data-told]` as it is now. @param {boolean} [isOld]  nobody knows now */
export function showClocks(isOld) {
  const nowMs = page.time.now();
  for (const clock of document.querySelectorAll("[data-told]")) {
    const { told, answerS } = /** @type {HTMLElement} */ (clock).dataset;
    const left = Number(answerS) - (nowMs - Date.parse(told ?? "")) / 1000;
    setText(clock, isOld ? "—" : t(left >= 0 ? "layers.left" : "layers.late", { span: stopwatch(Math.abs(left)) }));
  }
}
