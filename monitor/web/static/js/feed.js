/** The page's end of the feed: through the SharedWorker, or by a connection of its own where there is none. */
import { FeedCore } from "./feed_core.js";

export class Feed {
  /** @param {(message: import("./types.js").FeedMessage) => void} take */
  constructor(take) {
    /** @type {MessagePort|null} */
    this.port = null;
    /** @type {FeedCore|null} */
    this.core = null;
    const { feedWorker: address, feed } = document.body.dataset;
    this.kind = feed === "alarms" ? feed : "all";
    this.wasAside = false;
    if (typeof SharedWorker === "undefined" || !address) this.core = new FeedCore(take, this.kind);
    else this.share(address, take);
  }

  /** @param {string} address @param {(message: import("./types.js").FeedMessage) => void} take */
  share(address, take) {
    const worker = new SharedWorker(address, { type: "module", name: `chuong-feed-${this.kind}` });
    worker.onerror = () => {
      // Only a browser that cannot run it; a server that is away is not an error of the worker.
      if (!this.core) this.core = new FeedCore(take, this.kind);
    };
    this.port = worker.port;
    this.port.onmessage = ({ data }) => take(this.marked(data));
    this.port.start();
    // Pages kept aside by the back button are not listened to and must not pile up messages.
    addEventListener("pagehide", () => this.port?.postMessage("leave"));
    addEventListener("pageshow", (event) => {
      this.wasAside = event.persisted;
      if (event.persisted) this.load();
    });
  }

  /** For a page that comes back, everything is new. @param {import("./types.js").FeedMessage} message */
  marked(message) {
    if (message.type !== "snapshot" || !this.wasAside) return message;
    this.wasAside = false;
    return { ...message, isAnew: true };
  }

  /** Asks for the snapshot. */
  load() {
    this.port?.postMessage("load");
    void this.core?.load();
  }

  /** Connects anew, now. */
  retry() {
    this.port?.postMessage("retry");
    this.core?.open();
    this.load();
  }
}
