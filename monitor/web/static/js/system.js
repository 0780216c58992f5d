/** The monitor watches itself: asked anew every two seconds, rates from what came between two answers. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { actOf, byId, field, fromTemplate, setAttribute, setText, showPriority } from "./dom.js";
import { screenId } from "./receipts.js";
import { ago, moment, number, numberWithTenth, span, t } from "./words.js";

const LOOK_MS = 2000;
const GIB = 1024;
/** @type {any} */
let before = null;
let isAsking = false;

async function look() {
  if (isAsking) return;
  isAsking = true;
  const { status, data } = await ask("system");
  isAsking = false;
  byId("problem").hidden = status === 200;
  if (status !== 200) return;
  show(data);
  before = data;
}

/** @param {any} told */
function show(told) {
  const parts = [ofBroker, ofStore, ofWriting, ofAdapters, ofTelling, ofDisk, ofClock].flatMap((part) => part(told));
  showRows("parts", parts);
  showScreens(told);
  const bad = parts.filter(({ isBad }) => isBad).length + (told.screen_trouble ? 1 : 0);
  setText(byId("summary"), bad ? t("system.bad", { n: number(bad) }) : t("system.good", { version: told.version }));
  byId("summary").classList.toggle("bad", bad > 0);
}

/** @typedef {{id: string, name: string, state: string, note: string, isBad: boolean}} Row */

/** @param {string} id @param {string} state @param {string} note @param {boolean} isBad @param {string} [name] @returns {Row} */
const row = (id, state, note, isBad, name) => ({ id, name: name ?? t(`system.part.${id}`), state, note, isBad });

/** @param {any} told */
function ofBroker({ health }) {
  const isLinked = health.broker === "connected";
  const canary = (health.canary_ms ?? null) === null ? t("system.no_figure") : t("foot.canary_ms", { ms: numberWithTenth(health.canary_ms) });
  const since = t("system.since", { time: moment(health.broker_since_at, page.time.now()) });
  const rows = [row("broker", t(isLinked ? "foot.good" : "foot.away"), `${t("foot.canary")} ${canary} · ${since}`, !isLinked)];
  for (const { cause, note } of health.fault?.causes ?? []) {
    rows.push(row(`fault-${cause}`, t("system.fault"), note, true, t(`fault.cause.${cause}`)));
  }
  return rows;
}

/** @param {any} told */
function ofStore({ health, store }) {
  const isGood = health.store === "ok";
  const sizes = store.kind === "sqlite" ? t("system.sizes", { size: numberWithTenth(store.size_mib), log: numberWithTenth(store.log_mib) }) : t("system.server");
  const commits = before ? store.commits - before.store.commits : 0;
  const each_ms = commits ? (1000 * (store.commit_s - before.store.commit_s)) / commits : null;
  const speed = each_ms === null ? "" : ` · ${t("system.commit", { ms: numberWithTenth(each_ms) })}`;
  return [row("store", t(isGood ? "foot.good" : "foot.failing"), sizes + speed, !isGood)];
}

/** @param {any} told */
function ofWriting({ health }) {
  const note = t("system.quarantined", { n: number(health.quarantined) });
  return [row("queue", t("system.waiting", { n: number(health.queue) }), note, health.queue > 1000)];
}

/** @param {any} told */
function ofAdapters({ adapters, now }) {
  if (!adapters.length) return [row("adapters", t("system.no_word"), "", false)];
  const seconds = before ? (Date.parse(now) - Date.parse(before.now)) / 1000 : 0;
  return adapters.map((/** @type {any} */ each) => {
    const known = before?.adapters.find((/** @type {any} */ { name }) => name === each.name);
    const rate = known && seconds > 0 ? (each.decoded - known.decoded) / seconds : null;
    const state = rate === null ? t("system.messages", { n: number(each.decoded) }) : t("system.rate", { n: numberWithTenth(rate) });
    const note = each.refused_at
      ? t("system.refused", { n: number(each.refused), reason: each.reason, time: moment(each.refused_at, page.time.now()) })
      : t("system.none_refused");
    return row(`adapter-${each.name}`, state, note, false, `${t("system.adapter")} ${each.name}`);
  });
}

/** @param {any} told */
function ofTelling({ duties }) {
  const { waiting, sending, by_hand, dead } = duties;
  const note = t("system.duties", { hand: number(by_hand), dead: number(dead) });
  return [row("duties", t("system.waiting", { n: number(waiting + sending) }), note, dead > 0)];
}

