/** The devices that are found, page by page as they come into sight; a hundred thousand are never loaded at once. */
import { ask } from "./api.js";

const PAGE = 50;
const FACETS_MS = 300; // after the last key: counting reads every device, and must not stand in the way of the next
const KEPT_PAGES = 40;

/** @typedef {object} Row
 * @property {string} id @property {string} version @property {string} kind @property {string} name
 * @property {string|null} place @property {string|null} position @property {string|null} group_id
 * @property {string|null} group_name @property {string|null} keeper @property {string} lifecycle
 * @property {string} state @property {number|null} since_at @property {number|null} last_seen_at
 * @property {number|null} battery_pct @property {boolean} is_out_of_service */

export class Found {
  /** @param {{onRows: () => void, onFacets: (facets: any) => void, onProblem: (status: number) => void}} listener */
  constructor(listener) {
    this.listener = listener;
    this.key = "";
    /** The words of the rows that are here, which may be older than what stands in the field. */
    this.words = "";
    this.total = 0;
    this.isCounted = false;
    this.isLoaded = false;
    /** @type {Map<number, Row[]>} */
    this.pages = new Map();
    /** @type {Set<number>} */
    this.asked = new Set();
    this.round = 0;
    this.isLooking = false;
    /** @type {{key: string, words: string}|null} asked for while another was on its way */
    this.next = null;
    /** @type {number|undefined} */
    this.counting = undefined;
  }

  /** A new question: what was found before stays in sight until the first rows of the new one are here. One is asked
   * at a time, and after it the newest: on a busy server older ones would only stand in its way.
   * @param {import("./inventory_question.js").Question} question */
  async look(question) {
    this.next = { key: question.key(), words: question.words };
    clearTimeout(this.counting);
    if (this.isLooking) return;
    this.isLooking = true;
    while (this.next) {
      const { key, words } = this.next;
      this.next = null;
      await this.ask(key, words);
    }
    this.isLooking = false;
  }

  /** @param {string} key @param {string} words */
  async ask(key, words) {
    const { status, data } = await ask(`inventory?${key}&offset=0&limit=${PAGE}`);
    if (status !== 200) return this.next ? undefined : this.listener.onProblem(status);
    const round = ++this.round;
    this.key = key;
    this.words = words;
    this.pages = new Map([[0, data.items]]);
    this.asked = new Set([0]);
    this.isLoaded = true;
    this.isCounted = data.items.length < PAGE;
    // As long as nobody has counted: one page more than is here, so that there is something to scroll to.
    this.total = this.isCounted ? data.items.length : Math.max(this.total, 2 * PAGE);
    this.listener.onRows();
    clearTimeout(this.counting);
    this.counting = setTimeout(() => this.count(round), FACETS_MS);
  }

  /** @param {number} round */
  async count(round) {
    const { status, data } = await ask(`inventory/facets?${this.key}`);
    if (round !== this.round || status !== 200) return;
    this.total = data.total;
    this.isCounted = true;
    this.listener.onFacets(data.facets);
    this.listener.onRows();
  }

  /** @param {number} at @returns {Row|undefined} undefined: not here yet, and asked for */
  row(at) {
    const page = Math.floor(at / PAGE);
    const rows = this.pages.get(page);
    if (!rows) void this.load(page);
    return rows?.[at % PAGE];
  }

  /** @param {number} page */
  async load(page) {
    if (this.asked.has(page)) return;
    this.asked.add(page);
    const { round, key } = this;
    const { status, data } = await ask(`inventory?${key}&offset=${page * PAGE}&limit=${PAGE}`);
    if (round !== this.round) return;
    if (status === 200) this.pages.set(page, data.items);
    else setTimeout(() => this.asked.delete(page), 1000);
    this.forgetFar(page);
    this.listener.onRows();
  }

  /** @param {number} page */
  forgetFar(page) {
    if (this.pages.size <= KEPT_PAGES) return;
    const byDistance = [...this.pages.keys()].sort((a, b) => Math.abs(b - page) - Math.abs(a - page));
    for (const far of byDistance.slice(0, this.pages.size - KEPT_PAGES)) {
      this.pages.delete(far);
      this.asked.delete(far);
    }
  }

  /** What the feed says of devices whose rows are here.
   * @param {{id: string[], state: string[], since_at: any[], last_seen_at: any[], battery_pct: any[]}} changed */
  change(changed) {
    const at = new Map(changed.id.map((id, nth) => [id, nth]));
    for (const rows of this.pages.values()) {
      for (const row of rows) {
        const nth = at.get(row.id);
        if (nth === undefined) continue;
        row.state = changed.state[nth];
        row.since_at = changed.since_at[nth];
        row.last_seen_at = changed.last_seen_at[nth];
        row.battery_pct = changed.battery_pct[nth];
      }
    }
  }
}
