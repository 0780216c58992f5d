/** What an officer likes of the screens: kept in cookies the server reads, and with the account for every other browser. */
import { ask } from "./api.js";

const YEAR_S = 365 * 24 * 3600;

/** @param {{language?: string, theme?: string, letters_off?: boolean, tour_seen?: boolean}} changes */
export function like(changes) {
  const { language, theme, letters_off: lettersOff } = changes;
  const kept = { lang: language, theme, letters: lettersOff === undefined ? undefined : lettersOff ? "off" : "on" };
  for (const [name, value] of Object.entries(kept)) {
    if (value !== undefined) document.cookie = `${name}=${value}; path=/; max-age=${YEAR_S}; samesite=lax`;
  }
  return ask("profile", changes);
}

export const areLettersOff = () => /(^|; )letters=off/.test(document.cookie);
