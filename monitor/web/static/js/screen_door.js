/** The door, where a screen comes by itself: in at once, and where nobody answers, again. */
import { screenToken, signScreenIn } from "./screen_token.js";

const AGAIN_MS = 10_000;
const token = screenToken();
const refused = document.getElementById("screen-refused");

async function comeIn() {
  const status = await signScreenIn(token);
  const next = /** @type {HTMLInputElement} */ (document.querySelector("[name=next]")).value;
  if (status === 204) location.replace(next + location.hash);
  else if (status >= 400 && status < 500) refused?.removeAttribute("hidden");
  else setTimeout(comeIn, AGAIN_MS);
}

if (token) void comeIn();
