/** The top bar's chips and clock, and the foot: how fresh, how loud, what time, what state of ours. */
import { byId, setAttribute, setText } from "./dom.js";
import { hour, moment, number, numberWithTenth, t, weekdayAndDay } from "./words.js";

const LAST_TEST = "chuong.sound-tested";

export class Freshness {
  constructor() {
    this.chip = byId("freshness");
    this.word = byId("freshness-word");
    this.age = byId("freshness-age");
    this.isBlind = false;
  }

  /** @param {import("./watchdog.js").Watchdog} watchdog */
  show(watchdog) {
    const { link } = watchdog;
    setAttribute(this.chip, "data-link", link);
    const isBlind = this.isBlind && link === "live";
    setAttribute(this.chip, "data-blind", isBlind ? "yes" : null);
    const seconds = watchdog.age();
    const words = {
      loading: [t("load.wait"), ""],
      live: [t("live.ok"), t("live.ok_age")],
      slow: [t("live.slow", { s: number(seconds) }), ""],
      stale: [t("live.lost_short"), t("live.lost_age", { s: number(seconds) })],
    }[link];
    setText(this.word, isBlind ? t("fault.blind_short") : words[0]);
    setText(this.age, words[1]);
  }
}

export class SoundChip {
  /** @param {import("./sound.js").Sound} sound @param {import("./server_time.js").ServerTime} time */
  constructor(sound, time) {
    this.sound = sound;
    this.time = time;
    this.chip = byId("sound");
    this.panel = byId("sound-panel");
    this.lastTest = Number(localStorage.getItem(LAST_TEST)) || null;
    this.chip.addEventListener("click", () => this.toggle(this.panel.hidden));
    byId("sound-test").addEventListener("click", () => sound.test());
    byId("sound-silence").addEventListener("click", () => sound.silence());
    byId("unblock").addEventListener("click", () => sound.unlock());
    addEventListener("pointerdown", (event) => {
      if (!(/** @type {Element} */ (event.target).closest(".sound"))) this.toggle(false);
    });
  }

  /** @param {boolean} isOpen */
  toggle(isOpen) {
    this.panel.hidden = !isOpen;
    setAttribute(this.chip, "aria-expanded", String(isOpen));
  }

  /** The tone was measured: this screen can sound. */
  tested() {
    this.lastTest = Math.round(this.time.now());
    localStorage.setItem(LAST_TEST, String(this.lastTest));
  }

  show() {
    const { state } = this.sound;
    setAttribute(this.chip, "data-sound", state);
    const left = { s: number(this.sound.silencedFor_s()) };
    const short = { on: "audio.on", silenced: "audio.silenced", blocked: "audio.blocked_short" }[state];
    const long = { on: "audio.on_long", silenced: "audio.silenced", blocked: "audio.blocked" }[state];
    setText(byId("sound-word"), t(short, left));
    setText(byId("sound-state"), t(long, left));
    const nowMs = this.time.now();
    const tested = this.lastTest ? t("audio.tested", { time: moment(this.lastTest, nowMs) }) : t("audio.never_tested");
    setText(byId("sound-tested"), tested);
  }
}

export class Clock {
  constructor() {
    this.time = byId("clock");
    this.date = byId("date");
  }

  /** @param {number} nowMs */
  show(nowMs) {
    setText(this.time, hour(nowMs));
    setText(this.date, weekdayAndDay(nowMs));
  }
}

/** How long a message to ourselves took to come here. @param {import("./types.js").Health} health */
function canaryWords({ canary_ms, blind_since_at }) {
  if (blind_since_at) return t("foot.away");
  return (canary_ms ?? null) === null ? "–" : t("foot.canary_ms", { ms: numberWithTenth(canary_ms) });
}

/** @param {import("./types.js").Health|null} health @param {boolean} isStale */
export function showFoot(health, isStale) {
  if (!health) return;
  const isLinked = health.broker === "connected";
  const isStored = health.store === "ok";
  const words = {
    "foot-broker": [t(isLinked ? "foot.good" : "foot.away"), !isLinked],
    "foot-store": [t(isStored ? "foot.good" : "foot.failing"), !isStored],
    "foot-queue": [number(health.queue), false],
    "foot-canary": [canaryWords(health), health.blind_since_at !== null],
    "foot-quarantined": [number(health.quarantined), false],
  };
  for (const [id, [text, isBad]] of Object.entries(words)) {
    const node = byId(id);
    setText(node, isStale ? "—" : String(text));
    node.classList.toggle("bad", Boolean(isBad) && !isStale);
  }
  byId("foot-anonymous").hidden = !health.broker_anonymous;
}
