/** What is put aside, chatters or stands too long: read anew whenever something of it changes. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId, field, fromTemplate, setText } from "./dom.js";
import { Keys } from "./keys.js";
import { toggleTheme } from "./theme.js";
import { moment, number, span, t } from "./words.js";

const SOON_MS = 200;
const PARTS = ["shelves", "out", "chattering", "stale", "ended"];
const frame = /** @type {HTMLElement} */ (document.querySelector(".aside"));
const canAct = frame.dataset.canAct === "true";
const canServe = frame.dataset.canServe === "true";
/** @type {any} */
let told = null;
/** @type {number|undefined} */
let soon = undefined;

/** @param {any} row */
const placeOf = (row) => row.place ?? row.device_name ?? row.device_id ?? t("shelved.no_place");
/** @param {any} row */
const titleOf = (row) => [t(`alarm.kind.${row.kind}`), placeOf(row), row.position, row.group_name].filter(Boolean).join(" · ");
/** @param {string} at */
const when = (at) => moment(at, page.time.now());
/** @param {string} at */
const left = (at) => t("shelved.left", { span: span(Math.max(0, (Date.parse(at) - page.time.now()) / 1000)) });

/** How a row of each part is told. @type {Record<string, (row: any) => Record<string, any>>} */
const TELLS = {
  shelves: (row) => ({
    title: titleOf(row),
    mark: row.is_forgotten ? t("shelved.forgotten") : row.is_condition_present ? t("shelved.still_true") : t("shelved.gone"),
    why: row.reason,
    by: [t("shelved.by", { name: row.shelved_by, time: when(row.shelved_at) }), row.times > 1 ? t("shelved.times", { n: number(row.times) }) : ""]
      .filter(Boolean)
      .join(" · "),
    time: t("shelved.until", { time: when(row.until_at) }),
    until: row.until_at,
    act: canAct ? { word: t("shelved.take_off"), path: `shelves/${row.id}/end`, done: t("shelved.taken_off") } : null,
  }),
  out: (row) => ({
    title: [placeOf(row), row.position, row.device_id, row.group_name].filter(Boolean).join(" · "),
    why: row.reason,
    by: t("shelved.by", { name: row.taken_by, time: when(row.since_at) }),
    time: span(page.time.since(row.since_at)),
    act: canServe
      ? { word: t("service.back"), path: `devices/${encodeURIComponent(row.device_id)}/in-service`, done: t("service.is_back") }
      : null,
  }),
  chattering: (row) => ({
    title: titleOf(row),
    why: t("alarm.chatters", { n: number(row.activations) }),
    by: t("shelved.last", { first: when(row.began_at), last: when(row.last_at) }),
    time: span(page.time.since(row.began_at)),
  }),
  stale: (row) => ({
    title: titleOf(row),
    mark: t(`priority.${row.priority}`),
    why: t(`alarm.state.${row.state}`),
    by: row.acknowledged_by ? t("alarm.taken_by", { name: row.acknowledged_by }) : t("shelved.nobody"),
    time: span(page.time.since(row.rung_at)),
  }),
  ended: (row) => ({
    title: titleOf(row),
    why: row.reason,
    by: t(`shelved.ending.${row.ending}`, { name: row.ended_by ?? "" }),
    time: when(row.ended_at),
  }),
};

async function look() {
  const { status, data } = await ask("shelved");
  byId("again").hidden = status === 200;
  if (status !== 200) return setText(byId("summary"), t("shelved.not_loaded"));
  told = { ...data, out: data.out_of_service };
  show();
}

function lookSoon() {
  clearTimeout(soon);
  soon = setTimeout(look, SOON_MS);
}

function show() {
  if (!told || document.body.classList.contains("loading")) return;
  const counts = { n: number(told.shelves.length), out: number(told.out.length) };
  const more = { chatter: number(told.chattering.length), stale: number(told.stale.length) };
  setText(byId("summary"), t("shelved.summary", { ...counts, ...more }));
  for (const part of PARTS) {
    const held = document.activeElement?.closest(`#${part} li`)?.getAttribute("data-key");
    const rows = told[part].map((/** @type {any} */ row) => rowOf(part, row));
    byId(part).replaceChildren(...rows);
    byId(`${part}-none`).hidden = rows.length > 0;
    setText(byId(`${part}-none`), t(`shelved.none.${part}`, { n: number(told.stale_after_h) }));
    setText(/** @type {Element} */ (document.querySelector(`[data-count="${part}"]`)), number(rows.length));
    if (held) /** @type {HTMLElement|null} */ (byId(part).querySelector(`[data-key="${held}"] button`))?.focus();
  }
}

/** @param {string} part @param {any} row */
function rowOf(part, row) {
  const tells = TELLS[part](row);
  const item = fromTemplate("aside-row");
  item.dataset.key = String(row.id ?? row.alarm_id ?? row.device_id);
  if (tells.until) item.dataset.until = tells.until;
  for (const name of ["title", "why", "by", "time"]) setText(field(item, name), tells[name]);
  const mark = field(item, "mark");
  mark.hidden = !tells.mark;
  setText(mark, tells.mark ?? "");
  const button = /** @type {HTMLButtonElement} */ (item.querySelector("button"));
  button.hidden = !tells.act;
  if (tells.act) {
    setText(button, tells.act.word);
    button.setAttribute("aria-label", `${tells.act.word}: ${tells.title}`);
    button.addEventListener("click", () => act(button, tells.act));
  }
  return item;
}

/** @param {HTMLButtonElement} button @param {{path: string, done: string}} what */
async function act(button, { path, done }) {
  if (page.isStale) return page.say(t("act.not_live"));
  button.disabled = true;
  const { status, data } = await ask(path, {});
  button.disabled = false;
  page.say(status === 204 ? done : data?.error === "over" ? t("shelf.refused.over") : (data?.message ?? t("act.failed")));
  await look();
}

/** @param {boolean} isStale */
function tick(isStale) {
  for (const item of document.querySelectorAll("[data-until]")) {
    const until = item.getAttribute("data-until") ?? "";
    const words = isStale ? "—" : `${t("shelved.until", { time: when(until) })} · ${left(until)}`;
    setText(field(/** @type {HTMLElement} */ (item), "time"), words);
  }
}

byId("again").addEventListener("click", () => void look());
for (const event of ["alarm", "set_aside", "resync", "snapshot"]) page.onEvent(event, lookSoon);
page.onTick(tick);
new Keys({ KeyT: toggleTheme });
void look();
