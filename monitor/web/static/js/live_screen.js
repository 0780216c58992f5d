/** What the desk and the wall have in common: one feed, how fresh what it told is, and which tones were measured. */
import { Alarms, ringOf } from "./alarms.js";
import { Clock, Freshness } from "./chips.js";
import { DeviceModel } from "./device_model.js";
import { Receipts } from "./receipts.js";
import { ServerTime } from "./server_time.js";
import { Session } from "./session.js";
import { Strips } from "./strips.js";
import { Watchdog } from "./watchdog.js";

export const TICK_MS = 250;

export class LiveScreen {
  /** @param {string} door  where one signs in to come here */
  constructor(door) {
    this.isAllowed = document.body.dataset.canAcknowledge === "true";
    this.time = new ServerTime();
    this.session = new Session({ time: this.time, toDoor: () => location.assign(door), onOver: () => this.watchdog.turn("stale") });
    this.alarms = new Alarms();
    this.model = new DeviceModel();
    this.strips = new Strips();
    this.freshness = new Freshness();
    this.clock = new Clock();
    this.receipts = new Receipts({ isAllowed: this.isAllowed, time: this.time });
    this.watchdog = new Watchdog(() => this.onLink());
    /** @type {import("./types.js").Health|null} */
    this.health = null;
    this.secondAt = 0;
    /** @type {import("./feed.js").Feed|undefined} the last part: until it is there nothing is told */
    this.feed = undefined;
  }

  get isStale() {
    return this.watchdog.link === "stale";
  }

  /** @param {import("./types.js").FeedMessage} message */
  take(message) {
    if (message.type === "tick") return this.tick();
    if (message.type === "signed_out") return this.session.end();
    if (message.type === "snapshot") return this.load(message.data, message.isAnew || this.isStale);
    if (!message.isAgain) this.hear(message);
    this.event(message.name, message.data);
  }

  /** A sign of life; after too long without one only a snapshot makes the page fresh again.
   * @param {{name: string, data: any}} message */
  hear({ name, data }) {
    this.watchdog.check(); // what waited while the page was asleep is no sign of life of now
    if (this.isStale) {
      if (name === "beat") this.feed?.load();
      return;
    }
    this.watchdog.hear();
    if (name === "beat") this.time.hear(data.now);
  }

  /** @param {import("./types.js").Snapshot} snapshot @param {boolean} _isAnew  what came before it was not all */
  load(snapshot, _isAnew) {
    this.time.forget();
    this.time.hear(snapshot.now);
    this.session.hear(snapshot);
    this.alarms.load(snapshot);
    this.model.load(snapshot);
    this.health = snapshot.health;
    this.watchdog.renew();
    document.body.classList.remove("loading");
    this.secondAt = 0;
  }

  /** Whose tone was measured. @param {string[]} keys @param {number} atMs @returns {import("./types.js").Alarm[]} */
  sounded(keys, atMs) {
    const heard = this.alarms.sounding().filter((alarm) => keys.includes(ringOf(alarm).key));
    for (const alarm of heard) this.receipts.give(alarm, "sounded", atMs);
    return heard;
  }

  onLink() {
    document.body.classList.toggle("stale", this.isStale);
    if (this.isStale) document.body.classList.remove("loading");
    this.secondAt = 0;
  }

  /** What follows from it: each screen's own. @param {string} _name @param {any} _data */
  event(_name, _data) {}

  tick() {}
}
