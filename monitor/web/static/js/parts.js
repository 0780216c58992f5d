/** A page that comes complete from the server is kept fresh part by part: windows and what is typed in them stay. */
import { page } from "./page.js";
import { setText } from "./dom.js";
import { asServed, renew } from "./part_renewal.js";
import { hour, moment } from "./words.js";

const AGAIN_MS = 2000;
const ANSWER_MS = 8000;

/** For a page of parts: once it is live, for what happened since it was made, and wherever something may be missed.
 * @param {() => void} show  what came @returns {() => Promise<void>} asks for it now, and until it is there */
export function keptFresh(show) {
  for (const part of partsOf(document)) asServed(part);
  /** @type {number|undefined} */
  let again = undefined;
  /** @type {Promise<void>|null} */
  let asking = null;
  /** @type {Promise<void>|null} */
  let next = null;
  const once = async () => {
    clearTimeout(again);
    const isFresh = await refreshParts();
    page.turnOld(!isFresh);
    if (isFresh) show();
    else again = setTimeout(refresh, AGAIN_MS);
  };
  // One at a time, and once more for all who asked meanwhile: news may come faster than pages do.
  const refresh = () => {
    if (!asking) return (asking = once().finally(() => (asking = null)));
    next ??= asking.then(() => {
      next = null;
      return refresh();
    });
    return next;
  };
  for (const name of ["first", "resync"]) page.onEvent(name, () => void refresh());
  return refresh;
}

/** Takes every `[data-part]` and the heading from the page as the server has it now.
 * @returns {Promise<boolean>} whether it could be asked */
async function refreshParts() {
  const text = await pageAsItIs();
  if (text === null) return false;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const newest = new Map(partsOf(fresh).map((part) => [part.dataset.part, part]));
  for (const part of partsOf(document)) {
    const newer = newest.get(part.dataset.part);
    if (newer) renew(part, newer);
  }
  setText(/** @type {Element} */ (document.querySelector("h1")), fresh.querySelector("h1")?.textContent ?? "");
  return true;
}

/** @param {Document} of @returns {HTMLElement[]} */
const partsOf = (of) => [...of.querySelectorAll("[data-part]")].map((part) => /** @type {HTMLElement} */ (part));

/** @returns {Promise<string|null>} null: not to be had, or another page, as where one must sign in again */
async function pageAsItIs() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(ANSWER_MS) });
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch {
    return null;
  }
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
