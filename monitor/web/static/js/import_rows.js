/** The table of a dry run: a row for each row of the list, its outcome, its cells, and what is to be decided. */
import { byId, made, setText } from "./dom.js";
import { cellOf } from "./import_cells.js";
import { UNDECIDED, headerOf } from "./import_model.js";
import { actsOf, nameOf } from "./import_questions.js";
import { number, t } from "./words.js";

/** @typedef {import("./import_session.js").Session} Session */
/** @typedef {import("./import_model.js").Row} Row */

/** @type {Record<string, string>} */
const SIGNS = { error: "icon-close", question: "icon-warn", duplicate: "icon-warn" };

export class Rows {
  /** @param {import("./import_questions.js").Hands} hands */
  constructor(hands) {
    this.hands = hands;
    this.table = /** @type {HTMLTableElement} */ (byId("rows"));
    this.body = /** @type {HTMLElement} */ (this.table.querySelector("tbody"));
  }

  /** @param {Session} session */
  show(session) {
    const focused = this.focusedRow();
    this.head(session);
    const about = { run: session.run, shown: session.headings, hands: this.hands };
    this.body.replaceChildren(...session.shown.map((row) => this.row(row, about)));
    byId("rows-none").hidden = session.shown.length > 0;
    byId("rows-more").hidden = !session.next;
    setText(byId("rows-more"), t("import.more_rows", { n: number(session.rows.length) }));
    if (focused !== null) this.focusFrom(focused);
  }

  /** @param {Session} session */
  head({ run, headings }) {
    const line = document.createElement("tr");
    const names = headings.map((name) => headerOf(run, name) || nameOf(name));
    for (const name of [t("import.column.row"), t("import.column.outcome"), ...names, t("import.column.acts")]) {
      const cell = made("th", name);
      cell.setAttribute("scope", "col");
      line.append(cell);
    }
    this.table.querySelector("thead")?.replaceChildren(line);
  }

  /** @param {Row} row @param {{run: import("./import_model.js").Run, shown: string[], hands: import("./import_questions.js").Hands}} about */
  row(row, about) {
    const line = document.createElement("tr");
    line.id = `row-${row.row}`;
    line.dataset.bin = row.bin;
    line.classList.toggle("marked", UNDECIDED.includes(row.bin));
    const name = made("th", String(row.row), "number");
    name.setAttribute("scope", "row");
    line.append(name, this.outcome(row));
    for (const heading of about.shown) {
      const cell = document.createElement("td");
      cell.dataset.name = headerOf(about.run, heading) || nameOf(heading);
      cell.dataset.heading = heading;
      cell.append(...cellOf(row, heading));
      line.append(cell);
    }
    const acts = made("td", "", "acts-cell");
    acts.append(...actsOf(row, about));
    line.append(acts);
    return line;
  }

  /** @param {Row} row */
  outcome(row) {
    const cell = made("td", "", "outcome-cell");
    const tag = made("span", "", row.bin === "error" ? "tag strong" : "tag");
    tag.dataset.bin = row.bin;
    if (SIGNS[row.bin]) tag.append(byId(SIGNS[row.bin]).content.cloneNode(true));
    tag.append(t(`import.bin.${row.bin}`));
    cell.append(tag);
    return cell;
  }

  /** The row one was answering by keyboard or finger; null where the focus is elsewhere. */
  focusedRow() {
    const line = /** @type {HTMLElement|null} */ (document.activeElement?.closest("#rows tbody tr"));
    return line ? Number(line.id.slice("row-".length)) : null;
  }

  /** To the next thing to decide, at this row or below; to the row's own answer where there is none.
   * @param {number} number */
  focusFrom(number) {
    const line = document.getElementById(`row-${number}`);
    const lines = [...this.body.children];
    const below = lines.slice(Math.max(0, lines.indexOf(/** @type {Element} */ (line))));
    const next = below.find((each) => each.querySelector(".question"));
    const control = next?.querySelector(".question button") ?? line?.querySelector("button");
    /** @type {HTMLElement|undefined|null} */ (control)?.focus({ preventScroll: false });
  }

  /** The first thing to decide below where the focus stands, or from the top. */
  toNextOpen() {
    const questions = /** @type {HTMLElement[]} */ ([...this.body.querySelectorAll(".question")]);
    const here = document.activeElement?.closest(".question");
    const next = questions[here ? (questions.indexOf(/** @type {HTMLElement} */ (here)) + 1) % questions.length : 0];
    next?.closest("tr")?.scrollIntoView({ block: "center" });
    /** @type {HTMLElement|null|undefined} */ (next?.querySelector("button, input"))?.focus({ preventScroll: true });
    return Boolean(next);
  }

  /** @param {number} number @returns {boolean} whether it is on the page */
  goTo(number) {
    const line = document.getElementById(`row-${number}`);
    if (!line) return false;
    line.scrollIntoView({ block: "center" });
    /** @type {HTMLElement|null} */ (line.querySelector("button") ?? byId("rows-frame")).focus({ preventScroll: true });
    return true;
  }
}
