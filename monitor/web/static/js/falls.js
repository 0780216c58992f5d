/** What goes down most often: asked when the page opens, when the days change, and when everything may have changed. */
import { page } from "./page.js";
import { shortGroup } from "./alarm_words.js";
import { ask } from "./api.js";
import { byId, field, fromTemplate, setAttribute, setText, useShape } from "./dom.js";
import { HistoryStrips } from "./history_strip.js";
import { Keys } from "./keys.js";
import { toggleTheme } from "./theme.js";
import { ago, moment, number, t } from "./words.js";

/** @typedef {object} Faller
 * @property {string} id @property {string} device_class @property {string} name @property {string|null} group_id
 * @property {string|null} group_name @property {string|null} power_feeder @property {string|null} network_provider
 * @property {number} falls @property {string} last_at */

const MOST = 100;
const OLD_MS = 300_000;
const strips = new HistoryStrips();
/** @type {Faller[]} */
let fallers = [];
let round = 0;
let askedAt = -OLD_MS;

function days() {
  return /** @type {HTMLInputElement} */ (document.querySelector("[name=days]:checked")).value;
}

const period = () => (days() === "1" ? t("falls.days_one") : t("falls.days", { n: days() }));

async function look() {
  const mine = ++round;
  askedAt = performance.now();
  setAttribute(byId("falls"), "aria-busy", "true");
  const { status, data } = await ask(`falls?days=${days()}&limit=${MOST}`);
  if (mine !== round) return;
  setAttribute(byId("falls"), "aria-busy", "false");
  if (status === 200) show(data.items);
  else showNothing(t("falls.problem"), true);
}

/** @param {Faller[]} items */
function show(items) {
  fallers = items;
  if (!items.length) return showNothing(t("falls.none", { period: period() }), false);
  byId("nothing").hidden = true;
  byId("table").hidden = false;
  setText(byId("summary"), t(items.length < MOST ? "falls.total" : "falls.most", { n: number(items.length), period: period() }));
  byId("rows").replaceChildren(...items.map(rowOf));
  showAges();
}

/** @param {string} words @param {boolean} isProblem */
function showNothing(words, isProblem) {
  fallers = [];
  byId("rows").replaceChildren();
  byId("table").hidden = true;
  byId("nothing").hidden = false;
  byId("again").hidden = !isProblem;
  setText(byId("nothing-words"), words);
  setText(byId("summary"), isProblem ? "" : t("falls.total", { n: number(0), period: period() }));
}

/** @param {Faller} faller */
function rowOf(faller) {
  const row = fromTemplate("row");
  row.dataset.device = faller.id;
  setText(field(row, "falls"), number(faller.falls));
  useShape(/** @type {Element} */ (row.querySelector(".ic")), `icon-${faller.device_class}`);
  setText(field(row, "class"), t(`device.class.${faller.device_class}`));
  setText(field(row, "id"), faller.id);
  field(row, "id").href = `/devices/${faller.id}`;
  const group = shortGroup(faller.group_name ?? faller.group_id ?? "");
  setText(field(row, "name"), faller.name);
  setText(field(row, "short"), [faller.name, group].filter(Boolean).join(" · "));
  setText(field(row, "group"), group);
  if (faller.group_id) field(row, "group").href = `/groups/${faller.group_id}`;
  setText(field(row, "supply"), [faller.power_feeder, faller.network_provider].filter(Boolean).join(", ") || "–");
  strips.show(/** @type {Element} */ (row.querySelector(".history-strip")), faller.id);
  return row;
}

function showAges() {
  [...byId("rows").children].forEach((row, nth) => {
    const faller = fallers[nth];
    const time = field(row, "last");
    const at = faller?.last_at ?? "";
    setText(time, page.isStale ? "—" : ago(page.time.since(Date.parse(at))));
    setAttribute(time, "datetime", at);
    setAttribute(time, "title", moment(at, page.time.now()));
  });
}

byId("again").addEventListener("click", look);
for (const choice of document.querySelectorAll("[name=days]")) {
  choice.addEventListener("change", () => {
    history.replaceState(null, "", `?days=${days()}`);
    void look();
  });
}
new Keys({ KeyT: toggleTheme });
page.onEvent("snapshot", () => (performance.now() - askedAt > OLD_MS || !fallers.length ? look() : showAges()));
page.onEvent("resync", look);
page.onTick((isStale) => {
  showAges();
  if (!isStale && performance.now() - askedAt > OLD_MS) void look();
});
void look();
