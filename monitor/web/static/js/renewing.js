/** Where no event tells that something is no longer so, a page asks again after a while, as long as somebody looks. */
import { page } from "./page.js";

/** What has the focus is not taken from under the hand. */
const isInHand = () => Boolean(document.activeElement?.closest("[data-part]"));

/** @param {() => Promise<void>} refresh @param {number} seconds */
export function renewEvery(refresh, seconds) {
  let ticks = 0;
  page.onTick((isOld) => {
    ticks += 1;
    if (ticks % seconds === 0 && !isOld && !document.hidden && !isInHand()) void refresh();
  });
}
