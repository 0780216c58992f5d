/** What this screen says of itself to the server: whether it can be seen and heard, so that a silent one is missed. */
import { ask } from "./api.js";
import { screenId } from "./receipts.js";

const EVERY_MS = 2000;

/** @typedef {{kind: "desk"|"wall"|"page", sound: {state: string, test: () => void}, lastTest: () => number|null}} Given */

export class ScreenWord {
  /** @param {Given} given */
  constructor(given) {
    this.given = given;
    this.path = `screens/${screenId()}`;
    this.said = "";
    this.saidAt = -EVERY_MS;
    this.isAsking = false;
    addEventListener("pagehide", () => void ask(`${this.path}/leave`, {}));
    document.addEventListener("visibilitychange", () => this.tick());
  }

  /** As often as the page likes: every two seconds, and when something is otherwise. */
  tick() {
    const { kind, sound } = this.given;
    const is_visible = document.visibilityState === "visible";
    const words = JSON.stringify([is_visible, sound.state]);
    const now = performance.now();
    if (this.isAsking || (words === this.said && now - this.saidAt < EVERY_MS)) return;
    this.said = words;
    this.saidAt = now;
    const tested = this.given.lastTest();
    const tone_tested_at = tested ? new Date(tested).toISOString() : null;
    void this.send({ kind, is_visible, sound: sound.state, tone_tested_at });
  }

  /** @param {object} word */
  async send(word) {
    this.isAsking = true;
    const { status, data } = await ask(this.path, word);
    this.isAsking = false;
    if (status === 200 && data.is_tone_asked) this.given.sound.test();
  }
}