/** @param {any} told */
function ofDisk({ disk }) {
  if (!disk) return [row("disk", t("system.no_figure"), t("system.server"), false)];
  const used = 100 * (1 - disk.free_mib / disk.total_mib);
  const note = t("system.free", { n: numberWithTenth(disk.free_mib / GIB), least: numberWithTenth(disk.least_mib / GIB) });
  return [row("disk", `${number(used)} %`, note, disk.free_mib < disk.least_mib)];
}

/** @param {any} told */
function ofClock({ time }) {
  if (!time) return [row("time", t("system.no_figure"), t("system.time_unsaid"), false)];
  const off = t("system.off", { ms: numberWithTenth(Math.abs(time.off_ms)) });
  return [row("time", t(time.is_kept ? "system.kept" : "system.not_kept"), off, false)];
}

/** @param {string} id @param {Row[]} rows */
function showRows(id, rows) {
  const body = byId(id);
  const known = new Map([...body.children].map((each) => [each.dataset.row, each]));
  const shown = rows.map((each) => {
    const line = known.get(each.id) ?? fromTemplate("part");
    line.dataset.row = each.id;
    line.classList.toggle("bad", each.isBad);
    setText(field(line, "name"), each.name);
    setText(field(line, "state"), each.state);
    setText(field(line, "note"), each.note);
    line.querySelector(".shape").toggleAttribute("hidden", !each.isBad);
    return line;
  });
  if (shown.length !== body.children.length || shown.some((line, n) => body.children[n] !== line)) body.replaceChildren(...shown);
}

/** @param {any} told */
function showScreens({ screens, screen_trouble }) {
  byId("no-screens").hidden = screens.length > 0;
  byId("screens-table").hidden = screens.length === 0;
  byId("screen-trouble").hidden = !screen_trouble;
  setText(byId("screen-trouble-note"), screen_trouble ?? "");
  const body = byId("screens");
  const known = new Map([...body.children].map((each) => [each.dataset.screen, each]));
  const rows = screens.map((/** @type {any} */ each) => showScreen(known.get(each.id) ?? fromTemplate("screen"), each));
  if (rows.length !== body.children.length || rows.some((/** @type {any} */ line, /** @type {number} */ n) => body.children[n] !== line)) {
    body.replaceChildren(...rows);
  }
}

/** @param {HTMLElement} line @param {any} screen */
function showScreen(line, screen) {
  line.dataset.screen = screen.id;
  const now = page.time.now();
  const kind = t(`system.screen.${screen.kind}`);
  setText(field(line, "name"), screen.id === screenId() ? t("system.this_one", { kind }) : kind);
  setText(field(line, "who"), `${screen.user} · ${screen.id}`);
  setText(field(line, "visible"), screen.is_open ? t(screen.is_visible ? "system.visible" : "system.hidden") : t("system.closed", { span: span((now - Date.parse(screen.heard_at)) / 1000) }));
  const isDeaf = screen.is_open && screen.sound === "blocked";
  setText(field(line, "sound"), screen.is_open ? t(`system.sound.${screen.sound}`) : "—");
  field(line, "sound").parentElement.classList.toggle("bad", isDeaf);
  showPriority(field(line, "sound").previousElementSibling, { priority: "s", isFull: true });
  field(line, "sound").previousElementSibling.toggleAttribute("hidden", !isDeaf);
  setText(field(line, "shown"), timeOf(screen.shown_at, now));
  setText(field(line, "sounded"), timeOf(screen.sounded_at, now));
  setText(field(line, "tested"), screen.tone_tested_at ? ago((now - Date.parse(screen.tone_tested_at)) / 1000) : t("system.never"));
  setAttribute(/** @type {Element} */ (line.querySelector("[data-act=tone]")), "aria-label", t("system.tone_of", { name: screen.id }));
  /** @type {HTMLButtonElement} */ (line.querySelector("[data-act=tone]")).disabled = !screen.is_open;
  return line;
}

/** @param {string|null} at @param {number} now */
const timeOf = (at, now) => (at ? moment(at, now) : t("system.never"));

byId("screens").addEventListener("click", async (/** @type {any} */ event) => {
  if (actOf(event) !== "tone") return;
  const { screen } = event.target.closest("tr").dataset;
  const { status } = await ask(`screens/${encodeURIComponent(screen)}/tone`, {});
  page.say(t(status === 204 ? "system.tone_asked" : "act.failed"));
});
byId("again").addEventListener("click", () => look());
setInterval(() => {
  if (!document.hidden && !page.isStale) void look();
}, LOOK_MS);
void look();
