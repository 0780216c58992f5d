/** Drills: begun from a file, ended, printed; kept as they are now. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId, setText } from "./dom.js";
import { Keys } from "./keys.js";
import { fillTimes, keptFresh } from "./parts.js";
import { toggleTheme } from "./theme.js";
import { isWord, t } from "./words.js";

const refresh = keptFresh(fillTimes);
for (const name of ["alarm", "alarm_count", "incident"]) page.onEvent(name, () => void refresh());
fillTimes();

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element && target.closest("[data-end]");
  if (button) void end(/** @type {HTMLButtonElement} */ (button));
});

/** @param {HTMLButtonElement} button */
async function end(button) {
  button.disabled = true;
  const { status } = await ask(`drills/${button.dataset.end}/end`, {});
  if (status === 200) await refresh();
  else button.disabled = false;
}

const form = document.getElementById("start");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = new FormData(/** @type {HTMLFormElement} */ (form));
  const scenario = await /** @type {File} */ (given.get("file")).text();
  const { status, data } = await ask("drills", { scenario, minutes: Number(given.get("minutes")) });
  if (status === 201) return location.assign(`/drills/${data.id}`);
  const key = `drill.refused.${data?.error}`;
  setText(byId("problem"), [t(isWord(key) ? key : "drill.refused.other"), data?.message].filter(Boolean).join(" "));
});

const print = document.getElementById("print");
print?.addEventListener("click", () => window.print());
new Keys(print ? { KeyP: () => window.print(), KeyT: toggleTheme } : { KeyT: toggleTheme });
