/** One's own profile: each choice is kept as it is made, here and with the account. */
import { page } from "./page.js";
import { byId, setText } from "./dom.js";
import { areLettersOff, like } from "./liking.js";
import { showTheme } from "./theme.js";
import { t } from "./words.js";

const form = /** @type {HTMLFormElement} */ (byId("profile-form"));

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", async ({ target }) => {
  const { name, value, checked } = /** @type {HTMLInputElement} */ (target);
  if (name === "theme") showTheme(value);
  const { status } = await like({ [name]: name === "letters_off" ? checked : value });
  setText(byId("profile-said"), t(status === 200 ? "profile.kept" : "profile.not_kept"));
  if (name === "language" && status === 200) location.assign("/profile");
  byId("letters-off").checked = areLettersOff();
});
// The sheet of keys and the key T change the same.
page.onTick(() => {
  const box = /** @type {HTMLInputElement} */ (form.elements.namedItem("letters_off"));
  box.checked = areLettersOff();
  const theme = document.documentElement.dataset.theme;
  for (const radio of form.querySelectorAll("[name=theme]")) radio.checked = radio.value === theme;
});
