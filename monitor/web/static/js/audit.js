/** The audit journal, newest first: filtered, each change with its old value beside the new one, the chain on demand. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId, field, fromTemplate, made, setText } from "./dom.js";
import { isWord, moment, number, t } from "./words.js";

const ZONE = "+07:00"; // the post's, wherever the browser stands
const MOST_VALUES = 12;
const LONGEST = 160;
let next = "";

/** @param {boolean} isMore */
async function look(isMore) {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(byId("filter"))) {
    const text = String(value).trim();
    if (!text) continue;
    if (name === "since") asked.set(name, `${text}T00:00:00${ZONE}`);
    else if (name === "until") asked.set(name, `${text}T23:59:59.999${ZONE}`);
    else asked.set(name, text);
  }
  if (isMore) asked.set("cursor", next);
  const { status, data } = await ask(`audit?${asked}`);
  byId("again").hidden = status === 200;
  byId("nothing").hidden = false;
  if (status !== 200) return setText(byId("nothing-words"), t("audit.problem"));
  const rows = data.items.map(line);
  if (isMore) byId("rows").append(...rows);
  else byId("rows").replaceChildren(...rows);
  next = data.next ?? "";
  byId("more").hidden = !next;
  const count = byId("rows").children.length;
  byId("table").hidden = byId("nothing").hidden = count > 0;
  byId("table").hidden = count === 0;
  setText(byId("nothing-words"), t("audit.none"));
  setText(byId("summary"), t(next ? "audit.shown_more" : "audit.shown", { n: number(count) }));
}

/** @param {any} row */
function line(row) {
  const tr = fromTemplate("line");
  setText(field(tr, "id"), number(row.id));
  setText(field(tr, "at"), moment(row.at, page.time.now()));
  setText(field(tr, "actor"), row.actor);
  setText(field(tr, "source"), row.source);
  setText(field(tr, "change"), row.change);
  setText(field(tr, "entity"), `${row.entity} ${row.entity_id}`);
  field(tr, "values").replaceChildren(...values(row.before ?? {}, row.after ?? {}));
  return tr;
}

/** What differs, old beside new. @param {any} before @param {any} after */
function values(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const other = names.filter((name) => said(before[name]) !== said(after[name]));
  const shown = other.slice(0, MOST_VALUES).map((name) => {
    const pair = made("span", "");
    if (said(before[name])) pair.append(made("del", said(before[name])), " ");
    if (said(after[name])) pair.append(made("ins", said(after[name])));
    const word = `field.${name}`;
    const part = made("p", "");
    part.append(made("span", isWord(word) ? t(word) : name), pair);
    return part;
  });
  if (other.length > MOST_VALUES) shown.push(made("p", t("audit.values_more", { n: number(other.length - MOST_VALUES) })));
  return shown;
}

/** @param {unknown} value */
function said(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

async function check() {
  const { status, data } = await ask("audit/chain");
  const chain = byId("chain");
  chain.hidden = false;
  if (status !== 200) return setText(chain, t("act.failed"));
  const isBroken = data.broken_at !== null;
  chain.classList.toggle("broken", isBroken);
  const words = { rows: number(data.rows), at: number(data.broken_at ?? 0), head: data.head };
  setText(chain, t(isBroken ? "audit.broken" : "audit.whole", words));
}

byId("filter").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  void look(false);
});
byId("more").addEventListener("click", () => look(true));
byId("again").addEventListener("click", () => look(false));
byId("print").addEventListener("click", () => print());
document.getElementById("check")?.addEventListener("click", () => check());
void look(false);
