/** Who was told of what, by which way, and how the ways are. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { actOf, byId, field, fromTemplate, setAttribute, setText } from "./dom.js";
import { DutyList, wayOf } from "./duty_list.js";
import { Keys } from "./keys.js";
import { accountWords } from "./telling.js";
import { toggleTheme } from "./theme.js";
import { moment, number, t } from "./words.js";

const LOOK_MS = 3000;
const PAGE = 100;
const list = new DutyList({ time: page.time, say: (text) => page.say(text), onActed: () => look() });
const incident = Number(new URLSearchParams(location.search).get("incident")) || null;
let chosen = "";
let shown = PAGE;
let isAsking = false;

async function look() {
  if (isAsking) return;
  isAsking = true;
  const state = chosen ? `&state=${chosen}${chosen === "waiting" ? "&state=sending" : ""}` : "";
  const path = `duties?limit=${shown}${state}${incident ? `&incident=${incident}` : ""}`;
  const [told, ways] = await Promise.all([ask(path), ask("channels")]);
  isAsking = false;
  if (told.status !== 200) {
    setText(byId("summary"), t("duty.problem"));
    return;
  }
  list.show(told.data.items, t(chosen ? "duty.none_such" : "duty.none"));
  byId("more").hidden = !told.data.next || shown >= 500;
  // An account that is bound to an area sees its duties, and nothing of the post's ways.
  byId("ways").hidden = ways.status !== 200;
  if (ways.status === 200) showWays(ways.data);
  else setText(byId("summary"), t("duty.own_area"));
}

/** @param {any} data */
function showWays({ items, accounts }) {
  const sum = (/** @type {string} */ name) => items.reduce((/** @type {number} */ n, /** @type {any} */ way) => n + way[name], 0);
  const faulty = items.filter((/** @type {any} */ way) => way.fault).length;
  const counts = { by_hand: sum("by_hand"), dead: sum("dead"), waiting: sum("waiting") };
  for (const [name, count] of Object.entries(counts)) {
    setText(/** @type {Element} */ (document.querySelector(`[data-count="${name}"]`)), number(count));
  }
  const words = { hand: number(counts.by_hand), dead: number(counts.dead), waiting: number(counts.waiting), faulty: number(faulty) };
  setText(byId("summary"), t("duty.summary", words));
  const late = accounts.find((/** @type {any} */ account) => account.needs_person);
  byId("authorise").hidden = !late;
  if (late) setText(field(byId("authorise"), "words"), accountWords(late));
  const text = JSON.stringify(items);
  if (byId("ways").dataset.shown === text) return;
  byId("ways").dataset.shown = text;
  byId("ways").replaceChildren(...items.map(wayCard));
}

/** @param {any} way */
function wayCard(way) {
  const card = fromTemplate("way");
  card.dataset.way = way.name;
  card.classList.toggle("faulty", Boolean(way.fault));
  setText(field(card, "name"), `${wayOf(way.kind, way.kind)} · ${way.name}`);
  setText(field(card, "health"), way.fault ? t("duty.faulty", { said: way.fault }) : way.answered_at ? t("duty.well") : t("duty.not_tried"));
  const now = page.time.now();
  const tested = way.tested_at ? t("duty.tested", { time: moment(way.tested_at, now) }) : t("duty.not_tested");
  setText(field(card, "tests"), way.test_due_at ? `${tested} · ${t("duty.test_due", { time: moment(way.test_due_at, now) })}` : tested);
  const left = field(card, "quota");
  left.hidden = !way.quota;
  if (way.quota) {
    const words = { remain: number(way.quota.remain), total: number(way.quota.total) };
    setText(left, t(way.quota.is_low ? "duty.quota_low" : "duty.quota", words));
    left.classList.toggle("low", way.quota.is_low);
  }
  setText(field(card, "waits"), t("duty.way_counts", { waiting: number(way.waiting), hand: number(way.by_hand), dead: number(way.dead) }));
  /** @type {HTMLElement} */ (card.querySelector("[data-act=test]")).hidden = byId("ways").dataset.mayTest !== "yes";
  return card;
}

byId("counts").addEventListener("click", (/** @type {any} */ event) => {
  const button = event.target.closest("[data-state]");
  if (!button) return;
  chosen = button.dataset.state;
  for (const each of document.querySelectorAll("[data-state]")) setAttribute(each, "aria-pressed", String(each === button));
  void look();
});
byId("ways").addEventListener("click", async (/** @type {any} */ event) => {
  const name = event.target.closest("[data-way]")?.dataset.way;
  if (actOf(event) !== "test" || !name) return;
  event.target.disabled = true;
  const { status, data } = await ask(`channels/${encodeURIComponent(name)}/test`, {});
  page.say(status !== 200 ? t("act.failed") : data.fault ? t("duty.faulty", { said: data.fault }) : t("duty.well"));
  event.target.disabled = false;
  await look();
});
byId("authorise").addEventListener("click", async (/** @type {any} */ event) => {
  if (actOf(event) !== "authorise") return;
  const { status, data } = await ask("zalo/authorise", {});
  if (status === 200) location.assign(data.address);
  else page.say(status === 404 || status === 409 ? t("zalo.no_account") : t("act.failed"));
});
const came = new URLSearchParams(location.search).get("zalo");
if (came) page.say(t(came === "authorised" ? "zalo.authorised" : "zalo.not_authorised"));
byId("more").addEventListener("click", () => {
  shown += PAGE;
  void look();
});
new Keys({ KeyT: toggleTheme });
setInterval(() => {
  if (!document.hidden && !page.isStale) void look();
}, LOOK_MS);
page.onEvent("alarm", () => look());
void look();
