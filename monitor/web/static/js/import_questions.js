/** What is asked about a row, with an answer to press; and what was answered, to be asked again. */
import { field, fromTemplate, made, setText } from "./dom.js";
import { said, turned } from "./import_cells.js";
import { choicesOf, columnFor, headerOf, headingOf, isOpen } from "./import_model.js";
import { number, t } from "./words.js";

/** @typedef {import("./import_model.js").Row} Row */
/** @typedef {import("./import_model.js").Problem} Problem */
/** @typedef {import("./import_model.js").Decision} Decision */
/** @typedef {import("./import_model.js").Run} Run */

/**
 * @typedef {object} Hands
 * @property {(problem: Problem, answer: Decision, isForAll: boolean) => void} answer
 * @property {(answer: Decision) => void} forget
 * @property {((problem: Problem) => void)|null} pick  a place on the sketch; null where there is none to pick on
 */

/** The last cell of a row. `shown`: headings with a cell of their own.
 * @param {Row} row @param {{run: Run, shown: string[], hands: Hands}} about @returns {Node[]} */
export function actsOf(row, { run, shown, hands }) {
  const nodes = row.answers.map((answer) => answered(row, answer, run, hands));
  if (row.bin === "skipped") return nodes;
  for (const problem of row.problems) {
    if (isOpen(problem)) nodes.push(question(problem, run, hands));
    else if (problem.severity === "fixed") nodes.push(made("p", t("import.fixed", { msg: problem.message }), "fixed"));
  }
  return [...nodes, ...changesElsewhere(row, run, shown)];
}

/** @param {Problem} problem @param {Run} run @param {Hands} hands */
export function question(problem, run, hands) {
  const node = fromTemplate("question");
  setText(field(node, "sentence"), problem.message);
  const answers = node.querySelector(".answers");
  choicesOf(problem).forEach(({ word, answer, value }, index) => {
    const label = labelOf(word, value);
    const isFirst = index === 0 && word !== "suggest";
    const all = problem.alike > 1 ? button(t(allKey(word), { n: number(problem.alike), y: value }), () => hands.answer(problem, answer, true)) : null;
    if (all && isFirst) answers?.append(all);
    answers?.append(button(label, () => hands.answer(problem, answer, false)));
    if (all && !isFirst && word === "suggest") answers?.append(all);
  });
  own(node, problem, run, hands);
  return node;
}

/** @param {string} word @param {string} value */
function labelOf(word, value) {
  if (word === "planned") return t("import.planned");
  if (word === "skip") return t("import.skip");
  if (word === "not_twice") return t("import.not_twice");
  if (word === "suggest") return said(value);
  return value ? t("import.agree_as", { y: said(value) }) : t("import.agree");
}

/** @param {string} word */
function allKey(word) {
  if (word === "skip") return "import.skip_all";
  return word === "suggest" ? "import.suggest_all" : "import.agree_all";
}

/** The field for what only a person can know. Open at once where nothing can be pressed but leaving the row out.
 * @param {HTMLElement} node @param {Problem} problem @param {Run} run @param {Hands} hands */
function own(node, problem, run, hands) {
  const form = /** @type {HTMLFormElement} */ (node.querySelector("form"));
  const isPlace = headingOf(problem.column) === "place";
  const header = isPlace ? t("import.column.place_or_position") : headerOf(run, headingOf(problem.column)) || nameOf(headingOf(problem.column));
  setText(field(form, "label"), t("import.own", { column: header, n: problem.row }));
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("value"));
  if (!isPlace && !/consent/.test(problem.key)) input.value = problem.proposal ?? problem.seen;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = input.value.trim();
    if (!value) return input.focus();
    const column = columnFor(problem.column, value);
    hands.answer(problem, { row: problem.row, column, choice: "replace", value }, false);
  });
  const pick = /** @type {HTMLElement} */ (form.querySelector("[data-act=pick]"));
  pick.hidden = !(isPlace && hands.pick);
  pick.addEventListener("click", () => hands.pick?.(problem));
  const isOnlyWay = !problem.fix && problem.suggestions.length === 0;
  form.hidden = !isOnlyWay;
  if (isOnlyWay) return;
  const open = button(t("import.other"), () => {
    form.hidden = false;
    open.remove();
    input.focus();
  });
  open.className = "link";
  node.querySelector(".answers")?.append(open);
}

/** @param {Row} row @param {Decision} answer @param {Run} run @param {Hands} hands */
function answered(row, answer, run, hands) {
  const node = fromTemplate("answered");
  const what = field(node, "what");
  if (answer.choice === "skip") setText(what, t("import.skipped_row"));
  else if (answer.choice === "replace") what.append(`${headerOf(run, headingOf(answer.column)) || nameOf(headingOf(answer.column))}: `, made("ins", answer.value));
  else setText(what, t("import.agreed", { msg: row.problems.find((each) => each.column === answer.column)?.message ?? "" }));
  node.querySelector("button")?.addEventListener("click", () => hands.forget(answer));
  return node;
}

/** Cells that change and have no column in the table.
 * @param {Row} row @param {Run} run @param {string[]} shown @returns {Node[]} */
function changesElsewhere(row, run, shown) {
  return Object.entries(row.changes)
    .filter(([column]) => !shown.includes(headingOf(column)))
    .map(([column, change]) => {
      const line = made("p", `${headerOf(run, column) || column}: `);
      line.append(...turned(said(change.old), said(change.new)));
      return line;
    });
}

/** @param {string} heading  a column the file does not have */
export function nameOf(heading) {
  const names = { key: "import.column.key", group: "import.column.group", place: "import.column.place" };
  return heading in names ? t(names[/** @type {"key"} */ (heading)]) : heading;
}

/** @param {string} label @param {() => void} press */
function button(label, press) {
  const node = made("button", label, "button small");
  node.setAttribute("type", "button");
  node.addEventListener("click", press);
  return node;
}
