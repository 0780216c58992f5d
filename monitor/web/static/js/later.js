/** A part of the page that the first ring does not need: fetched after it, or when it is asked for. */

/** @template T */
export class Later {
  /** @param {() => Promise<T>} bring @param {() => void} [onMissing]  it cannot be had now; whoever asks again tries again */
  constructor(bring, onMissing = () => {}) {
    this.bring = bring;
    this.onMissing = onMissing;
    /** @type {T|null} */
    this.part = null;
    /** @type {Promise<T|null>|null} */
    this.coming = null;
  }

  /** One only, however often it is asked for. @returns {Promise<T|null>} */
  get() {
    this.coming ??= this.bring().then((part) => (this.part = part), () => this.failed());
    return this.coming;
  }

  /** @returns {null} */
  failed() {
    this.coming = null;
    this.onMissing();
    return null;
  }
}
