/** What is open, kind by kind, and the lines of the duty log. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId, made } from "./dom.js";
import { moment, t } from "./words.js";

const SHOWN = 30;
/** @type {Record<string, string>} where each kind is seen to */
const WHERE = {
  alarms: "/", incidents: "/incidents", aside: "/", untold: "/", down: "/devices", tests: "/bell-tests", tips: "/reported",
  drills: "/drills",
}; // prettier-ignore
/** @type {Record<string, (item: any) => string>} */
const SAID = {
  alarms: (item) => [t(`alarm.kind.${item.kind}`), item.place ?? item.name ?? ""].filter(Boolean).join(" – "),
  incidents: (item) => `${item.code} ${t(`alarm.kind.${item.kind}`)}`,
  aside: (item) => [t(`alarm.kind.${item.kind}`), item.place ?? item.name ?? ""].filter(Boolean).join(" – "),
  untold: (item) => `${item.code} → ${item.recipient}`,
  down: (item) => item.name ?? item.device_id,
  tests: (item) => t("shift.test_late", { device: item.device_id, n: item.days }),
  drills: (item) => [t(`alarm.kind.${item.kind}`), item.place ?? item.name ?? ""].filter(Boolean).join(" – "),
  tips: (item) => moment(item.told_at, page.time.now()),
};

/** @param {HTMLElement} list @param {any} pending @returns {number} how many kinds have something */
export function fillOpen(list, pending) {
  const kinds = Object.keys(WHERE).filter((kind) => pending[kind]?.n);
  list.replaceChildren(...kinds.map((kind) => openRow(kind, pending[kind])));
  return kinds.length;
}

/** "3 mắt hỏng · 1 thiết bị khác mất kết nối". @param {number} n @param {number} eyes */
function brokenWords(n, eyes) {
  const others = n > eyes ? [t("shift.open.others_down", { n: n - eyes })] : [];
  return [t("shift.open.eyes", { n: eyes }), ...others].join(" · ");
}

/** @param {string} kind @param {{n: number, first: any[], eyes?: number|null}} counted */
function openRow(kind, { n, first, eyes }) {
  const row = document.createElement("li");
  const link = /** @type {HTMLAnchorElement} */ (made("a", eyes ? brokenWords(n, eyes) : t(`shift.open.${kind}`, { n })));
  link.href = WHERE[kind];
  const more = n > first.length ? ` … +${n - first.length}` : "";
  row.append(link, made("p", first.map(SAID[kind]).join(" · ") + more, "first"));
  return row;
}

export class DutyLog {
  constructor() {
    /** @type {string|null} */
    this.next = null;
    byId("older").addEventListener("click", () => this.older());
  }

  async load() {
    const { status, data } = await ask(`duty-log?limit=${SHOWN}`);
    if (status === 200) this.show(data, []);
  }

  async older() {
    const { status, data } = await ask(`duty-log?limit=${SHOWN}&cursor=${this.next}`);
    if (status === 200) this.show(data, [...byId("log").children]);
  }

  /** @param {{items: any[], next: string|null}} data @param {Element[]} before */
  show({ items, next }, before) {
    this.next = next;
    byId("log").replaceChildren(...before, ...items.map(logRow));
    byId("log-none").hidden = byId("log").children.length > 0;
    byId("older").hidden = next === null;
  }
}

/** @param {any} entry */
function logRow(entry) {
  const row = document.createElement("li");
  const words = t(`shift.entry.${entry.kind}`);
  row.append(made("span", moment(entry.at, page.time.now()), "number"));
  row.append(made("span", entry.text ? `${words}: ${entry.text}` : words), made("span", entry.actor, "quiet"));
  return row;
}
