/** The roster of a week: who stands duty, where nobody does, and, for those who plan it, a form and a table. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { actOf, byId, field, made, setText } from "./dom.js";
import { isWord, t } from "./words.js";

const DAY_MS = 86_400_000;
const ZONE = "+07:00"; // the post's, wherever the browser stands
const ZONE_MS = 7 * 3_600_000;
const DAYS = 7;
const GAPS_SHOWN = 4;
/** @type {number} midnight of the first day, in the post's zone, as Unix ms */
let first = 0;
let canPlan = false;

/** @param {{canPlan: boolean}} rights */
export function openRoster(rights) {
  canPlan = rights.canPlan;
  first = midnight(Date.now());
  for (const head of document.querySelectorAll("th[data-role]")) setText(head, roleName(String(/** @type {any} */ (head).dataset.role)));
  byId("week-before").addEventListener("click", () => go(-DAYS));
  byId("week-after").addEventListener("click", () => go(DAYS));
  byId("roster").addEventListener("click", remove);
  if (canPlan) openPlanning();
  void look();
}

/** @param {number} days */
function go(days) {
  first += days * DAY_MS;
  void look();
}

async function look() {
  setText(byId("week"), `${shortDay(first)} – ${shortDay(first + (DAYS - 1) * DAY_MS)}`);
  const { status, data } = await ask(`roster?from=${isoDay(first)}&days=${DAYS}`);
  if (status !== 200) return;
  byId("roster-none").hidden = data.items.length > 0;
  const more = data.gaps.length - GAPS_SHOWN;
  const rest = more > 0 ? [made("li", t("roster.more_gaps", { n: more }))] : [];
  byId("gaps").replaceChildren(...data.gaps.slice(0, GAPS_SHOWN).map(gapRow), ...rest);
  const days = Array.from({ length: DAYS }, (_, nth) => first + nth * DAY_MS);
  byId("roster").replaceChildren(...days.map((day) => dayRow(day, data.roles, data.items)));
}

/** @param {number} day @param {string[]} roles @param {any[]} watches */
function dayRow(day, roles, watches) {
  const row = document.createElement("tr");
  const head = made("th", `${weekday(day)} ${shortDay(day)}`);
  head.setAttribute("scope", "row");
  row.append(head);
  for (const role of roles) {
    const cell = document.createElement("td");
    cell.dataset.role = roleName(role);
    const own = watches.filter((watch) => watch.role === role && midnight(Date.parse(watch.starts_at)) === day);
    cell.append(...own.map(watchLine));
    row.append(cell);
  }
  return row;
}

/** @param {any} watch */
function watchLine(watch) {
  const line = made("div", "", "watch");
  const where = watch.area_name ? ` (${watch.area_name})` : "";
  const text = made("span", `${clock(watch.starts_at)}–${clock(watch.ends_at)} ${watch.name}${where}`);
  const now = page.time.now();
  text.classList.toggle("is-now", Date.parse(watch.starts_at) <= now && now < Date.parse(watch.ends_at));
  line.append(text);
  if (canPlan) {
    const button = /** @type {HTMLButtonElement} */ (made("button", "×", "button small no-print"));
    button.type = "button";
    button.dataset.act = "remove";
    button.dataset.watch = watch.id;
    button.setAttribute("aria-label", t("roster.remove", { name: watch.name }));
    line.append(button);
  }
  return line;
}

/** @param {any} gap */
function gapRow(gap) {
  const values = { role: roleName(gap.role), from: clockAndDay(gap.starts_at), to: clockAndDay(gap.ends_at) };
  return made("li", t("roster.gap", values));
}

