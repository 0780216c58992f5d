/** What has just ended, and how many alarms there were in each ten minutes of the last two hours. */
import { kindOf, placeOf } from "./alarm_words.js";
import { isDrill } from "./alarms.js";
import { ask } from "./api.js";
import { causeOf, restoredOf } from "./outage_words.js";
import { byId, made, setText } from "./dom.js";
import { hour, number, span, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const SLICE_MS = 600_000;
const SLICES = 12;
/** More than ten alarms in ten minutes are more than one person can take in. */
const LIMIT = 10;
const SHOWN = 3;
const PAGE = 500;
const HEIGHT = 42;
const STEP = 14;
const SVG = "http://www.w3.org/2000/svg";

export class Recent {
  /** @param {import("./server_time.js").ServerTime} time */
  constructor(time) {
    this.time = time;
    this.list = byId("done");
    this.now = byId("rate-now");
    this.note = byId("rate-note");
    this.bars = byId("rate-bars");
    /** @type {{name: string, at: string}[]} newest first */
    this.tests = [];
    /** @type {Map<number, number>} alarm → Unix ms at which it began */
    this.begun = new Map();
  }

  /** What was before this page was opened. */
  async load() {
    const since = new Date(this.time.now() - SLICES * SLICE_MS).toISOString();
    const { status, data } = await ask(`alarms?limit=${PAGE}&since=${encodeURIComponent(since)}`);
    if (status === 200) data.items.forEach((/** @type {Alarm} */ alarm) => this.count(alarm));
    this.showRate();
  }

  /** @param {Alarm} alarm */
  count(alarm) {
    if (alarm.priority <= 3 && !isDrill(alarm)) this.begun.set(alarm.id, Date.parse(alarm.received_at));
  }

  /** @param {{name: string, at: string}} test */
  tested(test) {
    this.tests = [test, ...this.tests].slice(0, SHOWN);
  }

  /** @param {Alarm[]} ended  newest first */
  show(ended) {
    const lines = [
      ...ended.map((alarm) => ({ at: alarm.closed_at ?? alarm.raised_at, text: endWords(alarm) })),
      ...this.tests.map(({ at, name }) => ({ at, text: t("done.test", { name }) })),
    ];
    const newest = lines.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, SHOWN);
    const items = newest.map(({ at, text }) => {
      const item = made("li", ` ${text}`);
      item.prepend(made("time", hour(at).slice(0, 5)));
      return item;
    });
    this.list.replaceChildren(...(items.length ? items : [made("li", t("done.nothing"))]));
    this.showRate();
  }

  showRate() {
    const nowMs = this.time.now();
    const counts = new Array(SLICES).fill(0);
    for (const [id, atMs] of this.begun) {
      const slice = Math.floor((nowMs - atMs) / SLICE_MS);
      if (slice >= SLICES) this.begun.delete(id);
      else counts[SLICES - 1 - Math.max(0, slice)] += 1;
    }
    const last = counts[SLICES - 1];
    setText(this.now, t("rate.now", { n: number(last) }));
    setText(this.note, last > LIMIT ? t("rate.flood", { n: LIMIT }) : t("rate.note"));
    this.draw(counts);
  }

  /** @param {number[]} counts */
  draw(counts) {
    const scale = (HEIGHT - 4) / Math.max(LIMIT + 2, ...counts);
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", `M0 ${HEIGHT - 2 - LIMIT * scale}H${SLICES * STEP}`);
    const bars = counts.map((count, at) => {
      const bar = document.createElementNS(SVG, "rect");
      const height = 2 + count * scale;
      const box = { x: at * STEP + 1, y: HEIGHT - height, width: STEP - 3, height };
      for (const [name, value] of Object.entries(box)) bar.setAttribute(name, String(value));
      if (at === SLICES - 1) bar.setAttribute("class", "now");
      return bar;
    });
    this.bars.replaceChildren(line, ...bars);
  }
}

/** @param {Alarm} alarm */
function endWords(alarm) {
  const values = { kind: kindOf(alarm), place: placeOf(alarm) };
  const { outage } = alarm;
  if (outage) return t("done.outage", { ...values, restored: restoredOf(outage), cause: causeOf(outage) });
  if (!alarm.acknowledged_at) return t("done.by_itself", values);
  const taken_s = (Date.parse(alarm.acknowledged_at) - Date.parse(alarm.rung_at)) / 1000;
  return t("done.alarm", { ...values, span: span(taken_s) });
}
