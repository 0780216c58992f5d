/**
 * The keys of the desk, by their place on the keyboard, so that a Vietnamese input method cannot change them.
 * Nothing happens inside a field, while letters are being composed, with a modifier, or on a key held down.
 */
import { areLettersOff, like } from "./liking.js";

const COMPOSING = 229; // what input methods send instead of a key
const CONTROLS = "button, a, summary, select, [type=checkbox]";
/** What scrolls by its own arrow keys while it has the focus; a window over the queue hides what they would select. */
const SCROLLS = "[data-scrolls], dialog";

/** The first key of two, such as G and then I, waits so long for the second, and nobody else takes that one. */
const SECOND_MS = 2000;
const first = { key: "", at: 0 };

/**
 * By `event.code`; "?" for the sheet, "KeyG KeyI" for one after the other, "Ctrl KeyK" with a modifier. What answers
 * false has nothing to do, and the key stays the browser's.
 * @typedef {Record<string, () => void|boolean>} Actions
 */

export class Keys {
  /** @param {Actions} actions  @param {HTMLInputElement} [switchOff]  the box that turns letters off, where there is one
   * @param {boolean} [isLast]  after those of the page itself */
  constructor(actions, switchOff, isLast = false) {
    this.actions = actions;
    if (switchOff) switchOff.checked = areLettersOff();
    switchOff?.addEventListener("change", () => void like({ letters_off: switchOff.checked }));
    const target = isLast ? window : document;
    target.addEventListener("keydown", (event) => this.onKey(/** @type {KeyboardEvent} */ (event)));
    // A button pressed by mouse keeps the focus; the next Space must acknowledge, not press it again.
    addEventListener("click", (event) => {
      const pressed = /** @type {Element} */ (event.target).closest(CONTROLS);
      if (pressed && event.detail > 0) /** @type {HTMLElement} */ (pressed).blur();
    });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing || event.keyCode === COMPOSING || event.repeat) return;
    // What this page does comes before what every page does.
    if (event.defaultPrevented || event.altKey || (isTyping(event.target) && !event.ctrlKey)) return;
    const name = this.nameOf(event);
    // These two close themselves, and what lies under them stays.
    if (name === "Escape" && document.querySelector("#keys[open], #palette[open]")) return;
    const action = this.actions[name];
    if (!action || (isCharacter(name) && areLettersOff())) return;
    const target = /** @type {Element} */ (event.target);
    if (name.startsWith("Arrow") && target.closest(SCROLLS)) return;
    if ((name === "Space" || name === "Enter") && target.closest(CONTROLS)) return;
    if (action() !== false) event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  nameOf(event) {
    if (event.ctrlKey || event.metaKey) return `Ctrl ${event.code}`;
    if (event.key === "?") return "?";
    if (event.shiftKey) return "";
    const hasSeconds = Object.keys(this.actions).some((name) => name.startsWith("KeyG "));
    if (first.key && performance.now() - first.at < SECOND_MS) {
      const name = `${first.key} ${event.code}`;
      if (hasSeconds) first.key = "";
      return name;
    }
    if (hasSeconds && event.code === "KeyG") Object.assign(first, { key: event.code, at: performance.now() });
    return event.code;
  }
}

/** @param {EventTarget|null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  const isBox = target instanceof HTMLInputElement && ["checkbox", "radio", "button"].includes(target.type);
  return !isBox && (target.isContentEditable || target.matches("input, textarea, select"));
}

/** @param {string} name */
const isCharacter = (name) => name === "?" || name === "Slash" || /^(Key[A-Z]|Digit\d)\b/.test(name);
