/** The two windows of bell tests: buttons are put on test, and one is said to have failed. */
import { ask } from "./api.js";
import { placeOf } from "./bell_test_words.js";
import { byId, made, setText } from "./dom.js";
import { number, t } from "./words.js";

/** @typedef {{device_id: string, name: string|null, place: string|null, position: string|null}} Button */

/** What a refusal is called, where the page can say more than its sentence. */
const REFUSALS = new Set(["ringing", "on_test"]);

export class Windows {
  /** @param {{onDone: () => void}} given */
  constructor({ onDone }) {
    this.onDone = onDone;
    this.starting = byId("starting");
    this.failing = byId("failing");
    /** @type {Button[]} */
    this.chosen = [];
    /** @type {{session: number, device: string}|null} */
    this.failed = null;
    byId("starting-form").addEventListener("submit", (/** @type {Event} */ event) => this.start(event));
    byId("failing-form").addEventListener("submit", (/** @type {Event} */ event) => this.fail(event));
    for (const dialog of [this.starting, this.failing]) {
      for (const button of dialog.querySelectorAll("[data-close]")) {
        button.addEventListener("click", () => dialog.close());
      }
    }
  }

  /** @param {Button[]} chosen */
  open(chosen) {
    this.chosen = chosen;
    setText(byId("starting-count"), t("bell.chosen", { n: number(chosen.length) }));
    const words = (/** @type {Button} */ each) => [placeOf(each), each.position, each.device_id].filter(Boolean).join(" · ");
    byId("starting-buttons").replaceChildren(...chosen.map((each) => made("li", words(each))));
    setText(byId("starting-problem"), "");
    this.starting.showModal();
    byId("code-word").focus();
  }

  /** @param {Event} event */
  async start(event) {
    event.preventDefault();
    const minutes = /** @type {HTMLInputElement} */ (this.starting.querySelector("[name=minutes]:checked")).value;
    const given = { device_ids: this.chosen.map(({ device_id: id }) => id), code_word: byId("code-word").value };
    byId("starting-go").disabled = true;
    const { status, data } = await ask("bell-tests/sessions", { ...given, minutes: Number(minutes) });
    byId("starting-go").disabled = false;
    if (status !== 201) return setText(byId("starting-problem"), problemOf(data));
    byId("code-word").value = "";
    this.starting.close();
    this.onDone();
  }

  /** @param {number} session @param {Button} button */
  openFailing(session, button) {
    this.failed = { session, device: button.device_id };
    setText(byId("failing-button"), [placeOf(button), button.position].filter(Boolean).join(" · "));
    setText(byId("failing-problem"), "");
    byId("failing-reason").value = "";
    this.failing.showModal();
  }

  /** @param {Event} event */
  async fail(event) {
    event.preventDefault();
    if (!this.failed) return;
    const given = { device_id: this.failed.device, reason: byId("failing-reason").value };
    const { status, data } = await ask(`bell-tests/sessions/${this.failed.session}/failed`, given);
    if (status !== 200) return setText(byId("failing-problem"), problemOf(data));
    this.failing.close();
    this.onDone();
  }
}

/** @param {{error: string, message: string}|null} refusal */
function problemOf(refusal) {
  if (!refusal) return t("act.failed");
  return REFUSALS.has(refusal.error) ? t(`bell.refused.${refusal.error}`) : refusal.message;
}
