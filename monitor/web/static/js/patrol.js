/**
 * On the way: what is said is kept on the phone until the server has it, and says so; "sent" is said of nothing that was
 * not answered. How far it is, is counted on the phone alone.
 */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId, made, setText } from "./dom.js";
import { keptFresh } from "./parts.js";
import { renewEvery } from "./renewing.js";
import { hour, number, stopwatch, t } from "./words.js";

const EARTH_M = 6_371_000;
const AGAIN_MS = 4000;
const EYES_S = 15;
const incident = JSON.parse(byId("patrol").textContent);
const KEPT = `chuong.patrol/${incident.id}`;

/** @typedef {{word: string, at: number, isSent: boolean, why?: string}} Said  `why`: it was refused, and will not be sent again */

/** @type {Said[]} */
const said = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
let isSending = false;

/** @param {string} word */
function say(word) {
  said.push({ word, at: Date.now(), isSent: false });
  keep();
  void send();
}

function keep() {
  localStorage.setItem(KEPT, JSON.stringify(said));
  byId("said-none").hidden = said.length > 0;
  const rows = said.map((each) => {
    const row = made("li", `${hour(each.at)} · ${t(`patrol.${each.word}`)} · ${cameTo(each)}`);
    row.classList.toggle("waits", !each.isSent && each.why === undefined);
    row.classList.toggle("refused", each.why !== undefined);
    return row;
  });
  byId("said").replaceChildren(...rows.reverse());
}

/** @param {Said} said */
function cameTo({ isSent, why }) {
  if (why !== undefined) return t("patrol.refused", { why });
  return t(isSent ? "patrol.sent" : "patrol.waits");
}

/** In the order in which it was said. */
async function send() {
  const next = said.find(({ isSent, why }) => !isSent && why === undefined);
  if (!next || isSending) return;
  isSending = true;
  const { status, data } = await ask(`incidents/${incident.id}/patrol`, { word: next.word });
  isSending = false;
  if (status === 200) {
    next.isSent = true;
    setText(byId("stage"), t(`incident.stage.${data.stage}`));
    keep();
    void send();
  } else if (status >= 400 && status < 500 && status !== 401) {
    // He drives on believing that they know: it stays in sight, and the next word is sent all the same.
    next.why = data?.message ?? t("act.failed");
    keep();
    void send();
  }
}

function look() {
  if (!incident.place) return;
  if (!navigator.geolocation) return setText(byId("distance"), t("patrol.unplaced"));
  navigator.geolocation.watchPosition(
    ({ coords }) => setText(byId("distance"), t("patrol.away", { m: number(metresTo(coords)) })),
    () => setText(byId("distance"), t("patrol.unplaced")),
    { enableHighAccuracy: true, maximumAge: 5000 },
  );
}

/** @param {{latitude: number, longitude: number}} here */
function metresTo({ latitude, longitude }) {
  const rad = Math.PI / 180;
  const north = (incident.place.latitude - latitude) * rad;
  const east = (incident.place.longitude - longitude) * rad * Math.cos(latitude * rad);
  const metres = EARTH_M * Math.hypot(north, east);
  return metres < 1000 ? Math.round(metres / 10) * 10 : Math.round(metres / 100) * 100;
}

for (const button of document.querySelectorAll("[data-word]")) {
  button.addEventListener("click", () => say(String(/** @type {HTMLElement} */ (button).dataset.word)));
}
addEventListener("online", () => send());
setInterval(() => send(), AGAIN_MS);
page.onEvent("incident", ({ id, stage }) => {
  if (id === incident.id) setText(byId("stage"), t(`incident.stage.${stage}`));
});
renewEvery(keptFresh(() => {}), EYES_S);
page.onTick((isStale) => setText(byId("timer"), isStale ? "—" : stopwatch(page.time.since(incident.opened_at))));
keep();
look();
void send();
