/** Plans of rings and their warnings, kept fresh; a post answers here; a plan is tried and taken in. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId } from "./dom.js";
import { Keys } from "./keys.js";
import { showClocks } from "./layer_clocks.js";
import { fillTimes, keptFresh } from "./parts.js";
import { toggleTheme } from "./theme.js";
import { t } from "./words.js";

const LOOK_EVERY_MS = 10_000; // units of other owners see no incident on their feed

const refresh = keptFresh(show);

function show() {
  fillTimes();
  showClocks();
}

/** @param {number} status @param {any} data */
const problemOf = (status, data) => (status === 0 ? t("bulk.not_reached") : t("bulk.refused", { why: data?.message ?? status }));

/** @param {Event} event */
async function onClick(event) {
  const button = /** @type {HTMLElement} */ (event.target).closest("button");
  if (button?.dataset.post) {
    const { status, data } = await ask(`layer-posts/${button.dataset.post}/acknowledge`, {});
    if (status !== 204) page.say(problemOf(status, data));
    await refresh();
  }
  if (button?.id === "write") await take(false);
}

/** @param {boolean} isDryRun */
async function take(isDryRun) {
  const form = /** @type {HTMLFormElement} */ (byId("take"));
  const file = /** @type {HTMLInputElement} */ (form.elements.namedItem("file")).files?.[0];
  if (!file) return;
  const { status, data } = await ask("layers/plans", { content: await file.text(), is_dry_run: isDryRun });
  const said = byId("tried");
  said.hidden = false;
  byId("write").hidden = status !== 200 || !isDryRun;
  said.textContent = status === 200 ? cameTo(data) : problemOf(status, data);
  if (status === 200 && !isDryRun) await refresh();
}

/** @param {any} data */
function cameTo(data) {
  const counts = t(data.is_dry_run ? "layers.tried" : "layers.written", { added: data.added, changed: data.changed, same: data.same });
  const rings = data.plans.map((/** @type {any} */ plan) => `${plan.name}: ${[3, 2, 1].map((n) => units(plan, n)).join(" – ")}`);
  return [counts, ...rings].join(" · ");
}

/** @param {any} plan @param {number} layer */
const units = (plan, layer) => plan.units.filter((/** @type {any} */ unit) => unit.layer === layer).length;

byId("page").addEventListener("click", (event) => void onClick(event));
document.getElementById("take")?.addEventListener("submit", (event) => {
  event.preventDefault();
  void take(true);
});
page.onEvent("incident", () => void refresh());
page.onTick(showClocks);
setInterval(() => void refresh(), LOOK_EVERY_MS);
new Keys({ KeyT: toggleTheme, Escape: () => location.assign("/") });
show();
