/** Sirens: how each is, who sounds what, and the two buttons: sound, by two over a wide area, and silence, by anybody. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { actOf, byId, field, fromTemplate, made, setText } from "./dom.js";
import { Keys } from "./keys.js";
import { toggleTheme } from "./theme.js";
import { moment, number, span, t } from "./words.js";

const LOOK_MS = 2000;
const FIND_MS = 150;
const SHOWN = 8;
const BEGUN = new Set(["COMMANDED", "ACKNOWLEDGED", "SOUNDING", "UNANSWERED", "STOPPING"]);
const form = /** @type {HTMLFormElement} */ (byId("form"));
const incident = Number(new URLSearchParams(location.search).get("incident")) || null;
/** @type {Set<string>} */
const chosen = new Set();
/** @type {Map<string, string>} name → id of what was looked up */
const areas = new Map();
/** @type {any[]} */
let sirens = [];
/** @type {number|undefined} */
let finding = undefined;
let isAsking = false;

async function look() {
  if (isAsking) return;
  isAsking = true;
  const [listed, called] = await Promise.all([ask("sirens"), ask(`siren-calls?limit=${SHOWN}`)]);
  isAsking = false;
  const isAnswered = listed.status === 200 && called.status === 200;
  byId("again").hidden = isAnswered;
  if (!isAnswered) return showNothing(t("siren.problem"));
  sirens = listed.data.items;
  showSirens();
  showCalls(called.data.items);
}

/** @param {string} words */
function showNothing(words) {
  byId("table").hidden = true;
  byId("nothing").hidden = false;
  setText(byId("nothing-words"), words);
  setText(byId("summary"), words);
}

function showSirens() {
  const on = sirens.filter(isOn).length;
  const late = sirens.filter((siren) => siren.is_test_overdue).length;
  if (!sirens.length) return showNothing(t("siren.nothing"));
  setText(byId("summary"), t("siren.summary", { n: number(sirens.length), on: number(on), late: number(late) }));
  byId("nothing").hidden = true;
  byId("table").hidden = false;
  const rows = /** @type {HTMLElement[]} */ ([...byId("rows").children]);
  const isSame = rows.length === sirens.length && rows.every((row, nth) => row.dataset.siren === sirens[nth].id);
  if (!isSame) byId("rows").replaceChildren(...sirens.map(newRow));
  [...byId("rows").children].forEach((row, nth) => fill(row, sirens[nth]));
  showChosen();
}

/** @param {any} siren */
const isOn = (siren) => Boolean(siren.order && BEGUN.has(siren.order.state));

/** @param {any} siren */
function newRow(siren) {
  const row = fromTemplate("siren");
  row.dataset.siren = siren.id;
  const tick = /** @type {HTMLInputElement} */ (row.querySelector("input"));
  tick.setAttribute("aria-label", t("siren.choose_one", { name: siren.name }));
  tick.checked = chosen.has(siren.id);
  field(row, "name").href = `/devices/${siren.id}`;
  setText(field(row, "name"), siren.name);
  setText(field(row, "where"), [siren.id, siren.place, siren.group_name].filter(Boolean).join(" · "));
  return row;
}

/** @param {Element} row @param {any} siren */
function fill(row, siren) {
  row.classList.toggle("is-on", isOn(siren));
  setText(field(row, "life"), t(`device.state.${siren.life}`));
  field(row, "order").hidden = !siren.order;
  if (siren.order) setText(field(row, "order"), t(`siren.state.${siren.order.state}`));
  const at = siren.last_sounded_at;
  setText(field(row, "sounded"), at ? moment(at, page.time.now()) : t("siren.never"));
  field(row, "overdue").hidden = !siren.is_test_overdue;
  /** @type {HTMLElement} */ (row.querySelector("[data-act=stop]")).hidden = !isOn(siren);
}

/** @param {any[]} calls */
function showCalls(calls) {
  byId("calls-none").hidden = calls.length > 0;
  const list = byId("calls");
  const text = JSON.stringify(calls);
  if (list.dataset.shown === text) return; // what did not change keeps its focus
  list.dataset.shown = text;
  const focused = /** @type {HTMLElement|null} */ (document.activeElement)?.closest("li")?.dataset.call;
  const act = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset.act;
  list.replaceChildren(...calls.map(callRow));
  if (focused && act) list.querySelector(`[data-call="${focused}"] [data-act="${act}"]:not([hidden])`)?.focus();
}

