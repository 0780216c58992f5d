/** A page that comes complete from the server is kept fresh part by part: windows and what is typed in them stay. */
import { page } from "./page.js";
import { setText } from "./dom.js";
import { hour, moment } from "./words.js";

const AGAIN_MS = 2000;
const ANSWER_MS = 8000;
let round = 0;
/** Each part as the server said it last: one that says nothing new is left alone, for a hand may be on it. @type {Map<string, string>} */
const said = new Map();

/** For a page of parts: once it is live, for what happened since it was made, and wherever something may be missed.
 * @param {() => void} show  what came @returns {() => Promise<void>} asks for it now, and until it is there */
export function keptFresh(show) {
  for (const part of partsOf(document)) said.set(nameOf(part), part.outerHTML);
  /** @type {number|undefined} */
  let again = undefined;
  const refresh = async () => {
    clearTimeout(again);
    const isFresh = await refreshParts();
    if (isFresh === null) return;
    page.turnOld(!isFresh);
    if (isFresh) show();
    else again = setTimeout(refresh, AGAIN_MS);
  };
  for (const name of ["first", "resync"]) page.onEvent(name, () => void refresh());
  return refresh;
}

/** Takes every `[data-part]` and the heading from the page as the server has it now.
 * @returns {Promise<boolean|null>} whether it could be asked; null: somebody has asked again since */
async function refreshParts() {
  const mine = ++round;
  const text = await pageAsItIs();
  if (mine !== round) return null;
  if (text === null) return false;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const newest = new Map(partsOf(fresh).map((part) => [nameOf(part), part]));
  for (const part of partsOf(document)) {
    const newer = newest.get(nameOf(part));
    if (newer) renew(part, newer);
  }
  setText(/** @type {Element} */ (document.querySelector("h1")), fresh.querySelector("h1")?.textContent ?? "");
  return true;
}

/** @param {Document} of @returns {HTMLElement[]} */
const partsOf = (of) => [...of.querySelectorAll("[data-part]")].map((part) => /** @type {HTMLElement} */ (part));

/** @param {HTMLElement} part */
const nameOf = (part) => part.dataset.part ?? "";

/** @param {HTMLElement} part @param {HTMLElement} newer */
function renew(part, newer) {
  const [name, words] = [nameOf(part), newer.outerHTML];
  if (said.get(name) === words) return unsay(part);
  said.set(name, words);
  carry(part, newer);
  const held = focusedIn(part);
  part.replaceWith(newer);
  if (held) fieldsOf(newer).find((field) => field.name === held)?.focus();
}

/** @param {HTMLElement} part @returns {any[]} */
const fieldsOf = (part) => [...part.querySelectorAll("input, select, textarea")];

/** What acts at once shows what the server knows, also where it has refused; what waits for its form's button stays.
 * @param {HTMLElement} part */
function unsay(part) {
  for (const field of fieldsOf(part)) {
    if (field.form) continue;
    if (field.type === "checkbox") field.checked = field.defaultChecked;
    for (const option of field.options ?? []) option.selected = option.defaultSelected;
  }
}

/** What somebody has opened stays open, what is typed in a form stays typed. @param {HTMLElement} part @param {HTMLElement} newer */
function carry(part, newer) {
  const opened = [...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
  for (const summary of newer.querySelectorAll("details > summary")) {
    if (opened.includes(summary.textContent)) summary.closest("details")?.setAttribute("open", "");
  }
  for (const field of fieldsOf(part)) {
    const same = fieldsOf(newer).find((other) => other.form && field.form && other.name === field.name);
    if (!same || same.type === "file" || field.value === field.defaultValue) continue;
    same.value = field.value;
    if (same.selectedIndex < 0) same.selectedIndex = 0; // what was chosen is no choice any more
  }
}

/** @param {HTMLElement} part @returns {string} the name of the field that is typed in */
function focusedIn(part) {
  const active = /** @type {any} */ (document.activeElement);
  return part.contains(active) ? (active.name ?? "") : "";
}

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
