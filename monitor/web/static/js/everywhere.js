/** What the keys do on every page: Space takes the first call over, M is silence, G and a letter leads elsewhere. */
import { byId, setText } from "./dom.js";
import { Later } from "./later.js";
import { toggleTheme } from "./theme.js";
import { t } from "./words.js";

/** Letter → the page's address: the letter of its English name, for the keyboard's places are the same everywhere. */
export const PLACES = {
  KeyD: "/", KeyI: "/incidents", KeyV: "/devices", KeyG: "/groups", KeyB: "/bell-tests", KeyS: "/shift",
  KeyL: "/layers", KeyR: "/reported", KeyM: "/duties", KeyN: "/register", KeyY: "/system", KeyU: "/users", KeyA: "/audit",
  KeyT: "/needs", KeyP: "/profile",
}; // prettier-ignore

export const PALETTE = new Later(() => import("./palette.js"), () => setText(byId("toast"), t("load.part_missing")));

/** Only where the navigation leads too: what this account may not open is no place for it.
 * @returns {Record<string, () => void>} */
export function ways() {
  const actions = /** @type {Record<string, () => void>} */ ({});
  for (const [key, address] of Object.entries(PLACES)) {
    if (!document.querySelector(`#nav a[href="${address}"]`)) continue;
    actions[`KeyG ${key}`] = () => location.assign(address);
  }
  return actions;
}

/** Open at once, before its part is there: letters typed meanwhile are words, not keys of the page. */
function openPalette() {
  const dialog = byId("palette");
  byId("palette-words").value = "";
  if (!dialog.open) dialog.showModal();
  void PALETTE.get().then((found) => (found ? found.openPalette() : dialog.close()));
}

/** @returns {Record<string, () => void>} */
export const everywhere = () => ({
  ...ways(),
  KeyT: toggleTheme,
  KeyW: () => location.assign("/wall"),
  "?": () => /** @type {HTMLDialogElement} */ (document.getElementById("keys")).showModal(),
  "Ctrl KeyK": openPalette,
});
