/** One list between its dry run and its commit: its rows as they are loaded, and answers as they are given. */
import { call } from "./import_api.js";
import { TO_SEE, headings, kept } from "./import_model.js";

const PAGE = 200;
const MOST_AT_ONCE = 500;

/** @typedef {import("./import_model.js").Run} Run */
/** @typedef {import("./import_model.js").Row} Row */
/** @typedef {import("./import_model.js").Problem} Problem */
/** @typedef {import("./import_model.js").Decision} Decision */

export class Session {
  /** @param {Run} run @param {{onChange: () => void, onFail: (answer: {status: number, data: any}) => void}} told */
  constructor(run, told) {
    this.run = run;
    this.told = told;
    /** @type {Row[]} */
    this.rows = [];
    /** @type {string|null} */
    this.next = null;
    /** @type {string[]} */
    this.headings = [];
    /** @type {Set<string>} */
    this.bins = new Set(TO_SEE.filter((bin) => run.bins[bin]));
    /** @type {Set<number>}  rows answered under this filter: what one works on does not vanish */
    this.answered = new Set();
    /** @type {import("./import_plot.js").Places|null} */
    this.places = null;
    this.isBusy = false;
    this.isOver = false;
    /** Each list that is asked for makes those before it nobody's: an older filter's rows may come last. */
    this.round = 0;
  }

  /** A short list comes whole: what one works on stays in sight, and a filter costs no question. */
  get isShort() {
    return this.run.tried.rows <= MOST_AT_ONCE;
  }

  /** @param {Iterable<string>} bins */
  async filter(bins) {
    this.bins = new Set(bins);
    this.answered.clear();
    if (this.isShort) this.told.onChange();
    else await this.load();
  }

  /** The rows to show: those of the filter, and those answered under it. */
  get shown() {
    if (!this.isShort || !this.bins.size) return this.rows;
    return this.rows.filter((row) => this.bins.has(row.bin) || this.answered.has(row.row));
  }

  /** The rows of the filter, as many as were there. */
  async load() {
    const wanted = this.isShort ? MOST_AT_ONCE : Math.max(PAGE, this.rows.length);
    const where = call(`/${this.run.id}/map`);
    /** @type {Row[]} */
    const rows = [];
    const round = ++this.round;
    let cursor = null;
    do {
      const answer = await this.page(cursor, Math.min(wanted, MOST_AT_ONCE));
      if (this.isOver || round !== this.round) return;
      if (answer.status !== 200) return this.told.onFail(answer);
      rows.push(...answer.data.items);
      cursor = answer.data.next;
    } while (cursor && rows.length < wanted);
    const { status, data } = await where;
    if (this.isOver || round !== this.round) return;
    if (status === 200) this.places = data;
    this.take(rows, cursor);
  }

  async more() {
    const round = this.round;
    const answer = await this.page(this.next, PAGE);
    if (this.isOver || round !== this.round) return;
    if (answer.status !== 200) return this.told.onFail(answer);
    this.take([...this.rows, ...answer.data.items], answer.data.next);
  }

  /** @param {Row[]} rows @param {string|null} next */
  take(rows, next) {
    this.rows = rows;
    this.next = next;
    this.headings = headings(this.run, rows, this.headings);
    this.told.onChange();
  }

  /** @param {string|null} cursor @param {number} limit */
  page(cursor, limit) {
    const query = new URLSearchParams({ limit: String(limit) });
    if (!this.isShort) for (const bin of this.bins) query.append("bin", bin);
    if (!this.isShort && this.bins.size) for (const row of [...this.answered].slice(-MOST_AT_ONCE)) query.append("also", String(row));
    if (cursor) query.set("cursor", cursor);
    return call(`/${this.run.id}/rows?${query}`);
  }

  /** @param {Problem} problem @param {Decision} answer @param {boolean} [isForAll]  all rows with the same problem */
  async answer(problem, answer, isForAll = false) {
    const given = this.rows.find(({ row }) => row === problem.row)?.answers;
    const decision = kept(problem, answer, given);
    const all = isForAll ? { also_alike: problem.column, key: problem.key } : {};
    await this.send({ decisions: [{ ...decision, ...all }] }, problem.row);
  }

  /** Opens a question again. @param {Decision} answer */
  async forget(answer) {
    await this.send({ forget: [{ row: answer.row, column: answer.column }] }, answer.row);
  }

  /** @param {object} body @param {number} row */
  async send(body, row) {
    if (this.isBusy) return;
    this.isBusy = true;
    const answer = await call(`/${this.run.id}/decisions`, { method: "POST", body });
    this.isBusy = false;
    if (this.isOver) return;
    if (answer.status !== 200) return this.told.onFail(answer);
    this.answered.add(row);
    this.run = answer.data;
    await this.load();
  }

  /** Over: what still comes is for nobody. */
  end() {
    this.isOver = true;
  }
}
