/** One incident: it comes complete from the server; here it is kept fresh, and acted on. Read this first. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { reveal } from "./contacts.js";
import { actOf, byId, setText } from "./dom.js";
import { keepDrafts, settleDrafts } from "./drafts.js";
import { DutyList } from "./duty_list.js";
import { Keys } from "./keys.js";
import { showClocks } from "./layer_clocks.js";
import { keepChosen } from "./part_renewal.js";
import { fillTimes, keptFresh } from "./parts.js";
import { renewEvery } from "./renewing.js";
import { toggleTheme } from "./theme.js";
import { exactly, hour, t } from "./words.js";

const SOON_MS = 200; // a step comes with its alarm, its line and its counts: one look is enough
const DUTIES_MS = 3000;
const EYES_S = 15;
const STEPS = { KeyV: "VERIFYING", KeyD: "DISPATCHED", KeyE: "EN_ROUTE", KeyS: "ON_SCENE" };
let incident = read();
/** @type {number|undefined} */
let soon = undefined;
let toldGroups = ""; // which groups know of the dispatch, as last seen

function read() {
  return JSON.parse(byId("incident").textContent);
}

const refresh = keptFresh(() => {
  const { stage } = incident;
  incident = read();
  // What can be filled in is another once it is over, whoever ended it.
  if (incident.stage !== stage && ["CLOSED", "MERGED"].includes(incident.stage)) return location.reload();
  show();
});

// No event tells that an eye near it went down, or came back.
renewEvery(refresh, EYES_S);

function refreshSoon() {
  soon ??= setTimeout(() => {
    soon = undefined;
    void refresh();
  }, SOON_MS);
}

function show() {
  fillTimes();
  showClocks();
  const opened = Date.parse(incident.opened_at);
  for (const cell of document.querySelectorAll("[data-at]")) {
    const at = Date.parse(/** @type {HTMLElement} */ (cell).dataset.at ?? "");
    setText(cell, at === opened ? hour(at) : t("incident.after", { time: hour(at), span: exactly((at - opened) / 1000) }));
  }
}

/** On their way now: a second click means the first. @type {Set<string>} */
const sending = new Set();

/** Sends an act, says what stands in its way, and shows what is there now.
 * @param {string} what @param {object} body @param {HTMLElement} [field]  that was chosen or ticked for it */
async function act(what, body, field) {
  const words = `${what} ${JSON.stringify(body)}`;
  if (sending.has(words)) return false;
  sending.add(words);
  try {
    return await sent(what, body, field ? keepChosen(field) : () => {});
  } finally {
    sending.delete(words);
  }
}

/** @param {string} what @param {object} body @param {() => void} isTold  the page says what was chosen, or that it is not */
async function sent(what, body, isTold) {
  const { status, data } = await ask(`incidents/${incident.id}/${what}`, body);
  const isDone = status === 200;
  if (isDone) settleDrafts(body);
  else {
    page.say(problemOf(status, data));
    isTold();
  }
  await refresh();
  isTold();
  return isDone;
}

/** @param {number} status @param {any} data */
function problemOf(status, data) {
  if (status === 0) return t("bulk.not_reached");
  if (data?.error === "version_conflict") return t("incident.conflict");
  return t("bulk.refused", { why: data?.message ?? status });
}

/** @param {object} [more] */
const seen = (more = {}) => ({ version: incident.version, ...more });

const unseenOf = () => incident.alarms.filter((/** @type {any} */ { state }) => /UNACKNOWLEDGED$/.test(state));

async function acknowledge() {
  for (const { id, version } of unseenOf()) {
    const { status, data } = await ask(`alarms/${id}/acknowledge`, { version });
    if (status !== 200) page.say(problemOf(status, data));
  }
  await refresh();
}

/** @param {string} step */
function advance(step) {
  if (document.querySelector(`[data-step="${step}"]`)) void act("steps", seen({ step }));
}

/** @param {Event} event */
function onClick(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const button = /** @type {HTMLElement|null} */ (target.closest("button"));
  if (!button) return;
  const { step, call, unmerge, version, order, post } = button.dataset;
  const place = /** @type {HTMLElement|null} */ (button.closest("[data-whom]"));
  if (step) return advance(step);
  if (call && place) return void act("calls", { whom: place.dataset.whom, result: call });
  if (order) return void act("layers/order", { layer: Number(order) });
  if (post) return void answered(post);
  if (unmerge) return void letGo(unmerge, Number(version));
  const named = actOf(event);
  if (named === "acknowledge") void acknowledge();
  else if (named === "cancel-layers") void act("layers/cancel", {});
  else if (named === "take-back") void act("take-back", seen());
  else if (named === "reveal" && place) void showContacts(place);
}