/** One press takes a watch off; the next undoes it. @param {Event} event */
async function remove(event) {
  if (actOf(event) !== "remove") return;
  const button = /** @type {HTMLButtonElement} */ (/** @type {Element} */ (event.target).closest("[data-watch]"));
  const isUndo = button.dataset.removed === "yes";
  const { status } = await ask(`roster/${button.dataset.watch}/removal`, { is_removed: !isUndo });
  if (status !== 204) return page.say(t("act.failed"));
  if (isUndo) return look();
  button.dataset.removed = "yes";
  setText(button, t("roster.undo"));
  button.setAttribute("aria-label", t("roster.undo"));
  const text = /** @type {Element} */ (button.parentElement?.firstElementChild);
  text.replaceWith(made("del", text.textContent ?? ""));
  page.say(t("roster.removed"));
}

function openPlanning() {
  const form = /** @type {HTMLFormElement} */ (byId("watch-form"));
  for (const option of form.querySelectorAll("option")) setText(option, roleName(option.value));
  form.addEventListener("submit", (event) => (event.preventDefault(), enter(form)));
  const table = /** @type {HTMLFormElement} */ (byId("table-form"));
  table.addEventListener("submit", (event) => {
    event.preventDefault();
    void takeTable(table, /** @type {any} */ (event.submitter)?.value === "write");
  });
  table.addEventListener("input", () => (byId("table-write").hidden = true));
}

/** @param {HTMLFormElement} form */
async function enter(form) {
  /** @type {Record<string, string>} */
  const given = {};
  for (const [name, value] of new FormData(form)) if (value) given[name] = String(value);
  for (const name of ["starts_at", "ends_at"]) given[name] = `${given[name]}:00${ZONE}`;
  const { status, data } = await ask("roster", given);
  setText(field(form, "problem"), status === 201 ? "" : refusal(data));
  if (status !== 201) return;
  page.say(t("roster.added", { n: data.added }));
  await look();
}

/** @param {any} data */
function refusal(data) {
  const key = `roster.refused.${data?.error}`;
  return isWord(key) ? t(key) : data?.message ?? t("act.failed");
}

/** @param {HTMLFormElement} form @param {boolean} isWrite */
async function takeTable(form, isWrite) {
  const text = String(new FormData(form).get("text"));
  const { status, data } = await ask("roster/table", { text, is_dry_run: !isWrite });
  setText(field(form, "problem"), status === 200 ? "" : t("act.failed"));
  if (status !== 200) return;
  const wrong = data.lines.filter((/** @type {any} */ line) => line.problems.length);
  const rows = wrong.flatMap((/** @type {any} */ line) => line.problems.map((/** @type {any} */ each) => problemRow(line.number, each)));
  const isFine = data.lines.length > 0 && wrong.length === 0;
  const summary = made("li", t("roster.read", { n: data.lines.length - wrong.length, wrong: wrong.length }));
  byId("table-said").replaceChildren(summary, ...rows);
  byId("table-write").hidden = !isFine || isWrite;
  if (!isWrite || !isFine) return;
  form.reset();
  page.say(t("roster.added", { n: data.added }));
  await look();
}

/** @param {number} line @param {any} problem */
function problemRow(line, problem) {
  const text = t(`roster.problem.${problem.what}`, { line, value: problem.value });
  return made("li", problem.suggestion ? `${text} ${t("roster.perhaps", { value: problem.suggestion })}` : text);
}

/** @param {string} role */
function roleName(role) {
  const key = `roster.role.${role}`;
  return isWord(key) ? t(key) : role;
}

/** @param {number} ms */
const midnight = (ms) => Math.floor((ms + ZONE_MS) / DAY_MS) * DAY_MS - ZONE_MS;
/** @param {number} ms */
const local = (ms) => new Date(ms + ZONE_MS).toISOString();
/** @param {number} ms */
const isoDay = (ms) => local(ms).slice(0, 10);
/** @param {number} ms */
const shortDay = (ms) => `${local(ms).slice(8, 10)}/${local(ms).slice(5, 7)}`;
/** @param {string} at */
const clock = (at) => local(Date.parse(at)).slice(11, 16);
/** @param {string} at */
const clockAndDay = (at) => `${clock(at)} ${shortDay(Date.parse(at))}`;
/** @param {number} ms */
const weekday = (ms) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "Asia/Ho_Chi_Minh" }).format(ms);
