/** Dark or light: the server's first guess, the officer's last word. */
import { byId } from "./dom.js";
import { like } from "./liking.js";

export function toggleTheme() {
  const sheet = /** @type {HTMLLinkElement} */ (byId("light"));
  const isLight = matchMedia(sheet.media || "all").matches;
  showTheme(isLight ? "dark" : "light");
  void like({ theme: isLight ? "dark" : "light" });
}

/** @param {string} theme  light | dark | auto */
export function showTheme(theme) {
  const media = /** @type {Record<string, string>} */ ({ light: "all", dark: "not all" })[theme];
  /** @type {HTMLLinkElement} */ (byId("light")).media = media ?? "(prefers-color-scheme: light)";
  document.documentElement.dataset.theme = theme;
}
