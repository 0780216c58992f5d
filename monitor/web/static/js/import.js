/** `/import`: a list is chosen, tried, answered, written as a whole, and taken back. */
import { page } from "./page.js";
import { byId, field, setText } from "./dom.js";
import { call, correctedAddress } from "./import_api.js";
import { Done } from "./import_done.js";
import { BINS, leftToDecide, toWrite } from "./import_model.js";
import { Plot } from "./import_plot.js";
import { Review } from "./import_review.js";
import { Rows } from "./import_rows.js";
import { Session } from "./import_session.js";
import { Start, why } from "./import_start.js";
import { number, t } from "./words.js";

/** @type {Session|null} */
let session = null;
let isWriting = false;

const start = new Start({ onRun: (run) => review(run), onOpen: (batch) => open(batch.id), onReading: (is) => go(is ? "reading" : "start"), now: () => page.time.now() });
const done = new Done({ onUndone: (batch) => finish(batch, t("import.undone")), now: () => page.time.now() });
const rows = new Rows({
  answer: (problem, answer, isForAll) => session?.answer(problem, answer, isForAll),
  forget: (answer) => session?.forget(answer),
  pick: (problem) => pick(problem),
});
const plot = new Plot((row) => toRow(row));
const summary = new Review({ onFilter: (bins) => session?.filter(bins), onAnswer: (answer) => session?.send({ decisions: [answer] }, 0), onForget: (answer) => session?.forget(answer) });

/** @param {"start"|"reading"|"review"|"done"} state */
function go(state) {
  document.body.dataset.state = state;
  const isList = state === "review";
  byId("page").classList.toggle("filled", isList && matchMedia("(min-width: 1001px) and (min-height: 700px)").matches);
  if (state === "start") setText(byId("lead"), t("import.lead"));
}

/** @param {number|null} id  the address names the list one works on, for a reload */
function address(id) {
  const here = new URL(location.href);
  if (id) here.searchParams.set("id", String(id));
  else here.searchParams.delete("id");
  history.replaceState(null, "", here);
}

/** @param {number} id */
async function open(id) {
  go("reading");
  const answer = await call(`/${id}`);
  if (answer.status !== 200) {
    startAnew();
    return start.refuse(why(answer));
  }
  if (answer.data.state === "draft") return review(answer.data);
  finish(answer.data, "");
}

/** @param {import("./import_model.js").Run} run */
async function review(run) {
  session?.end();
  session = new Session(run, { onChange: changed, onFail: failed });
  address(run.id);
  fail("");
  byId("conflict").hidden = true;
  byId("corrected").href = correctedAddress(run.id);
  go("review");
  await session.load();
  byId("rows-frame").scrollTop = 0;
  tell(t("import.summary", { ok: number(run.tried.valid), warn: number(run.tried.questions), err: number(run.tried.errors) }));
}

function changed() {
  if (!session) return;
  summary.show(session);
  rows.show(session);
  if (session.places) plot.show(session.places);
  foot();
}

function foot() {
  if (!session) return;
  const { run } = session;
  const left = leftToDecide(run);
  const eyes = run.tried.eyes_to_add;
  const count = toWrite(run);
  const isNothing = left === 0 && count === 0;
  const told = { n: number(count), left: number(left) };
  setText(byId("foot-word"), t(left ? "import.left" : isNothing ? "import.nothing" : "import.all_or_nothing", told));
  setText(byId("commit-word"), eyes && !run.tried.changed ? t("import.commit", { n: number(eyes) }) : t("import.commit_rows", told));
  byId("commit").disabled = !run.is_ready || isNothing || isWriting;
  byId("next-open").hidden = left === 0;
}

/** @param {import("./import_model.js").Problem} problem */
function pick(problem) {
  plot.pick((at) => {
    const value = `${at.latitude.toFixed(6)}, ${at.longitude.toFixed(6)}`;
    session?.answer(problem, { row: problem.row, column: "coordinates", choice: "replace", value });
    toRow(problem.row);
  }, t("import.pick_word", { n: problem.row }));
}

/** @param {number} row */
async function toRow(row) {
  if (rows.goTo(row) || !session) return;
  session.answered.add(row);
  await session.load();
  rows.goTo(row);
}

function nextOpen() {
  if (rows.toNextOpen()) return;
  const firstOfFile = /** @type {HTMLElement|null} */ (byId("of-file").querySelector("button"));
  if (firstOfFile) return firstOfFile.focus();
  // They are there, but not under this filter, or further down.
  session?.filter(BINS.filter((bin) => ["question", "duplicate", "error"].includes(bin))).then(() => rows.toNextOpen());
}

async function commit() {
  if (!session || isWriting) return;
  if (leftToDecide(session.run)) {
    page.say(t("import.left", { left: number(leftToDecide(session.run)) }));
    return nextOpen();
  }
  if (byId("commit").disabled) return;
  isWriting = true;
  foot();
  fail("");
  const answer = await call(`/${session.run.id}/commit`, { method: "POST", body: { version: session.run.version } });
  isWriting = false;
  if (answer.status === 200) return finish(answer.data, t("import.saved"));
  if (answer.status === 409 && answer.data?.error === "version_conflict") {
    session.run = answer.data;
    byId("conflict").hidden = false;
    await session.load();
    return byId("rows-frame").focus();
  }
  foot();
  fail(why(answer));
}

/** @param {any} batch @param {string} word */
function finish(batch, word) {
  session?.end();
  session = null;
  address(batch.id);
  byId("corrected").href = correctedAddress(batch.id);
  setText(byId("lead"), batch.file_name);
  go("done");
  done.show(batch);
  if (word) page.say(word);
}

function startAnew() {
  session?.end();
  session = null;
  address(null);
  go("start");
  start.refuse("");
  start.before();
}

/** @param {{status: number, data: any}} answer */
function failed(answer) {
  fail(why(answer));
}

/** @param {string} sentence */
function fail(sentence) {
  byId("problem").hidden = !sentence;
  setText(field(byId("problem"), "what"), sentence);
}

/** @param {string} sentence */
const tell = (sentence) => setText(byId("told"), sentence);

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (document.body.dataset.state !== "review" || event.isComposing || event.repeat) return;
  const isField = /** @type {Element} */ (event.target).matches("input, textarea, select");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    commit();
  } else if (event.key === "Escape") {
    if (plot.onPick) plot.pick(null, "");
    else if (isField) /** @type {HTMLElement} */ (event.target).blur();
    else startAnew();
  }
}

addEventListener("keydown", onKey);
byId("commit").addEventListener("click", commit);
byId("next-open").addEventListener("click", nextOpen);
byId("cancel").addEventListener("click", startAnew);
byId("choose-other").addEventListener("click", () => {
  startAnew();
  start.choose();
});
byId("rows-more").addEventListener("click", () => session?.more());

const id = Number(new URLSearchParams(location.search).get("id"));
if (id) open(id);
else startAnew();
