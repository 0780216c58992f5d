/** The violet strips: what is wrong with us, so that nobody takes silence for peace. */
import { kindOf, placeOf, whereOf } from "./alarm_words.js";
import { byId, setText } from "./dom.js";
import { faultAdvice, faultTitle } from "./fault_words.js";
import { hour, number, t } from "./words.js";

export class Strips {
  constructor() {
    this.stale = byId("stale-strip");
    this.staleTitle = byId("stale-title");
    this.staleOpen = byId("stale-open");
    this.fault = byId("fault-strip");
    this.faultTitle = byId("fault-title");
    this.faultAdvice = byId("fault-advice");
    this.faultNotes = byId("fault-notes");
    // Pages beside the desk make no sound, and have their own way to say how old a figure is.
    this.sound = document.getElementById("sound-strip");
    this.stamp = document.getElementById("stamp");
  }

  /** @param {{isStale: boolean, stoppedAt: number, emergencies: import("./types.js").Alarm[]}} link */
  showLink({ isStale, stoppedAt, emergencies }) {
    this.stale.hidden = !isStale;
    if (!isStale) return;
    const time = hour(stoppedAt);
    setText(this.staleTitle, t("live.lost"));
    if (this.stamp) setText(this.stamp, t("live.stale", { time }));
    const named = emergencies.map(nameOf);
    const open = named.length
      ? t("live.open_at_cut", { n: number(named.length), which: named.join("; ") })
      : t("live.none_at_cut");
    setText(this.staleOpen, `${t("live.stopped_at", { time })} ${open} ${t("live.what_to_do")}`);
  }

  /** @param {import("./types.js").Health|null} health
   * @returns {boolean} whether something is wrong with the monitor itself */
  showHealth(health) {
    const isBroken = Boolean(health?.fault);
    this.fault.hidden = !isBroken;
    if (health && isBroken) {
      setText(this.faultTitle, faultTitle(health));
      setText(this.faultAdvice, faultAdvice(health));
      setText(this.faultNotes, (health.fault?.causes ?? []).map(({ note }) => note).join(" · "));
    }
    document.body.classList.toggle("blind", Boolean(health?.blind_since_at));
    return isBroken;
  }

  /** @param {boolean} isBlocked while something should sound */
  showSound(isBlocked) {
    if (this.sound) this.sound.hidden = !isBlocked;
  }
}

/** @param {import("./types.js").Alarm} alarm */
function nameOf(alarm) {
  const name = [kindOf(alarm), placeOf(alarm), whereOf(alarm)].join(", ");
  return alarm.is_silent_at_site ? `${name} (${t("alarm.silent")})` : name;
}
