/** The queue: one row an alarm, and which of them is selected. */
import { acknowledgeWord, headOf, incidentOf, rowKindOf, shortWhereOf, shortStateOf, timerStart } from "./alarm_words.js";
import { isClosable, isRinging, isTrial, signNameOf, signOf } from "./alarms.js";
import { actOf, byId, field, fromTemplate, setAttribute, setText, showPriority } from "./dom.js";
import { number, stopwatch, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const TABS = ["alarms", "unacknowledged", "faults", "shelved"];
/** More rows than a person reads; what is beyond is counted. */
const MOST_ROWS = 200;

export class Queue {
  /** @param {{alarms: import("./alarms.js").Alarms, onAct: (act: string, alarm: Alarm) => void}} given */
  constructor({ alarms, onAct }) {
    this.alarms = alarms;
    this.onAct = onAct;
    this.list = byId("queue");
    this.empty = byId("queue-empty");
    this.tabs = byId("queue-tabs");
    this.tab = "alarms";
    /** @type {number|null} */
    this.selectedId = null;
    /** @type {Map<number, HTMLElement>} */
    this.rows = new Map();
    this.tabs.addEventListener("click", (/** @type {any} */ event) => {
      const chosen = event.target.closest("[data-tab]");
      if (chosen) this.choose(chosen.dataset.tab);
    });
    this.list.addEventListener("click", (/** @type {any} */ event) => this.onClick(event));
  }

  /** @param {string} tab */
  choose(tab) {
    this.tab = tab;
    byId("queue-shelved").hidden = tab !== "shelved";
    for (const button of this.tabs.children) {
      setAttribute(button, "aria-pressed", String(button.dataset.tab === tab));
    }
    this.show();
  }

  /** @param {Event} event */
  onClick(event) {
    const row = /** @type {HTMLElement} */ (event.target).closest("li");
    const alarm = row && this.alarms.open.get(Number(row.dataset.alarm));
    const act = actOf(event);
    if (!alarm || !act) return;
    if (act === "select") this.select(alarm.id);
    else this.onAct(act, alarm);
  }

  /** The selected alarm, else undefined. */
  selected() {
    return this.selectedId === null ? undefined : this.alarms.open.get(this.selectedId);
  }

  /** @param {number|null} id */
  select(id) {
    this.selectedId = id;
    this.show();
    if (id !== null) this.rows.get(id)?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} step  1 down, -1 up */
  move(step) {
    const shown = this.alarms.inTab(this.tab).slice(0, MOST_ROWS);
    if (!shown.length) return;
    // While none is selected Space is for the first, if it rings: down from there is the second.
    const first = isRinging(shown[0]) ? shown[0].id : null;
    const at = shown.findIndex(({ id }) => id === (this.selectedId ?? first));
    const start = at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step;
    this.select(shown[Math.min(Math.max(start, 0), shown.length - 1)].id);
  }

  show() {
    const shown = this.alarms.inTab(this.tab);
    if (this.selectedId !== null && !this.alarms.open.has(this.selectedId)) this.selectedId = null;
    for (const tab of TABS) {
      const count = this.alarms.isLoaded ? number(this.alarms.inTab(tab).length) : "–";
      setText(this.tabs.querySelector(`[data-count="${tab}"]`), count);
    }
    const kept = new Set(shown.slice(0, MOST_ROWS).map(({ id }) => id));
    for (const [id, row] of this.rows) {
      if (!kept.has(id)) {
        row.remove();
        this.rows.delete(id);
      }
    }
    shown.slice(0, MOST_ROWS).forEach((alarm, at) => this.place(this.row(alarm), at));
    this.showEmpty(shown.length);
  }

  /** @param {HTMLElement} row @param {number} at */
  place(row, at) {
    if (this.list.children[at] !== row) this.list.insertBefore(row, this.list.children[at] ?? null);
  }

  /** @param {number} count */
  showEmpty(count) {
    const more = count - MOST_ROWS;
    this.empty.hidden = !this.alarms.isLoaded || (count > 0 && more <= 0);
    setText(this.empty, more > 0 ? t("queue.more", { n: number(more) }) : t(`queue.empty.${this.tab}`));
  }

  /** @param {Alarm} alarm */
  row(alarm) {
    const row = this.rows.get(alarm.id) ?? fromTemplate("queue-row");
    this.rows.set(alarm.id, row);
    const rings = isRinging(alarm);
    row.dataset.alarm = String(alarm.id);
    row.classList.toggle("ringing", rings && !isTrial(alarm));
    row.classList.toggle("on-test", isTrial(alarm));
    setAttribute(row, "aria-current", alarm.id === this.selectedId ? "true" : null);
    showPriority(/** @type {Element} */ (row.querySelector(".shape")), signOf(alarm));
    setText(field(row, "priority"), `${t(`priority.${signNameOf(alarm)}`)}.`);
    setText(field(row, "title"), headOf(alarm));
    const kind = rowKindOf(alarm);
    setText(field(row, "kind"), kind);
    const where = shortWhereOf(alarm);
    setText(field(row, "where"), kind && where ? ` · ${where}` : where);
    setText(field(row, "state"), shortStateOf(alarm));
    const incident = field(row, "incident");
    incident.hidden = !alarm.incident;
    setText(incident, incidentOf(alarm));
    if (alarm.incident) setAttribute(incident, "href", `/incidents/${alarm.incident.id}`);
    setText(/** @type {Element} */ (row.querySelector("[data-act=acknowledge]")), acknowledgeWord(alarm));
    for (const button of row.querySelectorAll("button[data-act]")) {
      const act = /** @type {HTMLElement} */ (button).dataset.act;
      /** @type {HTMLElement} */ (button).hidden =
        (act === "acknowledge" && !rings) || (act === "close" && !isClosable(alarm));
    }
    return row;
  }

  /** @param {import("./server_time.js").ServerTime} time @param {boolean} isStale */
  tick(time, isStale) {
    for (const [id, row] of this.rows) {
      const alarm = this.alarms.open.get(id);
      if (alarm) setText(field(row, "timer"), isStale ? "—" : stopwatch(time.since(timerStart(alarm))));
    }
  }
}
