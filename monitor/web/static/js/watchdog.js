/**
 * Says how fresh the page is. A frozen server closes no connection and raises no event, so only the missing
 * beat tells; and old data becomes fresh again only by a full snapshot, never by one late beat.
 *
 * @typedef {'loading'|'live'|'slow'|'stale'} Link
 */
const SLOW_MS = 2000;
const STALE_MS = 3000;

export class Watchdog {
  /** @param {(link: Link) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Link} */
    this.link = "loading";
    this.heardAt = performance.now();
    this.heardOn = Date.now();
    /** Unix ms of the screen's clock, for "data stopped at". */
    this.stoppedAt = Date.now();
  }

  /** The server gave a sign of life. */
  hear() {
    this.heardNow();
    if (this.link === "slow") this.turn("live");
    if (this.link !== "stale") this.stoppedAt = Date.now();
  }

  /** Everything was loaded anew. */
  renew() {
    this.heardNow();
    this.stoppedAt = Date.now();
    this.turn("live");
  }

  heardNow() {
    this.heardAt = performance.now();
    this.heardOn = Date.now();
  }

  /** A laptop that slept is told by the wall clock alone: the other stands still meanwhile. One that is set ahead by
   * hand makes the page ask for everything anew, no more. */
  quietMs() {
    return Math.max(performance.now() - this.heardAt, Date.now() - this.heardOn);
  }

  /** Seconds since the last sign of life. */
  age() {
    return this.quietMs() / 1000;
  }

  check() {
    const quietMs = this.quietMs();
    if (quietMs > STALE_MS) this.turn("stale");
    else if (quietMs > SLOW_MS && this.link === "live") this.turn("slow");
  }

  /** @param {Link} link */
  turn(link) {
    if (link === this.link) return;
    this.link = link;
    this.onChange(link);
  }
}
