/**
 * The keys of the desk, by their place on the keyboard, so that a Vietnamese input method cannot change them.
 * Nothing happens inside a field, while letters are being composed, with a modifier, or on a key held down.
 */
const OFF = "chuong.letters-off";
const COMPOSING = 229; // what input methods send instead of a key
const CONTROLS = "button, a, summary, select, [type=checkbox]";
/** What scrolls by its own arrow keys while it has the focus; a window over the queue hides what they would select. */
const SCROLLS = "[data-scrolls], dialog";

/** @typedef {Record<string, () => void>} Actions  by `event.code`; "?" for the sheet */

export class Keys {
  /** @param {Actions} actions  @param {HTMLInputElement} [switchOff]  the box that turns letters off, where there is one */
  constructor(actions, switchOff) {
    this.actions = actions;
    this.lettersOff = localStorage.getItem(OFF) === "1";
    if (switchOff) switchOff.checked = this.lettersOff;
    switchOff?.addEventListener("change", () => {
      this.lettersOff = switchOff.checked;
      localStorage.setItem(OFF, this.lettersOff ? "1" : "0");
    });
    addEventListener("keydown", (event) => this.onKey(event));
    // A button pressed by mouse keeps the focus; the next Space must acknowledge, not press it again.
    addEventListener("click", (event) => {
      const pressed = /** @type {Element} */ (event.target).closest(CONTROLS);
      if (pressed && event.detail > 0) /** @type {HTMLElement} */ (pressed).blur();
    });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing || event.keyCode === COMPOSING || event.repeat) return;
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    const name = event.key === "?" ? "?" : event.shiftKey ? "" : event.code;
    const action = this.actions[name];
    if (!action || (this.lettersOff && isCharacter(name))) return;
    const target = /** @type {Element} */ (event.target);
    if (name.startsWith("Arrow") && target.closest(SCROLLS)) return;
    if ((name === "Space" || name === "Enter") && target.closest(CONTROLS)) return;
    event.preventDefault();
    action();
  }
}

/** @param {EventTarget|null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  const isBox = target instanceof HTMLInputElement && ["checkbox", "radio", "button"].includes(target.type);
  return !isBox && (target.isContentEditable || target.matches("input, textarea, select"));
}

/** @param {string} name */
const isCharacter = (name) => name === "?" || name === "Slash" || /^Key[A-Z]$/.test(name);
