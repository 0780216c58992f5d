/** On every page: that an account must be authorised anew, for who can do it, and how many messages reached nobody. */
import { ask } from "./api.js";
import { byId, setText } from "./dom.js";
import { number, t, weekdayAndDay } from "./words.js";

const LOOK_MS = 60_000;

export function openTelling() {
  const count = document.getElementById("dead-duties");
  if (!count) return; // its role is told nothing of it
  void look(count);
  setInterval(() => {
    if (!document.hidden) void look(count);
  }, LOOK_MS);
}

/** @param {HTMLElement} count */
async function look(count) {
  const { status, data } = await ask("channels");
  // Nobody knows how many it is now: an old number would be taken for it.
  const dead = status === 200 ? data.items.reduce((/** @type {number} */ sum, /** @type {any} */ way) => sum + way.dead, 0) : 0;
  count.hidden = !dead;
  setText(count, dead ? number(dead) : "");
  count.title = dead ? t("duty.dead_count", { n: number(dead) }) : "";
  const strip = document.getElementById("telling-strip");
  if (!strip || status !== 200) return;
  const late = data.accounts.find((/** @type {any} */ account) => account.needs_person);
  strip.hidden = !late;
  if (late) setText(byId("telling-title"), accountWords(late));
}

/** @param {{fault: string|null, ends_at: string}} account  that somebody must authorise */
export function accountWords(account) {
  const day = weekdayAndDay(Date.parse(account.ends_at)).split(", ").at(-1) ?? account.ends_at;
  return t(account.fault ? "zalo.token_refused" : "zalo.token", { date: day });
}
