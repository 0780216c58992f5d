/**
 * The one connection to the server: an EventSource for what happens, the snapshot for what is.
 *
 * Runs in the SharedWorker, or in the page where there is none. Events are handed on at once, even while a
 * snapshot is on its way; what came meanwhile is told again after it, so nothing older than the snapshot stays.
 */
const EVENTS = ["alarm", "alarm_count", "devices", "device_added", "test", "bell_test", "incident", "set_aside", "beat"];
const TICK_MS = 250;
const GAP_MS = 3000; // no beat for so long: events may be missing, the snapshot is asked for again
const HUNG_MS = 8000; // an open connection that says nothing for so long is given up
const SNAPSHOT_MS = 15000;
const RETRY_MS = 1000;
const KNOCK_MS = 3000;

export class FeedCore {
  /** @param {(message: import("./types.js").FeedMessage) => void} emit
   * @param {string} kind  all; or alarms: a snapshot without the devices, of which there may be 100,000 */
  constructor(emit, kind = "all") {
    this.emit = emit;
    this.address = kind === "alarms" ? "/api/v1/snapshot?devices=false" : "/api/v1/snapshot";
    /** @type {EventSource|null} */
    this.source = null;
    this.seq = 0;
    this.heardAt = performance.now();
    this.openedAt = 0;
    this.isLoading = false;
    /** @type {number|undefined} */
    this.loadsAgain = undefined;
    this.isAskedAgain = false;
    this.isOpened = false;
    this.isAnew = false; // something may have been missed of which no event tells, and no snapshot has come since
    /** @type {{type: 'event', name: string, data: any, isAgain: boolean}[]} */
    this.meanwhile = [];
    this.isSignedOut = false;
    this.who = "";
    setInterval(() => this.tick(), TICK_MS);
    this.open();
  }

  open() {
    this.source?.close();
    this.openedAt = performance.now();
    const since = this.seq ? `?last_event_id=${this.seq}` : "";
    this.source = new EventSource(`/api/v1/stream${since}`);
    this.source.addEventListener("hello", (event) => this.onHello(event));
    this.source.addEventListener("resync", (event) => this.onResync(event));
    for (const name of EVENTS) this.source.addEventListener(name, (event) => this.onEvent(name, event));
    this.source.onerror = () => this.onError();
  }

  /** @param {MessageEvent} event */
  onHello(event) {
    this.heardAt = performance.now();
    this.seq = JSON.parse(event.data).seq;
    this.isAnew ||= this.isOpened; // what happened between two connections is not told again whole
    this.isOpened = true;
    void this.load();
  }

  /** @param {MessageEvent} event */
  onResync(event) {
    this.heardAt = performance.now();
    this.seq = Number(event.lastEventId);
    this.isAnew = true;
    void this.load();
  }

  /** @param {string} name @param {MessageEvent} event */
  onEvent(name, event) {
    const data = JSON.parse(event.data);
    const now = performance.now();
    const wasMissed = name === "beat" && data.seq > this.seq;
    if (wasMissed || now - this.heardAt > GAP_MS) {
      this.isAnew = true;
      void this.load();
    }
    this.heardAt = now;
    this.seq = Math.max(this.seq, Number(event.lastEventId));
    /** @type {import("./types.js").FeedMessage} */
    const message = { type: "event", name, data, isAgain: false };
    this.emit(message);
    if (this.isLoading && !["test", "bell_test", "beat"].includes(name)) this.meanwhile.push({ ...message, isAgain: true });
  }

  /** A refused connection is not tried again by the browser: find out why, and try ourselves. */
  onError() {
    if (this.source?.readyState === EventSource.CLOSED) void this.load();
  }

  tick() {
    const now = performance.now();
    const isClosed = this.source?.readyState === EventSource.CLOSED;
    const quietMs = now - Math.max(this.heardAt, this.openedAt);
    if (!this.isSignedOut && (quietMs > HUNG_MS || (isClosed && quietMs > 2 * RETRY_MS))) this.open();
    this.emit({ type: "tick" });
  }

  /** Asks for everything. One request at a time; who asks during one may need something newer than it brings. */
  async load() {
    if (this.isSignedOut) return;
    if (this.isLoading) {
      this.isAskedAgain = true;
      return;
    }
    clearTimeout(this.loadsAgain); // one at a time, however often a connection is refused meanwhile
    this.isLoading = true;
    this.meanwhile = [];
    const isDone = await this.fetchSnapshot();
    this.isLoading = false;
    if (this.isAskedAgain) {
      this.isAskedAgain = false;
      void this.load();
    } else if (!isDone) {
      this.loadsAgain = setTimeout(() => this.load(), RETRY_MS);
    }
  }

  /** Somebody may have signed in again, in another tab. */
  knock() {
    this.isSignedOut = false;
    this.isAnew = true;
    void this.load().then(() => this.isSignedOut || this.open());
  }

  async fetchSnapshot() {
    const { isAnew } = this;
    this.isAnew = false;
    const isDone = await this.bring(isAnew);
    this.isAnew ||= isAnew && !isDone;
    return isDone;
  }

  /** @param {boolean} isAnew */
  async bring(isAnew) {
    try {
      const signal = AbortSignal.timeout(SNAPSHOT_MS);
      const answer = await fetch(this.address, { signal, headers: { Accept: "application/json" } });
      if (answer.status === 401) {
        this.isSignedOut = true;
        this.source?.close();
        this.emit({ type: "signed_out" });
        setTimeout(() => this.knock(), KNOCK_MS);
        return true;
      }
      if (!answer.ok) return false;
      const data = await answer.json();
      // The stream of whoever was signed in before tells of their territory, until their session ends.
      if (this.who && data.user.name !== this.who) this.open();
      this.who = data.user.name;
      this.emit({ type: "snapshot", data, isAnew });
      this.meanwhile.forEach((message) => this.emit(message));
      return true;
    } catch {
      return false; // not reachable: the caller tries again, the page's watchdog tells the officer
    }
  }
}