/** @param {HTMLElement} place */
async function showContacts(place) {
  const { status, data } = await reveal(place);
  if (status !== 200) page.say(problemOf(status, data));
}

/** @param {string} post  a unit of a ring has the warning */
async function answered(post) {
  const { status, data } = await ask(`layer-posts/${post}/acknowledge`, {});
  if (status !== 204) page.say(problemOf(status, data));
  await refresh();
}

/** @param {string} id @param {number} version */
async function letGo(id, version) {
  const { status, data } = await ask(`incidents/${id}/unmerge`, { version });
  if (status !== 200) page.say(problemOf(status, data));
  await refresh();
}

/** @param {Event} event */
function onChange(event) {
  const target = /** @type {HTMLInputElement} */ (event.target);
  if (target.dataset.plan) void act("plan", { step: target.dataset.plan, is_done: target.checked }, target);
  if (target.id === "verification") void act("verification", seen({ level: Number(target.value) }), target);
}

/** @param {SubmitEvent} event */
async function onSubmit(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const said = Object.fromEntries(new FormData(form));
  if (form.id === "closing") await act("close", seen(said));
  if (form.id === "merge" && (await act("merge", seen({ into: Number(said.into) })))) location.assign(`/incidents/${said.into}`);
  if (form.id === "footage") await askFootage(form);
  if (form.id === "note") await act("notes", said);
}

/** Who asked for what, and by which document: a line that stays. @param {HTMLFormElement} form */
async function askFootage(form) {
  const said = new FormData(form);
  const eyes = said.getAll("eye").join(", ");
  if (!eyes) return page.say(t("footage.choose"));
  const [from, to] = [String(said.get("from")), String(said.get("to"))];
  const text = t("footage.note", { eyes, from, to, document: String(said.get("document") || "–") });
  if (await act("notes", { text })) form.reset();
}

/** @param {any} told */
function onIncident(told) {
  if (told.id === incident.id || incident.merged.some((/** @type {any} */ { id }) => id === told.id)) refreshSoon();
}

/** @param {any} told  an alarm, or the counts of one */
function onAlarm(told) {
  if (incident.alarms.some((/** @type {any} */ { id }) => id === told.id)) refreshSoon();
}

const main = byId("page");
main.addEventListener("click", onClick);
main.addEventListener("change", onChange);
main.addEventListener("submit", (/** @type {SubmitEvent} */ event) => void onSubmit(event));
page.onEvent("incident", onIncident);
page.onEvent("alarm", onAlarm);
page.onEvent("alarm_count", onAlarm);
page.onTick(showClocks);
const steps = Object.fromEntries(Object.entries(STEPS).map(([key, step]) => [key, () => advance(step)]));
new Keys({
  ...steps,
  Space: () => (unseenOf().length ? void acknowledge() : false),
  KeyZ: () => document.querySelector("[data-act=take-back]") && void act("take-back", seen()),
  KeyN: () => document.getElementById("note-text")?.focus(),
  KeyT: toggleTheme,
  Escape: () => location.assign("/"),
});

// Who was told of it: sent and settled without a word on the feed, so it is asked for.
if (document.getElementById("duties")) {
  const duties = new DutyList({ time: page.time, say: (text) => page.say(text), onActed: () => lookAtDuties() });
  const lookAtDuties = async () => {
    const { status, data } = await ask(`duties?incident=${incident.id}`);
    if (status !== 200) return;
    duties.show(data.items, t("duty.none"));
    const dispatched = data.items.filter((/** @type {any} */ { about }) => about === "dispatch");
    const sent = dispatched.map((/** @type {any} */ { id, state }) => `${id}${state}`).join();
    if (sent !== toldGroups) refreshSoon();
    toldGroups = sent;
  };
  setInterval(() => {
    if (!document.hidden && !page.isStale) void lookAtDuties();
  }, DUTIES_MS);
  void lookAtDuties();
}
show();
if (keepDrafts(`draft/incident/${incident.id}`, "note-text")) page.say(t("incident.draft"));
