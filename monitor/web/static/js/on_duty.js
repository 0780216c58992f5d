/** On the desk: who has it. Looked up again and again, for it changes on another screen. */
import { ask } from "./api.js";
import { byId, setText } from "./dom.js";
import { moment, t } from "./words.js";

const LOOK_MS = 30_000;

/** @param {() => number} now  by the server's clock */
export function openOnDuty(now) {
  const sign = document.getElementById("desk-officer");
  if (!sign) return; // its role has no desk
  const role = byId("my-role").textContent ?? "";
  const again = () => void look(sign, role, now());
  again();
  setInterval(() => {
    if (!document.hidden) again();
  }, LOOK_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) again();
  });
}

/** @param {HTMLElement} sign @param {string} role  of whoever looks @param {number} now */
async function look(sign, role, now) {
  const { status, data } = await ask("shift/officer");
  const isMine = status === 200 && data.officer === byId("me").textContent;
  const word = status === 200 && t(!data.officer ? "shift.desk_free" : data.is_handing_over ? "shift.desk_handing" : "shift.desk_held");
  setText(byId("my-role"), isMine ? `${role} · ${word}` : role);
  sign.classList.toggle("free", status === 200 && !data.officer);
  sign.hidden = status !== 200 || isMine; // nobody knows now: an old name would be taken for whoever has it
  if (sign.hidden) return;
  const about = { officer: data.officer, time: data.taken_at && moment(data.taken_at, now) };
  sign.title = data.officer ? t(data.is_handing_over ? "shift.handing" : "shift.held", about) : t("shift.nobody");
  setText(byId("desk-officer-name"), data.officer ?? t("shift.desk_nobody"));
  setText(byId("desk-officer-word"), word);
}
