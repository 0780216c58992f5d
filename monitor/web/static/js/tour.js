/** The tour of one minute: offered in the calm to who has not seen it, by keyboard, and gone at once when something rings. */
import { ask } from "./api.js";
import { byId, setText } from "./dom.js";
import { like } from "./liking.js";
import { number } from "./words.js";

export class Tour {
  /** @param {{test: () => void, isCalm: () => boolean}} given  `test`: the tone, once */
  constructor({ test, isCalm }) {
    this.isCalm = isCalm;
    this.root = byId("tour");
    this.offer = byId("tour-offer");
    this.steps = [...this.root.querySelectorAll("li")];
    this.at = 0;
    this.root.addEventListener("click", ({ target }) => this.turn(target.closest("[data-tour]")?.dataset.tour));
    this.root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const turn = /** @type {Record<string, string>} */ ({ ArrowRight: "next", ArrowLeft: "back", Escape: "skip" })[event.code];
      if (!turn) return;
      event.preventDefault();
      event.stopPropagation();
      this.turn(turn);
    });
    byId("tour-sound").addEventListener("click", test);
    byId("tour-begin").addEventListener("click", () => this.open());
    byId("tour-no").addEventListener("click", () => this.end());
    document.getElementById("tour-open")?.addEventListener("click", () => this.open());
    void this.propose();
  }

  async propose() {
    if (new URLSearchParams(location.search).has("tour")) return this.open();
    const { status, data } = await ask("profile");
    this.offer.hidden = status !== 200 || data.tour_seen;
  }

  open() {
    byId("keys").close();
    if (!this.isCalm()) return;
    this.root.hidden = false;
    this.offer.hidden = true;
    this.show(0);
  }

  /** @param {string|undefined} turn */
  turn(turn) {
    const next = this.at + (turn === "next" ? 1 : -1);
    if (turn === "skip" || next === this.steps.length) this.end();
    else if (turn) this.show(Math.max(0, next));
  }

  /** @param {number} at */
  show(at) {
    this.at = at;
    this.steps.forEach((step, n) => (step.hidden = n !== at));
    setText(byId("tour-at"), `${number(at + 1)}/${number(this.steps.length)}`);
    this.point(this.steps[at].dataset.points);
    byId("tour-title").focus();
  }

  /** @param {string} [what]  a selector */
  point(what) {
    for (const pointed of document.querySelectorAll(".pointed")) pointed.classList.remove("pointed");
    if (what) document.querySelector(what)?.classList.add("pointed");
  }

  /** Seen, or not wanted: it is offered no more, at no browser. */
  end() {
    this.close();
    this.offer.hidden = true;
    void like({ tour_seen: true });
  }

  /** Something rings: nothing may lie over it, nor take its keys. */
  close() {
    if (this.root.hidden) return;
    this.root.hidden = true;
    this.offer.hidden = false; // it was not seen to its end
    this.point();
    /** @type {HTMLElement|null} */ (document.activeElement)?.blur();
  }
}
