/** Ctrl+K: a few letters, and Enter leads to a page, to a device, or does something; accents may be left out. */
import { ask } from "./api.js";
import { byId, made, setAttribute, setText } from "./dom.js";
import { fold, t } from "./words.js";

const FIND_MS = 150;
const MOST = 8;

/** @typedef {{words: string, note: string, address?: string, go: () => void}} Choice */

/** @type {Choice[]} what can be chosen now */
let choices = [];
let at = 0;
/** @type {number|undefined} */
let waiting = undefined;
let isOpen = false;

export function openPalette() {
  const dialog = byId("palette");
  if (!isOpen) listen();
  isOpen = true;
  if (!dialog.open) dialog.showModal();
  byId("palette-words").dispatchEvent(new Event("input")); // of what was typed while this was on its way
}

function listen() {
  byId("palette-words").addEventListener("input", () => {
    const words = byId("palette-words").value;
    show(ofThePage(words));
    clearTimeout(waiting);
    if (words.trim().length > 1) waiting = setTimeout(() => find(words), FIND_MS);
  });
  byId("palette").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(at + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter") choices[at]?.go();
    else return;
    event.preventDefault();
  });
  byId("palette-found").addEventListener("click", (/** @type {any} */ event) => {
    const row = event.target.closest("li");
    if (row) choices[Number(row.dataset.at)]?.go();
  });
}

/** @param {string} words @returns {Choice[]} */
function ofThePage(words) {
  const wanted = fold(words);
  return everyChoice().filter((each) => fold(each.words).includes(wanted)).slice(0, MOST);
}

/** Pages as the navigation has them, and what every page can do. @returns {Choice[]} */
export function everyChoice() {
  const links = [.../** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("#nav a"))];
  const pages = links.map((link) => leading(link.textContent?.trim() ?? "", link.href));
  const acts = [
    ["act.theme", () => byId("theme").click()],
    ["keys.title", () => act(() => byId("keys").showModal())],
    ["audio.test", () => act(() => document.getElementById("sound-test")?.click())],
  ].map(([key, go]) => ({ words: t(String(key)), note: t("palette.act"), go: /** @type {() => void} */ (go) }));
  return [...pages, leading(t("nav.wall"), "/wall"), ...acts];
}

/** @param {string} words @param {string} address @returns {Choice} */
const leading = (words, address) => ({ words, note: t("palette.page"), address, go: () => location.assign(address) });

/** @param {() => void} then */
function act(then) {
  byId("palette").close();
  then();
}

/** @param {string} words */
async function find(words) {
  const { status, data } = await ask(`inventory?q=${encodeURIComponent(words)}&limit=${MOST}`);
  if (status !== 200 || byId("palette-words").value !== words) return;
  const devices = data.items.map((/** @type {any} */ { id, name, group_name: group }) => ({
    words: `${id} · ${name}`,
    note: group ?? t("nav.devices"),
    go: () => location.assign(`/devices/${encodeURIComponent(id)}`),
  }));
  show([...ofThePage(words), ...devices]);
}

/** @param {Choice[]} found */
function show(found) {
  choices = found;
  const rows = found.map(({ words, note }, n) => {
    const row = made("li", "");
    row.id = `palette-${n}`;
    row.setAttribute("role", "option");
    row.dataset.at = String(n);
    row.append(made("b", words), made("span", note));
    return row;
  });
  byId("palette-found").replaceChildren(...rows);
  setText(byId("palette-none"), found.length ? "" : t("palette.none"));
  choose(0);
}

/** @param {number} wanted */
function choose(wanted) {
  at = Math.max(0, Math.min(wanted, choices.length - 1));
  const rows = byId("palette-found").children;
  for (let n = 0; n < rows.length; n += 1) setAttribute(rows[n], "aria-selected", String(n === at));
  setAttribute(byId("palette-words"), "aria-activedescendant", choices.length ? `palette-${at}` : null);
  rows[at]?.scrollIntoView({ block: "nearest" });
}
