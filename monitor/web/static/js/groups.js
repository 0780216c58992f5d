/** The pages of areas: they come complete from the server, as they are printed. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId, setText } from "./dom.js";
import { HistoryStrips } from "./history_strip.js";
import { fillTimes, keptFresh } from "./parts.js";
import { renewEvery } from "./renewing.js";
import { t } from "./words.js";

const EVERY_S = 30;

byId("print").addEventListener("click", () => print());

/** A person's answer to what a restructuring left open; everything on the page may follow from it.
 * @param {SubmitEvent} event */
async function decide(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const given = { key: form.dataset.question, value: new FormData(form).get("value") };
  const { status, data } = await ask("areas/questions", given);
  if (status === 204) return location.reload();
  const why = status === 0 ? t("bulk.not_reached") : t("bulk.refused", { why: data?.message ?? status });
  setText(/** @type {Element} */ (form.querySelector(".problem")), why);
  page.say(why);
}

document.getElementById("questions")?.addEventListener("submit", decide);

const strips = new HistoryStrips();

function show() {
  fillTimes();
  for (const svg of document.querySelectorAll("[data-strip]")) strips.show(svg, svg.getAttribute("data-strip") ?? "");
}

show();
renewEvery(keptFresh(show), EVERY_S);
