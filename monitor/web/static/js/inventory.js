/** The device list: joins what is looked for, what is found, what is chosen. Read this one first. */
import { page } from "./page.js";
import { byId, setAttribute, setText } from "./dom.js";
import { Bulk } from "./inventory_bulk.js";
import { Filters } from "./inventory_filters.js";
import { Found } from "./inventory_found.js";
import { Question } from "./inventory_question.js";
import { Rows } from "./inventory_rows.js";
import { Views } from "./inventory_views.js";
import { Keys } from "./keys.js";
import { toggleTheme } from "./theme.js";
import { number, t } from "./words.js";

const MOST_LABELS = 240; // ten sheets

class Inventory {
  constructor() {
    this.question = new Question(location.search);
    this.search = byId("search");
    this.nothing = byId("nothing");
    this.problem = 0;
    this.found = new Found({
      onRows: () => this.show(),
      onFacets: (facets) => this.filters.show(facets),
      onProblem: (status) => this.onProblem(status),
    });
    this.rows = new Rows({ found: this.found, time: page.time, onChosen: () => this.showChosen() });
    this.filters = new Filters({ question: () => this.question, onChange: () => this.ask() });
    const say = (/** @type {string} */ text) => page.say(text);
    this.views = new Views({ question: () => this.question.key(), onShow: (asked) => this.become(asked), say });
    // Who may not change anything has no window for it.
    this.bulk = document.getElementById("bulk")
      ? new Bulk({ chosen: () => this.rows.chosen, onWritten: () => this.again(), say })
      : null;
    this.listen();
    this.search.value = this.question.words;
    this.filters.showSet();
    this.ask();
  }

  listen() {
    this.search.addEventListener("input", () => {
      const before = this.question.key();
      this.question.words = this.search.value;
      if (this.question.key() !== before) this.ask();
    });
    this.search.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.onSearchKey(event));
    byId("head").addEventListener("click", (/** @type {any} */ event) => this.onHead(event.target.closest("[data-sort]")));
    byId("nothing-act").addEventListener("click", () => this.onNothing());
    byId("chosen-none").addEventListener("click", () => this.rows.chooseNone());
    document.getElementById("bulk-open")?.addEventListener("click", () => this.bulk?.open());
    document.getElementById("labels")?.addEventListener("click", () => this.printLabels());
    new Keys({
      Slash: () => this.search.focus(),
      ArrowDown: () => this.rows.move(1, false),
      ArrowUp: () => this.rows.move(-1, false),
      KeyX: () => this.rows.toggle(),
      Enter: () => this.rows.open(),
      KeyE: () => this.bulk?.open(),
      KeyT: toggleTheme,
      Escape: () => this.rows.chooseNone(),
    });
    byId("scroll").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.onRowKey(event));
    page.onTick((isStale) => this.rows.tick(isStale));
    page.onEvent("devices", (changed) => {
      this.found.change(changed);
      this.rows.show();
    });
    page.onEvent("device_added", () => this.again());
    page.onEvent("resync", () => void this.found.look(this.question));
  }

  /** The rows have the focus: arrows move among them, with Shift they choose. @param {KeyboardEvent} event */
  onRowKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.code];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.rows.move(step, event.shiftKey);
  }

  /** @param {KeyboardEvent} event */
  onSearchKey(event) {
    if (event.isComposing) return;
    if (event.code === "ArrowDown") {
      event.preventDefault();
      byId("scroll").focus();
      this.rows.move(1, false);
    } else if (event.code === "Escape" && this.search.value) {
      event.preventDefault();
      this.search.value = this.question.words = "";
      this.ask();
    }
  }

  /** @param {HTMLElement|null} button */
  onHead(button) {
    if (!button) return;
    this.question.sortBy(button.dataset.sort ?? "");
    this.ask();
  }

  /** @param {string} asked  a saved view's question */
  become(asked) {
    this.question = new Question(asked);
    this.search.value = this.question.words;
    this.ask();
  }

  ask() {
    const key = this.question.key();
    history.replaceState(null, "", key ? `?${key}` : location.pathname);
    this.problem = 0;
    this.rows.toTop();
    this.filters.showSet();
    this.views.show();
    this.showOrder();
    void this.found.look(this.question);
  }

  /** The same question, for what may have changed. */
  again() {
    this.rows.chosen.clear();
    this.showChosen();
    void this.found.look(this.question);
  }

  showOrder() {
    for (const button of byId("head").querySelectorAll("[data-sort]")) {
      const isIt = button.dataset.sort === this.question.sort;
      const order = isIt ? (this.question.isDescending ? "descending" : "ascending") : null;
      setAttribute(button.closest("[role=columnheader]"), "aria-sort", order);
    }
  }

  /** @param {number} status */
  onProblem(status) {
    this.problem = status || -1;
    this.show();
  }

  show() {
    this.rows.show();
    const { total, isCounted, isLoaded } = this.found;
    if (isLoaded) setText(byId("summary"), isCounted ? t("inventory.total", { n: number(total) }) : t("load.wait"));
    const isEmpty = isLoaded && isCounted && total === 0;
    this.nothing.hidden = !isEmpty && !this.problem;
    byId("table").hidden = !this.nothing.hidden;
    if (!this.nothing.hidden) this.showNothing();
  }

  showNothing() {
    const words = this.question.words.trim();
    const [said, act] = this.problem
      ? [t("inventory.problem"), t("act.retry")]
      : words
        ? [t("devices.not_found", { words }), t("inventory.clear")]
        : this.question.count()
          ? [t("inventory.nothing_chosen"), t("inventory.clear")]
          : [t("inventory.none"), this.bulk ? t("nav.import") : ""];
    setText(byId("nothing-words"), said);
    setText(byId("nothing-act"), act);
    byId("nothing-act").hidden = !act;
  }

  onNothing() {
    if (this.problem) this.ask();
    else if (this.question.isEmpty()) location.assign("/import");
    else this.become("");
  }

  printLabels() {
    const ids = [...this.rows.chosen.keys()].sort();
    if (ids.length > MOST_LABELS) return page.say(t("inventory.labels_too_many", { n: number(MOST_LABELS) }));
    const asked = new URLSearchParams([...ids.map((id) => ["ids", id]), ["format", "pdf"]]);
    open(`/api/v1/labels?${asked}`, "_blank", "noopener");
  }

  showChosen() {
    const count = this.rows.chosen.size;
    const canUndo = Boolean(this.bulk?.written.length);
    byId("chosen").hidden = count === 0 && !canUndo;
    document.getElementById("labels")?.toggleAttribute("disabled", count === 0);
    setText(byId("chosen-words"), t("inventory.chosen", { n: number(count) }));
  }
}

const inventory = new Inventory();
void inventory;
