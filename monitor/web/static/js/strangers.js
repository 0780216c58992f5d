/** Unknown devices on the wire: kept fresh, and the one that somebody waits for is told when it is heard. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId, setText } from "./dom.js";
import { fillTimes, keptFresh } from "./parts.js";
import { t } from "./words.js";

const REFRESH_TICKS = 5;
const form = /** @type {HTMLFormElement} */ (byId("wait"));
let ticks = 0;

/** @param {string} name */
const given = (name) => /** @type {any} */ (form.elements.namedItem(name)).value.trim();

function showFamily() {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-family]")))
    part.hidden = part.dataset.family !== given("adapter");
}

/** A hardware address is printed in capitals and groups, and heard otherwise; any other address is what it is.
 *  @param {string} address */
function spoken(address) {
  const bare = address.replace(/[-:\s]/g, "");
  return /^(0x)?[0-9a-f]{12,16}$/i.test(bare) ? bare.toLowerCase() : address;
}

/** Whether it is heard: among the strangers, or by now as a device of ours. */
async function look() {
  const [adapter, address] = [given("adapter"), given("address")];
  if (!address) return setText(byId("waiting"), t("strangers.wait_how"));
  const rows = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-address]"));
  let isHeard = [...rows].some((row) => row.dataset.adapter === adapter && spoken(row.dataset.address ?? "") === spoken(address));
  if (!isHeard) {
    const { status, data } = await ask(`devices?${new URLSearchParams({ q: spoken(address), limit: "20" })}`);
    const mine = status === 200 ? data.items.find((/** @type {any} */ each) => each.adapter === adapter && spoken(each.address) === spoken(address)) : null;
    isHeard = Boolean(mine?.last_seen_at);
  }
  setText(byId("waiting"), t(isHeard ? "strangers.seen" : "strangers.waiting", { address }));
}

const refresh = keptFresh(() => {
  fillTimes();
  void look();
});

form.addEventListener("input", () => {
  showFamily();
  void look();
});
form.addEventListener("submit", (event) => event.preventDefault());
page.onTick((/** @type {boolean} */ isStale) => {
  ticks += 1;
  if (!isStale && ticks % REFRESH_TICKS === 0) void refresh();
});
showFamily();
fillTimes();
