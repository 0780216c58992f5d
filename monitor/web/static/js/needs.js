/** What needs me: asked for again and again, for colleagues see to things and things happen by themselves. */
import { page } from "./page.js";
import { byId, made, setText } from "./dom.js";
import { askNeeds, needWords } from "./need_words.js";
import { span, t } from "./words.js";

const EVERY_S = 15;
let ticks = 0;
/** @type {import("./need_words.js").Need[]|null} */
let needs = null;

async function look() {
  const found = await askNeeds();
  page.turnOld(!found);
  if (!found) return;
  // Rows that say the same stay: a click on one that is taken away meanwhile is lost.
  if (needs && JSON.stringify(found) === JSON.stringify(needs)) return;
  needs = found;
  const sum = needs.reduce((n, need) => n + need.n, 0);
  setText(byId("summary"), needs.length ? t("needs.count", { n: sum }) : t("needs.none"));
  byId("needs-none").hidden = needs.length > 0;
  byId("needs").replaceChildren(...needs.map(row));
  showAges(false);
}

/** @param {import("./need_words.js").Need} need */
function row(need) {
  const item = document.createElement("li");
  const link = /** @type {HTMLAnchorElement} */ (made("a", ""));
  link.href = need.address;
  link.dataset.kind = need.kind;
  link.append(made("b", needWords(need)), made("span", ""));
  item.append(link);
  return item;
}

/** @param {boolean} isStale */
function showAges(isStale) {
  for (const [at, link] of [...document.querySelectorAll("#needs a")].entries()) {
    const since = needs?.[at]?.since_at;
    const age = since ? t("needs.since", { span: span(page.time.since(since)) }) : "";
    setText(/** @type {Element} */ (link.lastElementChild), isStale ? "—" : age);
  }
}

page.onEvent("first", () => void look());
page.onEvent("resync", () => void look());
page.onEvent("alarm", () => void look());
page.onTick((isStale) => {
  showAges(isStale);
  ticks += 1;
  if (ticks % EVERY_S === 0 && !document.hidden) void look();
});
