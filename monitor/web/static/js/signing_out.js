/** Whoever signs out leaves no page of theirs on a shared phone, not even one that was kept for the next pole. */
import { byId } from "./dom.js";

const KEPT_PAGES = "register";

export function openSignOut() {
  const form = /** @type {HTMLFormElement} */ (byId("sign-out"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // Only where the page was opened safely there are any.
    if ("caches" in window) await caches.delete(KEPT_PAGES);
    form.submit();
  });
}
