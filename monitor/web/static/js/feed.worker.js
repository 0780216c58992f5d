/**
 * Holds the live connection of all tabs: six of them, one a tab, would block the seventh tab. There are two such
 * workers at most, told by name: the desk's, and one without the devices for the pages beside it.
 */
import { FeedCore } from "./feed_core.js";

/** @type {Set<MessagePort>} */
const ports = new Set();
/** @type {FeedCore|null} */
let core = null;

/** @param {import("./types.js").FeedMessage} message */
function toAll(message) {
  for (const port of ports) port.postMessage(message);
}

self.addEventListener("connect", (event) => {
  const [port] = /** @type {MessageEvent} */ (event).ports;
  port.onmessage = ({ data }) => {
    if (data === "leave") ports.delete(port);
    else {
      ports.add(port);
      core?.load();
    }
    if (data === "retry") core?.open();
  };
  ports.add(port);
  if (core === null) core = new FeedCore(toAll, self.name.replace("chuong-feed-", ""));
  else void core.load();
});
