/** The alarms that are not over, the ones that have just ended, and in which order an officer meets them. */

import { isOurFault } from "./fault_words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const RINGING = new Set(["UNACKNOWLEDGED", "RETURNED_UNACKNOWLEDGED"]);
const FAULTS = new Set(["offline", "battery_low", "trouble", "tamper", "outage", "monitor_fault", "test_overdue", "shelf_forgotten"]);
const ENDS_ITSELF = new Set(["outage", "monitor_fault", "test", "test_overdue", "shelf_forgotten"]);
const RECENT = 10;

/** @param {Alarm} alarm */
export const isRinging = (alarm) => RINGING.has(alarm.state);
/** @param {Alarm} alarm */
export const isSounding = (alarm) => isRinging(alarm) && alarm.is_audible && alarm.priority <= 3;
/** @param {Alarm} alarm */
export const isClosable = (alarm) => alarm.state === "ACKNOWLEDGED" && !ENDS_ITSELF.has(alarm.kind);
/** People have put it aside.
 * @param {Alarm} alarm */
const isPutAside = (alarm) => alarm.state === "SHELVED" || alarm.state === "OUT_OF_SERVICE";
/** An outage stands for it in one row, or people have put it aside.
 * @param {Alarm} alarm */
const isSetAside = (alarm) => alarm.state === "SUPPRESSED" || isPutAside(alarm);

/** Its shape: filled while nobody has taken it over, and a hexagon where it is about ourselves.
 * @param {Alarm} alarm */
export const signOf = (alarm) => ({ priority: signNameOf(alarm), isFull: isRinging(alarm) });
/** @param {Alarm} alarm */
export const signNameOf = (alarm) => (isDrill(alarm) ? "dt" : isOurFault(alarm) ? "s" : isTrial(alarm) ? "t" : alarm.priority);
/** A press that was agreed: shown and heard, and nobody needs to run.
 * @param {Alarm} alarm */
export const isTrial = (alarm) => alarm.kind === "test";

/** Played on the desk to be answered; nobody is in need.
 * @param {Alarm} alarm */
export const isDrill = (alarm) => Boolean(alarm.drill_id);
/** What is real, where anything is: a drill never stands before it, nor sounds above it.
 * @param {Alarm[]} alarms */
const realFirst = (alarms) => (alarms.every(isDrill) ? alarms : alarms.filter((alarm) => !isDrill(alarm)));

/** What is real before any drill, most urgent first, then what nobody has taken over, then the oldest.
 * @param {Alarm} a @param {Alarm} b */
export function inOrder(a, b) {
  return (
    Number(isDrill(a)) - Number(isDrill(b)) ||
    a.priority - b.priority ||
    Number(isRinging(b)) - Number(isRinging(a)) ||
    Date.parse(a.rung_at) - Date.parse(b.rung_at) ||
    a.id - b.id
  );
}

/** What the sound is told of it.
 * @param {Alarm} alarm @returns {import("./sound.js").Ring} */
export function ringOf(alarm) {
  const { id, version, presses, rung_at, priority } = alarm;
  return { key: `${id}/${version}`, call: `${id}/${presses}/${rung_at}`, priority, isOurs: isOurFault(alarm) };
}

export class Alarms {
  constructor() {
    /** @type {Map<number, Alarm>} */
    this.open = new Map();
    /** @type {Alarm[]} newest first */
    this.recent = [];
    this.seq = 0;
    this.isLoaded = false;
  }

  /** @param {import("./types.js").Snapshot} snapshot */
  load(snapshot) {
    this.seq = snapshot.seq;
    this.open = new Map(snapshot.alarms.map((alarm) => [alarm.id, alarm]));
    this.recent = snapshot.recent.slice(0, RECENT);
    this.isLoaded = true;
  }

  /** @param {Alarm & {seq: number}} told  from the feed @returns {boolean} whether it is news */
  hear(told) {
    return told.seq > this.seq && this.put(told);
  }

  /** Also takes the answer to a command, which may come before or after the feed says the same.
   * @param {Alarm} alarm @returns {boolean} whether it is news */
  put(alarm) {
    const known = this.open.get(alarm.id) ?? this.recent.find(({ id }) => id === alarm.id);
    if (known && known.version > alarm.version) return false;
    this.recent = this.recent.filter(({ id }) => id !== alarm.id);
    if (alarm.state === "NORMAL") {
      this.open.delete(alarm.id);
      this.recent = [alarm, ...this.recent].slice(0, RECENT);
    } else {
      this.open.set(alarm.id, alarm);
    }
    return true;
  }

  /** @param {{id: number, presses: number, duplicates: number, outage: import("./types.js").Outage|null}} counts */
  count({ id, presses, duplicates, outage }) {
    const alarm = this.open.get(id);
    if (alarm) this.open.set(id, { ...alarm, presses, duplicates, outage });
  }

  /** What people did about some of them. @param {{id: number, stage: string}} incident */
  handled({ id, stage }) {
    for (const alarm of this.open.values()) {
      if (alarm.incident?.id === id) this.open.set(alarm.id, { ...alarm, incident: { ...alarm.incident, stage } });
    }
  }

  /** @param {string} tab  alarms | unacknowledged | faults | shelved */
  inTab(tab) {
    if (tab === "shelved") return [...this.open.values()].filter(isPutAside).sort(inOrder);
    const chosen = {
      alarms: (/** @type {Alarm} */ alarm) => alarm.priority <= 3,
      unacknowledged: (/** @type {Alarm} */ alarm) => alarm.priority <= 3 && isRinging(alarm),
      faults: (/** @type {Alarm} */ alarm) => alarm.priority === 4 || FAULTS.has(alarm.kind),
    }[tab];
    const shown = [...this.open.values()].filter((alarm) => !isSetAside(alarm));
    return shown.filter(chosen ?? Boolean).sort(inOrder);
  }

  /** The one the banner is for: the oldest emergency nobody has taken over, else one that is still going on. */
  firstOut() {
    return this.inTab("alarms").find(({ priority }) => priority === 1);
  }

  /** The one Space is for where none is selected. */
  firstRinging() {
    return this.inTab("unacknowledged")[0];
  }

  sounding() {
    return [...this.open.values()].filter(isSounding).sort(inOrder);
  }

  /** Those whose tone is to be heard. */
  heard() {
    return realFirst(this.sounding());
  }

  /** Whether somebody knows that something is wrong with the monitor, so that it need not sound for it. */
  isFaultTaken() {
    return [...this.open.values()].some((alarm) => isOurFault(alarm) && !isRinging(alarm));
  }

  emergencies() {
    return realFirst(this.inTab("unacknowledged").filter(({ priority }) => priority === 1));
  }
}