/** @param {any} call */
function callRow(call) {
  const row = fromTemplate("call");
  row.dataset.call = call.id;
  const states = call.orders.map((/** @type {any} */ order) => order.state);
  const isHeld = states.includes("HELD");
  row.classList.toggle("is-on", states.some((/** @type {string} */ state) => BEGUN.has(state)));
  setText(field(row, "reason"), call.reason);
  const now = page.time.now();
  const words = [t("siren.by", { time: moment(call.asked_at, now), name: call.asked_by, span: span(call.for_s) })];
  if (call.second_by) words.push(t("siren.seconded", { name: call.second_by }));
  if (isHeld) words.push(t("siren.waits", { time: moment(call.second_until_at, now) }));
  if (call.stopped_by) words.push(t("siren.stopped", { time: moment(call.stopped_at, now), name: call.stopped_by }));
  setText(field(row, "who"), words.join(" · "));
  const counts = new Map();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  const told = [...counts].map(([state, n]) => `${t(`siren.state.${state}`)}: ${number(n)}`);
  setText(field(row, "states"), told.join(" · "));
  const isMine = call.asked_by === form.dataset.user;
  /** @type {HTMLElement} */ (row.querySelector("[data-act=second]")).hidden = !isHeld || isMine;
  /** @type {HTMLElement} */ (row.querySelector("[data-act=stop]")).hidden = !isHeld && !row.classList.contains("is-on");
  return row;
}

function showChosen() {
  const area = String(new FormData(form).get("area") ?? "").trim();
  const button = /** @type {HTMLButtonElement} */ (byId("sound-sirens"));
  button.disabled = page.isStale || (!area && !chosen.size);
  setText(button, area ? t("siren.sound_area") : chosen.size ? t("siren.sound_n", { n: number(chosen.size) }) : t("siren.sound_none"));
}

async function sound() {
  const values = new FormData(form);
  const area = String(values.get("area") ?? "").trim();
  /** @type {Record<string, any>} */
  const given = { reason: String(values.get("reason")), for_s: Number(values.get("for_s")) };
  if (area) given.area_id = areas.get(area) ?? area;
  else given.device_ids = [...chosen];
  if (incident) given.incident_id = incident;
  byId("sound-sirens").disabled = true;
  const { status, data } = await ask("siren-calls", given);
  setText(field(form, "problem"), status === 201 ? "" : problemOf(status, data));
  if (status === 201) {
    page.say(data.is_wide ? t("siren.asked") : t("siren.told"));
    chosen.clear();
    for (const tick of byId("rows").querySelectorAll("input")) tick.checked = false;
    /** @type {HTMLInputElement} */ (form.elements.namedItem("area")).value = "";
  }
  await look();
  showChosen();
}

/** @param {number} status @param {any} data */
function problemOf(status, data) {
  if (status === 409 && ["too_long", "nothing_to_sound", "two_persons", "over"].includes(data?.error)) {
    return t(`siren.refused.${data.error}`, { n: form.dataset.longest ?? "" });
  }
  return status === 404 ? t("siren.unknown") : t("act.failed");
}

/** @param {string} path */
async function act(path) {
  const { status, data } = await ask(path, {});
  if (status !== 200 && status !== 204) page.say(problemOf(status, data));
  await look();
}

async function find(/** @type {string} */ text) {
  const { status, data } = await ask(`areas?q=${encodeURIComponent(text)}&limit=20`);
  if (status !== 200) return;
  for (const { id, name } of data.items) areas.set(name, id);
  byId("areas").replaceChildren(...data.items.map(() => made("option", "")));
  [...byId("areas").children].forEach((option, nth) => (option.value = data.items[nth].name));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void sound();
});
form.addEventListener("input", (event) => {
  showChosen();
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.name !== "area") return;
  clearTimeout(finding);
  finding = setTimeout(() => find(box.value), FIND_MS);
});
byId("rows").addEventListener("change", (/** @type {any} */ event) => {
  const id = event.target.closest("[data-siren]").dataset.siren;
  if (event.target.checked) chosen.add(id);
  else chosen.delete(id);
  showChosen();
});
byId("rows").addEventListener("click", (/** @type {any} */ event) => {
  const id = event.target.closest("[data-siren]")?.dataset.siren;
  if (actOf(event) === "stop" && id) void act(`sirens/${id}/stop`);
});
byId("calls").addEventListener("click", (/** @type {any} */ event) => {
  const id = event.target.closest("[data-call]")?.dataset.call;
  const what = actOf(event);
  if (what && id) void act(`siren-calls/${id}/${what}`);
});
byId("again").addEventListener("click", () => look());
if (incident) {
  byId("for-incident").hidden = false;
  setText(byId("for-incident"), t("siren.for_incident", { n: incident }));
}
page.onTick(showChosen);
new Keys({ KeyT: toggleTheme });
setInterval(() => {
  if (!document.hidden && !page.isStale) void look();
}, LOOK_MS);
void find("");
void look();
