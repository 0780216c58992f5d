/** Bell tests: who is next, who is overdue, and what comes of those that are on test now. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { shortGroup } from "./alarm_words.js";
import { Sessions } from "./bell_test_sessions.js";
import { Windows } from "./bell_test_windows.js";
import { placeOf, secondsOf, showDots, showResult } from "./bell_test_words.js";
import { byId, field, fromTemplate, setAttribute, setText } from "./dom.js";
import { Keys } from "./keys.js";
import { moment, number, t } from "./words.js";

/** @typedef {{device_id: string, name: string, place: string|null, position: string|null, group_id: string|null,
 *   group_name: string|null, status: string, interval_days: number|null, last_test_at: string|null,
 *   due_at: string|null, days_overdue: number, session_id: number|null,
 *   tests: import("./bell_test_words.js").Test[]}} Button */

const PAGE = 200;
const OLD_MS = 300_000;
const FRESH_MS = 5_000;
const SOON_MS = 250; // a press comes with its alarm, its test and two receipts: one look is enough
const MOST = 200;
/** @type {Map<string, Button>} */
const buttons = new Map();
/** @type {Set<string>} */
const chosen = new Set();
const mayTest = Boolean(document.getElementById("start"));
let chosenStatus = "";
/** @type {string|null} */
let next = null;
let round = 0;
let askedAt = -OLD_MS;
/** @type {number|undefined} */
let soon = undefined;

const windows = mayTest ? new Windows({ onDone: () => lookAll() }) : null;
const sessions = new Sessions({
  time: page.time,
  say: (text) => page.say(text),
  onFail: (session, trial) => windows?.openFailing(session.id, trial),
});

/** @param {string|null} cursor */
async function look(cursor = null) {
  const mine = ++round;
  askedAt = performance.now();
  setAttribute(byId("tests"), "aria-busy", "true");
  const status = chosenStatus ? `&status=${chosenStatus}` : "";
  const { status: answered, data } = await ask(`bell-tests?limit=${PAGE}${status}${cursor ? `&cursor=${cursor}` : ""}`);
  if (mine !== round) return;
  setAttribute(byId("tests"), "aria-busy", "false");
  if (answered !== 200) return showNothing(t("bell.problem"), { isProblem: true });
  next = data.next;
  if (!cursor) buttons.clear();
  for (const item of data.items) buttons.set(item.device_id, item);
  for (const id of chosen) if ((buttons.get(id)?.session_id ?? -1) !== null) chosen.delete(id);
  show(data.summary);
}

function lookAll() {
  clearTimeout(soon);
  soon = undefined;
  void sessions.look();
  void look();
}

function lookSoon() {
  soon ??= setTimeout(lookAll, SOON_MS);
}

/** @param {any} summary */
function show(summary) {
  const scheduled = summary.buttons - summary.unscheduled;
  const words = { n: number(scheduled - summary.overdue), m: number(scheduled), late: number(summary.overdue) };
  const month = { passed: number(summary.month.passed), failed: number(summary.month.failed + summary.month.unpressed) };
  setText(byId("summary"), t("bell.summary", { ...words, ...month }));
  for (const count of document.querySelectorAll("[data-count]")) {
    const status = /** @type {HTMLElement} */ (count).dataset.count;
    setText(count, number(status ? summary[status] : summary.buttons));
  }
  byId("more").hidden = !next;
  if (!buttons.size) {
    const isEmpty = summary.buttons === 0;
    return showNothing(isEmpty ? t("bell.nothing") : t("bell.none_such"), { isEmpty });
  }
  byId("nothing").hidden = true;
  byId("table").hidden = false;
  byId("rows").replaceChildren(...[...buttons.values()].map(rowOf));
  showChosen();
}

/** @param {string} words @param {{isProblem?: boolean, isEmpty?: boolean}} why */
function showNothing(words, { isProblem = false, isEmpty = false }) {
  byId("table").hidden = true;
  byId("nothing").hidden = false;
  byId("again").hidden = !isProblem;
  byId("nothing-teaches").hidden = !isEmpty;
  const register = document.getElementById("nothing-register");
  if (register) register.hidden = !isEmpty;
  setText(byId("nothing-words"), words);
}

