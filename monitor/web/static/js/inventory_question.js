/** What is looked for in the list: words, chosen values, order. It stands in the address, so it can be kept and sent. */

export const FACETS = ["kind", "area", "state", "keeper", "funding", "lifecycle", "test"];
const SORTS = new Set(["id", "name", "group", "state", "last_seen"]);

export class Question {
  /** @param {string} search  of an address, or of a saved view */
  constructor(search = "") {
    const given = new URLSearchParams(search);
    this.words = given.get("q") ?? "";
    /** @type {Map<string, Set<string>>} */
    this.chosen = new Map(FACETS.map((facet) => [facet, new Set(given.getAll(facet))]));
    const sort = given.get("sort") ?? "";
    this.sort = SORTS.has(sort) ? sort : "";
    this.isDescending = given.get("desc") === "true";
  }

  /** As the server takes it. */
  params() {
    const params = new URLSearchParams();
    if (this.words.trim()) params.set("q", this.words.trim());
    for (const [facet, values] of this.chosen) for (const value of values) params.append(facet, value);
    if (this.sort) params.set("sort", this.sort);
    if (this.isDescending) params.set("desc", "true");
    return params;
  }

  key() {
    return this.params().toString();
  }

  /** @param {string} facet @param {string} value @param {boolean} isChosen */
  choose(facet, value, isChosen) {
    const values = /** @type {Set<string>} */ (this.chosen.get(facet));
    if (isChosen) values.add(value);
    else values.delete(value);
  }

  /** Up, then down, then as found. @param {string} column */
  sortBy(column) {
    if (this.sort !== column) [this.sort, this.isDescending] = [column, false];
    else if (!this.isDescending) this.isDescending = true;
    else [this.sort, this.isDescending] = ["", false];
  }

  /** How many values are chosen. */
  count() {
    let count = 0;
    for (const values of this.chosen.values()) count += values.size;
    return count;
  }

  isEmpty() {
    return !this.words.trim() && this.count() === 0;
  }
}
