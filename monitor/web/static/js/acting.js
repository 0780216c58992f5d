/**
 * Nothing is done on a page that may be old: its buttons are off, and what a key or a window asks for anyway is not sent.
 * A server that stands still would do it later, when nobody looks, though the page has said that nothing came of it.
 */
const ACTS = `:is(button:is([type=submit], [data-act], [data-step], [data-call], [data-order], [data-post], [data-unmerge], [data-service]),
  input[data-plan], #verification)`;
/** What a form of its own keeps and sends again goes on without a link. */
const WHERE = "main:not(.alone)";
const HELD = "data-held";

let isHeld = false;

/** @param {boolean} isOld  asked again and again: what is drawn meanwhile is held too */
export function holdActs(isOld) {
  if (isOld) {
    for (const act of document.querySelectorAll(`${WHERE} ${ACTS}:not(:disabled)`)) hold(act, true);
  } else if (isHeld) {
    for (const act of document.querySelectorAll(`[${HELD}]`)) hold(act, false);
  }
  isHeld = isOld;
}

/** @param {any} act @param {boolean} isOld */
function hold(act, isOld) {
  act.disabled = isOld;
  act.toggleAttribute(HELD, isOld);
}

/** What a screen says of itself, what it owes and what a patrol has kept goes at any time.
 * @param {string} path */
export const isRefused = (path) => isHeld && !/^screens\/|\/(receipts|patrol)$/.test(path);

/** The same for the desk, where keys ask for themselves. @param {boolean} isLive */
export function allowActs(isLive) {
  for (const button of document.querySelectorAll("[data-act=acknowledge], [data-act=close], [data-act=shelve]")) {
    /** @type {HTMLButtonElement} */ (button).disabled = !isLive;
  }
}
