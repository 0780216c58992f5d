/** Gong signals and tips: logged by hand, and tips rated later. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { actOf, byId, field, fromTemplate, made, setAttribute, setText } from "./dom.js";
import { Keys } from "./keys.js";
import { toggleTheme } from "./theme.js";
import { moment, t } from "./words.js";

const SHOWN = 30;
const FIND_MS = 150;
const ZONE = "+07:00"; // the post's, wherever the browser stands
const hearsZalo = Boolean(document.getElementById("heard"));
const seesTips = Boolean(document.getElementById("tips"));
/** @type {Map<string, string>} name → id of what was looked up */
const areas = new Map();
/** @type {number|undefined} */
let finding = undefined;

async function find(/** @type {string} */ text) {
  const { status, data } = await ask(`areas?q=${encodeURIComponent(text)}&limit=20`);
  if (status !== 200) return;
  for (const { id, name } of data.items) areas.set(name, id);
  byId("areas").replaceChildren(...data.items.map((/** @type {any} */ area) => made("option", "")));
  [...byId("areas").children].forEach((option, nth) => (option.value = data.items[nth].name));
}

async function look() {
  const { status, data } = await ask(`gong-signals?limit=${SHOWN}`);
  if (status === 200) show("signals", data.items.map(signalRow));
  if (!seesTips) return;
  const [tips, report] = await Promise.all([ask(`tips?limit=${SHOWN}`), ask("tips/report")]);
  if (tips.status === 200) show("tips", tips.data.items.map(tipRow));
  const heard = hearsZalo ? await ask(`zalo/heard?limit=${SHOWN}`) : null;
  if (heard?.status === 200) show("heard", heard.data.items.map(heardRow));
  if (report.status === 200) setText(byId("tip-lines"), `${t("tip.days")}: ${report.data.lines.join(" · ")}`);
}

/** @param {string} list @param {HTMLElement[]} rows */
function show(list, rows) {
  byId(list).replaceChildren(...rows);
  byId(`${list}-none`).hidden = rows.length > 0;
}

/** @param {any} signal */
function signalRow(signal) {
  const row = fromTemplate("told");
  row.classList.toggle("is-alarm", signal.is_alarm);
  setText(field(row, "title"), signal.meaning);
  setText(field(row, "where"), [signal.area_name ?? signal.area_id, signal.place, signal.note].filter(Boolean).join(" · "));
  setText(field(row, "by"), byWords(signal.struck_at, signal.logged_by));
  return row;
}

/** @param {any} tip */
function tipRow(tip) {
  const row = fromTemplate("told");
  row.dataset.tip = tip.id;
  setText(field(row, "title"), tip.text);
  setText(field(row, "where"), [t(`tip.source.${tip.source}`), tip.area_name ?? tip.area_id].filter(Boolean).join(" · "));
  setText(field(row, "by"), byWords(tip.told_at, tip.logged_by));
  /** @type {HTMLElement} */ (row.querySelector(".rating")).hidden = false;
  /** @type {HTMLElement} */ (row.querySelector(".placing")).hidden = Boolean(tip.area_id);
  setAttribute(/** @type {Element} */ (row.querySelector("[data-act=valuable]")), "aria-pressed", String(tip.is_valuable === true));
  setAttribute(/** @type {Element} */ (row.querySelector("[data-act=worthless]")), "aria-pressed", String(tip.is_valuable === false));
  return row;
}

/** Written to the Zalo account: by whom, in which group, and until when it may answer. @param {any} heard */
function heardRow(heard) {
  const row = fromTemplate("told");
  const now = page.time.now();
  const isFollowing = heard.event === "follow" || heard.event === "unfollow";
  setText(field(row, "title"), isFollowing ? t(heard.event === "follow" ? "heard.follow" : "heard.unfollow") : heard.text || heard.event);
  const who = [heard.group_id && t("heard.group", { id: heard.group_id }), t("heard.user", { id: heard.user_id }), heard.tip_id && t("heard.is_tip")];
  setText(field(row, "where"), who.filter(Boolean).join(" · "));
  const isOpen = heard.open_until_at && Date.parse(heard.open_until_at) > now;
  const window = isOpen ? t("heard.open", { time: moment(heard.open_until_at, now) }) : t("heard.shut");
  setText(field(row, "by"), `${moment(heard.said_at, now)} · ${window}`);
  return row;
}

