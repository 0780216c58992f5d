/** The shift: taken with a tone and a read-back, handed over with notes, and the log of it. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId, field, made, setText } from "./dom.js";
import { Keys } from "./keys.js";
import { screenId } from "./receipts.js";
import { openRoster } from "./roster.js";
import { DutyLog, fillOpen } from "./shift_lists.js";
import { Sound } from "./sound.js";
import { toggleTheme } from "./theme.js";
import { isWord, moment, t } from "./words.js";

const LOOK_S = 15;
const GIVE_BACK_MS = 10 * 60 * 1000;

const root = byId("shift");
const me = root.dataset.user;
const takeForm = /** @type {HTMLFormElement} */ (byId("take-form"));
const handForm = /** @type {HTMLFormElement} */ (byId("hand-form"));
const noteForm = /** @type {HTMLFormElement} */ (byId("note-form"));
const log = new DutyLog();
/** @type {any} */
let told = null;
let seconds = 0;

const sound = new Sound({
  onState: () => {},
  onMeasured: (keys) => keys.includes("test") && setText(byId("tone-said"), t("shift.tone_sounded")),
});

function playTone() {
  if (takeForm.hidden) return;
  sound.unlock();
  sound.test();
  setText(byId("tone-said"), sound.state === "blocked" ? t("shift.tone_blocked") : t("shift.tone_playing"));
  for (const box of takeForm.querySelectorAll("[name=heard]")) /** @type {HTMLInputElement} */ (box).disabled = false;
}

async function look() {
  const { status, data } = await ask("shift");
  if (status === 200) show(data);
}

/** @param {any} data */
function show(data) {
  told = data;
  const { current, pending } = data;
  const isMine = current?.officer === me;
  const isHanding = current?.state === "HANDING_OVER";
  const now = page.time.now();
  const since = current && moment(current.taken_at, now);
  byId("on-duty").classList.toggle("is-nobody", !current);
  if (!current) setText(byId("on-duty"), t("shift.nobody"));
  else setText(byId("on-duty"), t(isHanding ? "shift.handing" : "shift.held", { officer: current.officer, time: since }));
  takeForm.hidden = isMine;
  handForm.hidden = !isMine || isHanding;
  byId("waiting").hidden = !isMine || !isHanding;
  byId("give-back").hidden = !isMine || now - Date.parse(current.taken_at) > GIVE_BACK_MS;
  noteForm.hidden = !current;
  for (const id of ["print", "copy"]) byId(id).hidden = !current;
  if (current) byId("print").href = `/shift/${current.id}`;
  setText(byId("pending"), pending.n ? t("shift.pending", { n: pending.n }) : "");
  byId("left-note").hidden = !(isHanding && current.note);
  setText(byId("left-note"), isHanding && current.note ? t("shift.left_note", { note: current.note }) : "");
  byId("open-none").hidden = fillOpen(byId("open-items"), pending) > 0;
  byId("happened-title").hidden = !current;
  byId("happened").replaceChildren(...data.happened.map((/** @type {string} */ line) => made("li", line)));
  askReason();
}

/** Without a hand-over, or without a tone, somebody must say why. */
function askReason() {
  const isHanded = !told?.current || told.current.state === "HANDING_OVER";
  const isDeaf = new FormData(takeForm).get("heard") === "no";
  byId("reason-field").hidden = isHanded && !isDeaf;
  const why = [isHanded ? "" : t("shift.refused.not_handed_over"), isDeaf ? t("shift.refused.not_heard") : ""];
  setText(byId("reason-why"), why.filter(Boolean).join(" · "));
}

/** @param {HTMLFormElement} form @param {string} path @param {object} body @param {string} done */
async function act(form, path, body, done) {
  if (page.isStale) return page.say(t("shift.not_live"));
  const { status, data } = await ask(path, body);
  const isDone = status === 200 || status === 201;
  setText(field(form, "problem"), isDone ? "" : refusal(status, data));
  if (!isDone) return void look();
  page.say(t(done));
  show(data);
  await log.load();
}

/** @param {number} status @param {any} data */
function refusal(status, data) {
  if (status === 403) return t("act.not_allowed");
  const key = `shift.refused.${data?.error}`;
  return isWord(key) ? t(key) : status === 409 ? t("shift.changed") : t("act.failed");
}

function take() {
  const given = new FormData(takeForm);
  const heard = given.get("heard");
  const missing = !heard ? t("shift.tone_first") : given.get("read") ? "" : t("shift.refused.not_read_back");
  setText(field(takeForm, "problem"), missing);
  if (missing) return;
  const { current } = told;
  const seen = current && { id: current.id, version: current.version };
  const said = { has_read_back: true, is_heard: heard === "yes", reason: String(given.get("reason") ?? "") };
  void act(takeForm, "shift/take", { seen, screen: screenId(), ...said }, "shift.taken").then(() => takeForm.reset());
}

/** @param {string} verb @param {object} more @param {string} done */
const own = (verb, more, done) =>
  act(handForm, `shifts/${told.current.id}/${verb}`, { version: told.current.version, ...more }, done);

takeForm.addEventListener("submit", (event) => (event.preventDefault(), take()));
takeForm.addEventListener("change", askReason);
byId("tone").addEventListener("click", playTone);
handForm.addEventListener("submit", (event) => {
  event.preventDefault();
  void own("handover", { note: String(new FormData(handForm).get("note")) }, "shift.handed").then(() => handForm.reset());
});
for (const id of ["give-back", "take-back"]) byId(id).addEventListener("click", () => own("take-back", {}, "shift.undone"));
noteForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { status, data } = await ask(`shifts/${told.current.id}/notes`, { text: String(new FormData(noteForm).get("text")) });
  if (status !== 200) return page.say(t("act.failed"));
  noteForm.reset();
  show(data);
  await log.load();
});
byId("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(told.text);
  page.say(t("shift.copied"));
});
page.onEvent("resync", () => {
  void look();
  void log.load();
});
page.onTick((isStale) => {
  for (const button of root.querySelectorAll(".act")) /** @type {HTMLButtonElement} */ (button).disabled = isStale;
  seconds += 1;
  if (isStale || seconds % LOOK_S) return;
  void look();
});
/** @param {string} id @param {string} selector */
const go = (id, selector) => !byId(id).hidden && byId(id).querySelector(selector).focus();
new Keys({
  KeyP: playTone,
  KeyN: () => (takeForm.hidden ? undefined : take()),
  KeyB: () => go("hand-form", "textarea"),
  KeyT: toggleTheme,
});
openRoster({ canPlan: root.dataset.plans === "yes" });
void look();
void log.load();
