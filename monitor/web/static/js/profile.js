/** One's own profile: each choice is kept as it is made, here and with the account. */
import { page } from "./page.js";
import { ask } from "./api.js";
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

const password = /** @type {HTMLFormElement} */ (byId("password-form"));
/** @param {string} name */
const typed = (name) => /** @type {HTMLInputElement} */ (password.elements.namedItem(name));

password.addEventListener("submit", async (event) => {
  event.preventDefault();
  const isTwice = typed("password").value === typed("again").value;
  const button = /** @type {HTMLButtonElement} */ (password.querySelector("button"));
  button.disabled = true;
  setText(byId("password-said"), isTwice ? await changed() : t("profile.password_differs"));
  button.disabled = false;
});

/** @returns {Promise<string>} what came of it */
async function changed() {
  const { status, data } = await ask("profile/password", { current: typed("current").value, password: typed("password").value });
  if (status === 204) password.reset();
  else typed("current").select();
  if (status === 204) return t("profile.password_changed");
  if (data?.error === "wrong_password") return t("profile.password_wrong");
  if (status === 429) return t("profile.password_too_often");
  return status ? t("bulk.refused", { why: data?.message ?? status }) : t("bulk.not_reached");
}
