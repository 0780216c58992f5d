/** The page of one device: it comes complete from the server; here it is kept fresh, and acted on. Read this first. */
import { page } from "./page.js";
import { isRefused } from "./acting.js";
import { ask } from "./api.js";
import { reveal } from "./contacts.js";
import { openCredential } from "./device_credential.js";
import { openService } from "./device_service.js";
import { Edit } from "./device_edit.js";
import { drawPlace } from "./device_place.js";
import { actOf, byId, field, setText, useShape } from "./dom.js";
import { drawApart } from "./history_strip.js";
import { Keys } from "./keys.js";
import { fillTimes, keptFresh } from "./parts.js";
import { shrunk } from "./register_photo.js";
import { stateWords } from "./state_words.js";
import { toggleTheme } from "./theme.js";
import { ago, moment, number, span, t } from "./words.js";

let device = readDevice();
/** The version a step of its life left behind, as long as it can be undone here. */
let undoable = "";

function readDevice() {
  return JSON.parse(byId("device").textContent);
}

const refresh = keptFresh(() => {
  device = readDevice();
  show();
});

function show() {
  fillTimes();
  drawPlace(device);
  for (const strip of document.querySelectorAll("[data-cells]")) drawApart(strip, strip.getAttribute("data-cells") ?? "");
  showNow();
}

function showNow() {
  const now = byId("now");
  const seen = field(now, "seen");
  if (!seen || document.body.classList.contains("loading")) return;
  const { last_seen_at: seenAt, since_at: sinceAt, battery_pct: battery, last_test_at: testAt } = device;
  const known = (/** @type {string} */ words) => (page.isStale ? "—" : words);
  setText(seen, seenAt === null ? t("device.never") : known(ago(page.time.since(seenAt))));
  setText(field(now, "battery"), battery === null ? "–" : `${number(battery)} %`);
  setText(field(now, "test"), testAt === null ? t("device.never") : moment(testAt, page.time.now()));
  const state = field(now, "state");
  if (!state) return;
  setText(state, stateWords(device.state, device.last_seen_at));
  useShape(/** @type {Element} */ (now.querySelector(".glyph")), `state-${device.state}`);
  now.dataset.state = device.state;
  setText(field(now, "since"), sinceAt === null ? "" : known(t("device.since", { span: span(page.time.since(sinceAt)) })));
}

/** @param {{id: string[], state: string[], since_at: any[], last_seen_at: any[], battery_pct: any[]}} changed */
function onDevices(changed) {
  const at = changed.id.indexOf(device.id);
  if (at < 0) return;
  if (device.state !== changed.state[at]) void refresh();
  device.state = changed.state[at];
  device.since_at = changed.since_at[at];
  device.last_seen_at = changed.last_seen_at[at];
  device.battery_pct = changed.battery_pct[at];
  showNow();
}

/** @param {number} status @param {any} data */
export function problemOf(status, data) {
  if (status === 0) return t("bulk.not_reached");
  if (data?.error === "version_conflict") return t("device.conflict");
  return t("bulk.refused", { why: data?.message ?? status });
}

/** @param {string} to */
async function step(to) {
  if (to === "RETIRED" && !(await credential.isSure(t("device.retire_title"), t("device.retire_sure"), t("device.step.RETIRED")))) return;
  const { status, data } = await ask(`devices/${device.id}`, { version: device.version, lifecycle: to }, "PATCH");
  if (status === 409 && data?.error === "version_conflict") await refresh();
  if (status !== 200) return page.say(problemOf(status, data));
  undoable = data.version;
  setText(byId("undo-words"), t("device.stepped", { word: t(`word.lifecycle.${to}`) }));
  byId("undo-foot").hidden = false;
  await refresh();
}

async function undo() {
  const { status, data } = await ask(`devices/${device.id}/lifecycle/undo`, { version: undoable });
  byId("undo-foot").hidden = true;
  page.say(status === 200 ? t("device.undone") : problemOf(status, data));
  await refresh();
}

/** @param {HTMLElement} place */
async function showContacts(place) {
  const { status, data } = await reveal(place);
  if (status !== 200) page.say(problemOf(status, data));
}

/** @param {HTMLInputElement} box */
async function takePhoto(box) {
  const file = box.files?.[0];
  if (!file) return;
  box.value = "";
  const small = await shrunk(file).catch(() => null);
  if (!small) return page.say(t("register.photo_failed"));
  if (isRefused("")) return page.say(problemOf(0, null));
  const request = { method: "PUT", body: small, headers: { "Content-Type": "image/jpeg", Accept: "application/json" } };
  const answer = await fetch(`/api/v1/devices/${device.id}/photo`, request).catch(() => null);
  if (answer?.ok) page.say(t("device.photo_kept"));
  else page.say(problemOf(answer?.status ?? 0, await answer?.json().catch(() => null)));
  await refresh();
}

/** @param {Event} event */
function onClick(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const toStep = /** @type {HTMLElement|null} */ (target.closest("[data-step]"));
  if (toStep) return void step(toStep.dataset.step ?? "");
  const act = actOf(event);
  if (act === "reveal") void showContacts(/** @type {HTMLElement} */ (target.closest("[data-holder]")));
  else if (act === "issue") void credential.issue(device.id);
  else if (act === "revoke") void credential.revoke(device.id);
}

const mayChange = document.getElementById("edit") !== null;
const credential = mayChange ? openCredential({ problemOf, onDone: refresh }) : /** @type {any} */ (null);
const edit = mayChange
  ? new Edit({
      device: () => device,
      problemOf,
      onWritten: async () => {
        byId("undo-foot").hidden = true;
        page.say(t("device.written"));
        await refresh();
      },
    })
  : null;
byId("page").addEventListener("click", onClick);
byId("page").addEventListener("change", (/** @type {Event} */ event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.id === "photo-file") void takePhoto(box);
});
document.getElementById("edit-open")?.addEventListener("click", () => edit?.open());
byId("undo").addEventListener("click", undo);
new Keys({
  KeyE: () => edit?.open(),
  KeyB: () => /** @type {HTMLElement|null} */ (document.querySelector("[data-step=MAINTENANCE], [data-step=ACTIVE]"))?.click(),
  KeyT: toggleTheme,
});
openService(device.id, refresh);
page.onEvent("devices", onDevices);
page.onEvent("snapshot", show);
page.onTick(showNow);
new ResizeObserver(() => drawPlace(device)).observe(byId("page"));
show();
