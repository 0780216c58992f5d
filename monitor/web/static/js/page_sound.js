/**
 * The tone on pages beside the desk: who reads an incident must hear the next press too. Where the desk stands open in
 * another tab of this browser, that one sounds.
 */
import { isRinging, ringOf } from "./alarms.js";
import { SoundChip } from "./chips.js";
import { Receipts } from "./receipts.js";
import { ScreenWord } from "./screen_word.js";
import { Sound } from "./sound.js";

const LOUDEST = 2; // what is less urgent sounds at the desk alone
export const DESK_SOUNDS = "chuong.desk-sounds";
const DESK_LASTS_MS = 5000;

/** @typedef {import("./types.js").Alarm} Alarm */

export class PageSound {
  /** @param {{time: import("./server_time.js").ServerTime, alarms: import("./alarms.js").Alarms,
   *   shown: () => Alarm|undefined}} page */
  constructor(page) {
    this.page = page;
    this.receipts = new Receipts({ isAllowed: true, time: page.time });
    this.sound = new Sound({ onState: () => this.tick(), onMeasured: (keys, atMs) => this.onMeasured(keys, atMs) });
    this.chip = new SoundChip(this.sound, page.time);
    this.word = new ScreenWord({ kind: "page", sound: this.sound, lastTest: () => this.chip.lastTest });
  }

  /** @param {boolean} isFault  something is wrong with us */
  show(isFault) {
    const isDeskOpen = Date.now() - Number(localStorage.getItem(DESK_SOUNDS)) < DESK_LASTS_MS;
    const loud = isDeskOpen ? [] : this.page.alarms.heard().filter(({ priority }) => priority <= LOUDEST);
    this.sound.want(loud.map(ringOf));
    this.sound.fault(isFault && !isDeskOpen);
    this.tick();
    const alarm = this.page.shown();
    if (!alarm || document.visibilityState !== "visible" || !isRinging(alarm)) return;
    requestAnimationFrame(() =>
      requestAnimationFrame(() => this.receipts.give(alarm, "shown", performance.timeOrigin + performance.now())),
    );
  }

  tick() {
    if (!this.word) return; // the sound tells of its state before all is built
    this.sound.tick();
    this.chip.show();
    this.word.tick();
  }

  /** @param {string[]} keys @param {number} atMs */
  onMeasured(keys, atMs) {
    if (keys.includes("test")) this.chip.tested();
    for (const alarm of this.page.alarms.sounding()) {
      if (keys.includes(ringOf(alarm).key)) this.receipts.give(alarm, "sounded", atMs);
    }
  }
}
