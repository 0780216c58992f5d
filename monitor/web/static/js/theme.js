/** Dark or light: the server's first guess, the officer's last word, kept in a cookie the server reads. */
import { byId } from "./dom.js";

const YEAR_S = 365 * 24 * 3600;

export function toggleTheme() {
  const sheet = /** @type {HTMLLinkElement} */ (byId("light"));
  const isLight = matchMedia(sheet.media || "all").matches;
  const theme = isLight ? "dark" : "light";
  sheet.media = isLight ? "not all" : "all";
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
}