/** @param {Button} button */
function rowOf(button) {
  const row = fromTemplate("row");
  row.dataset.device = button.device_id;
  row.classList.toggle("overdue", button.status === "overdue");
  row.classList.toggle("on-test", button.session_id !== null);
  setText(field(row, "place"), placeOf(button));
  field(row, "place").href = `/devices/${button.device_id}`;
  setText(field(row, "position"), [button.position, shortGroup(button.group_name ?? button.group_id ?? "")].filter(Boolean).join(" · "));
  setText(field(row, "id"), button.device_id);
  const last = button.tests.at(-1);
  const now = page.time.now();
  const at = button.last_test_at ?? last?.at;
  setText(field(row, "last"), at ? dayOrHour(at, now) : t("bell.never"));
  if (last) showResult(field(row, "result"), last);
  const measured = button.tests.findLast(({ result }) => result === "passed");
  setText(field(row, "shown"), secondsOf(measured?.shown_s ?? null));
  setText(field(row, "sounded"), secondsOf(measured?.sounded_s ?? null));
  setText(field(row, "due"), dueWords(button));
  /** @type {SVGElement} */ (row.querySelector(".c-due .shape")).toggleAttribute("hidden", button.status !== "overdue");
  showDots(/** @type {HTMLElement} */ (row.querySelector(".dots")), button.tests);
  const tick = /** @type {HTMLInputElement|null} */ (row.querySelector(".tick"));
  if (tick) {
    tick.checked = chosen.has(button.device_id);
    tick.disabled = button.session_id !== null;
    tick.setAttribute("aria-label", t("bell.choose_one", { name: button.name }));
  }
  return row;
}

/** @param {Button} button */
function dueWords(button) {
  if (button.session_id !== null) return t("bell.testing");
  if (button.due_at === null) return t("bell.unscheduled");
  if (button.days_overdue) return t("bell.test_overdue", { n: number(button.days_overdue) });
  return dayOrHour(button.due_at, page.time.now());
}

/** Today's by the hour, another by its day.
 * @param {string} at @param {number} nowMs */
const dayOrHour = (at, nowMs) => moment(at, nowMs).split(" ").at(-1) ?? "";

function showChosen() {
  if (!mayTest) return;
  byId("start").disabled = !chosen.size || page.isStale;
  setText(byId("start-words"), chosen.size ? t("bell.start_n", { n: number(chosen.size) }) : t("bell.start"));
}

function start() {
  if (!chosen.size || page.isStale) return page.say(t("bell.choose_first"));
  if (chosen.size > MOST) return page.say(t("bulk.too_many", { n: number(MOST) }));
  windows?.open([...chosen].flatMap((id) => buttons.get(id) ?? []));
}

byId("rows").addEventListener("change", (/** @type {any} */ event) => {
  const id = event.target.closest("tr")?.dataset.device;
  if (!id) return;
  if (event.target.checked) chosen.add(id);
  else chosen.delete(id);
  showChosen();
});
byId("counts").addEventListener("click", (/** @type {any} */ event) => {
  const count = event.target.closest("[data-status]");
  if (!count) return;
  chosenStatus = count.dataset.status;
  for (const each of byId("counts").children) setAttribute(each, "aria-pressed", String(each === count));
  void look();
});
byId("more").addEventListener("click", () => look(next));
byId("again").addEventListener("click", () => look());
byId("print").addEventListener("click", () => print());
addEventListener("beforeprint", () => setText(byId("printed-at"), new Date(page.time.now()).toLocaleString("en-GB", { timeZone: "Asia/Ho_Chi_Minh" })));
if (mayTest) {
  byId("start").addEventListener("click", start);
  new Keys({ KeyT: start });
}
for (const name of ["test", "bell_test", "resync", "device_added"]) page.onEvent(name, lookSoon);
page.onEvent("alarm", (alarm) => (alarm.kind === "test" || alarm.kind === "test_overdue") && lookSoon());
// Where the connection was lost, a press may have been missed.
page.onEvent("snapshot", () => performance.now() - askedAt > FRESH_MS && lookSoon());
page.onTick((isStale) => {
  sessions.tick(isStale);
  showChosen();
  if (!isStale && performance.now() - askedAt > OLD_MS) lookAll();
});
lookAll();
