/** The server's clock as this screen can know it: all ages are counted with it, never with the screen's own. */

const KEPT = 12;

export class ServerTime {
  constructor() {
    /** @type {number[]} */
    this.differences = [];
    this.offsetMs = 0;
  }

  /** A message is never early: of the last few, the least late one is nearest to the truth.
   * @param {string} saidAt  ISO 8601 */
  hear(saidAt) {
    this.differences.push(Date.parse(saidAt) - Date.now());
    if (this.differences.length > KEPT) this.differences.shift();
    this.offsetMs = Math.max(...this.differences);
  }

  /** After a silence what was late then says nothing about now. */
  forget() {
    this.differences.length = 0;
  }

  /** Unix ms */
  now() {
    return Date.now() + this.offsetMs;
  }

  /** @param {string|number|null} at  seconds since then, 0 for the future */
  since(at) {
    return at === null ? 0 : Math.max(0, (this.now() - new Date(at).getTime()) / 1000);
  }
}
