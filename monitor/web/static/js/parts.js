/** A page that comes complete from the server is kept fresh part by part: windows and what is typed in them stay. */
import { page } from "./page.js";
import { setText } from "./dom.js";
import { hour, moment } from "./words.js";

/** Takes every `[data-part]` and the heading from the page as the server has it now.
 * @returns {Promise<boolean>} whether it could be asked */
export async function refreshParts() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const name = /** @type {HTMLElement} */ (part).dataset.part;
    const newer = fresh.querySelector(`[data-part="${name}"]`);
    if (newer) part.replaceWith(newer);
  }
  setText(/** @type {Element} */ (document.querySelector("h1")), fresh.querySelector("h1")?.textContent ?? "");
  return true;
}

/** Every `<time datetime>` in the reader's words; one that is `data-exact` to the millisecond. */
export function fillTimes() {
  for (const time of document.querySelectorAll("main time[datetime]")) {
    const at = /** @type {HTMLTimeElement} */ (time).dateTime;
    setText(time, time.hasAttribute("data-exact") ? exact(at) : moment(at, page.time.now()));
  }
}

/** @param {string} at */
const exact = (at) => `${hour(at)},${String(new Date(at).getUTCMilliseconds()).padStart(3, "0")}`;
