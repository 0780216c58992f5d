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
    /** Unix ms of the screen's clock, for "data stopped at". */
    this.stoppedAt = Date.now();
  }

  /** The server gave a sign of life. */
  hear() {
    this.heardAt = performance.now();
    if (this.link === "slow") this.turn("live");
    if (this.link !== "stale") this.stoppedAt = Date.now();
  }

  /** Everything was loaded anew. */
  renew() {
    this.heardAt = performance.now();
    this.stoppedAt = Date.now();
    this.turn("live");
  }

  /** Seconds since the last sign of life. */
  age() {
    return (performance.now() - this.heardAt) / 1000;
  }

  check() {
    const quietMs = performance.now() - this.heardAt;
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