/** @param {string} at @param {string} name */
const byWords = (at, name) => t("reported.by", { time: moment(at, page.time.now()), name });

/** What came by Zalo came from nowhere: an officer says what area it is about. @param {HTMLFormElement} form */
async function place(form) {
  const typed = String(new FormData(form).get("area") ?? "");
  const id = /** @type {HTMLElement} */ (form.closest("[data-tip]")).dataset.tip;
  const { status, data } = await ask(`tips/${id}/area`, { area_id: areas.get(typed) ?? typed });
  if (status !== 200) return page.say([409, 422].includes(status) ? t("reported.area_unknown") : data?.message ?? t("act.failed"));
  page.say(t("tip.placed"));
  askAbout(data);
  await look();
}

/** @param {HTMLFormElement} form @param {string} path @param {string[]} names */
async function send(form, path, names) {
  const values = new FormData(form);
  const typed = String(values.get("area") ?? "");
  const area = areas.get(typed) ?? typed;
  const at = String(values.get("at") ?? "");
  /** @type {Record<string, string>} */
  const given = { area_id: area };
  for (const name of names) if (values.get(name)) given[name] = String(values.get(name));
  if (at) given[path === "tips" ? "told_at" : "struck_at"] = `${at}:00${ZONE}`;
  const { status, data } = await ask(path, given);
  const problem = status === 201 ? "" : status === 422 ? t("reported.area_unknown") : data?.message ?? t("act.failed");
  setText(field(form, "problem"), problem);
  if (status !== 201) return;
  for (const name of ["text", "note", "place"]) {
    const box = /** @type {HTMLInputElement|null} */ (form.elements.namedItem(name));
    if (box) box.value = "";
  }
  page.say(t("reported.logged"));
  if (path === "tips") askAbout(data);
  await look();
}

/** Is it about a case that goes on there? @param {any} tip */
function askAbout(tip) {
  const rows = tip.near.map((/** @type {any} */ { id, code }) => {
    const row = fromTemplate("near");
    setText(field(row, "question"), t("incident.merge_question", { code }));
    row.addEventListener("click", async (event) => {
      const answer = actOf(event);
      if (answer === "no") row.remove();
      if (answer !== "yes") return;
      const { status, data } = await ask(`incidents/${id}/tips`, { tip: tip.id });
      if (status !== 200) return page.say(data?.message ?? t("act.failed"));
      byId("tip-near").replaceChildren();
      page.say(t("tip.merged", { code }));
    });
    return row;
  });
  byId("tip-near").replaceChildren(...rows);
  rows[0]?.querySelector("button").focus();
}

/** @param {string} id @param {string} path @param {string[]} names */
function listen(id, path, names) {
  const form = /** @type {HTMLFormElement} */ (byId(id));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form, path, names);
  });
}

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.name !== "area") return;
  clearTimeout(finding);
  finding = setTimeout(() => find(target.value), FIND_MS);
});

listen("gong-form", "gong-signals", ["code", "place", "note"]);
if (seesTips) {
  listen("tip-form", "tips", ["source", "text"]);
  byId("tips").addEventListener("submit", (event) => {
    event.preventDefault();
    void place(/** @type {HTMLFormElement} */ (event.target));
  });
  byId("tips").addEventListener("click", async (/** @type {any} */ event) => {
    const act = actOf(event);
    const id = event.target.closest("[data-tip]")?.dataset.tip;
    if (!act || !id) return;
    const isTakenBack = event.target.closest("[data-act]").getAttribute("aria-pressed") === "true";
    const { status } = await ask(`tips/${id}/rating`, { is_valuable: isTakenBack ? null : act === "valuable" });
    if (status !== 200) page.say(t("act.failed"));
    await look();
  });
}
new Keys({ KeyT: toggleTheme });
void find("");
void look();
