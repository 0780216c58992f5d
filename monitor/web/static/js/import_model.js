/**
 * A dry run as the page shows it. Nothing here touches the page or the server.
 *
 * @typedef {{row: number, column: string|null, choice: "agree"|"replace"|"skip", value: string}} Decision
 *
 * @typedef {object} Problem
 * @property {number} row
 * @property {string|null} column
 * @property {string} cell
 * @property {string} seen
 * @property {string} key
 * @property {string} message
 * @property {"fixed"|"question"|"error"} severity
 * @property {string|null} proposal
 * @property {string[]} suggestions
 * @property {Decision|null} fix
 * @property {boolean} is_settled
 * @property {number} alike  rows with this same open problem
 *
 * @typedef {object} Row
 * @property {number} row
 * @property {number} line
 * @property {string|null} key
 * @property {string} bin
 * @property {Record<string, string>} cells  column → as written
 * @property {Record<string, string>} values  column → as understood
 * @property {Record<string, {old: string, new: string}>} changes
 * @property {number|null} moved_m
 * @property {string|null} group_name
 * @property {Problem[]} problems
 * @property {Decision[]} answers
 *
 * @typedef {object} Run  a batch and its dry run
 * @property {number} id
 * @property {string} file_name
 * @property {string} sheet
 * @property {string[]} other_sheets
 * @property {string|null} kind
 * @property {"draft"|"committed"|"undone"} state
 * @property {string} version
 * @property {boolean} is_ready
 * @property {boolean} can_undo
 * @property {string|null} undo_until
 * @property {string} user_name
 * @property {string} created_at
 * @property {string|null} committed_at
 * @property {string|null} undone_at
 * @property {string|null} undone_by
 * @property {{header: string, column: string}[]} columns
 * @property {string[]} unmatched
 * @property {string[]} dropped
 * @property {number[]} header_lines
 * @property {{line: number, reason: string, text: string}[]} lines_left_out
 * @property {Record<string, number>|null} counts  as written
 * @property {Record<string, number>} tried
 * @property {Record<string, number>} bins
 * @property {Problem[]} problems  of the file as a whole
 * @property {Decision[]} answers  of the file as a whole
 * @property {number} took_ms
 */

export const BINS = ["new", "changed", "same", "question", "duplicate", "error", "skipped"];
export const UNDECIDED = ["question", "duplicate", "error"];
/** What is to be looked at. */
export const TO_SEE = ["changed", ...UNDECIDED];
const MOST_COLUMNS = 9;
/** Shown under one heading: where a group, or a place, may be written. */
const TOGETHER = { group: ["group_name", "group_id"], place: ["location", "coordinates", "latitude", "longitude"] };
/** @type {Record<string, string[]>} */
const MAIN = {
  households: ["owner", "group", "phone", "eyes", "place"],
  cameras: ["key", "place", "group", "custodian", "retention_days"],
  bells: ["key", "establishment", "group", "button_position", "rings_at"],
  people: ["key", "name", "role", "scope", "phone"],
  groups: ["key", "name", "area_id", "beat_id", "board_id"],
  areas: ["key", "name", "level", "parent_area_id", "valid_from"],
};
const IDS = new Set(["device_id", "person_id", "area_id", "group_id"]);

/** @param {Problem} problem */
export const isOpen = (problem) => problem.severity !== "fixed" && !problem.is_settled;

/** @param {Row} row */
export const openOf = (row) => (row.bin === "skipped" ? [] : row.problems.filter(isOpen));

/** How many places are still to be decided: rows, and the file's own questions.
 * @param {Run} run */
export const leftToDecide = (run) => run.tried.questions + run.tried.errors + run.problems.filter(isOpen).length;

/** @param {Run} run */
export const toWrite = (run) => run.tried.new + run.tried.changed;

/** @param {string|null} column @returns {string} the heading it is shown under */
export function headingOf(column) {
  const found = Object.entries(TOGETHER).find(([, columns]) => columns.includes(column ?? ""));
  return found ? found[0] : (column ?? "");
}

/** Whether a file writes of what stands under a heading.
 * @param {Run} run @param {string} name */
function isWritten(run, name) {
  if (name === "key" || name === "group") return true;
  const columns = TOGETHER[/** @type {"place"} */ (name)] ?? [name];
  return run.columns.some(({ column }) => columns.includes(column));
}

/** The headings of the table: the kind's own, then whatever is asked about or changes.
 * @param {Run} run @param {Row[]} rows @param {string[]} before  those it has already: none goes while one works
 * @returns {string[]} */
export function headings(run, rows, before) {
  const main = before.length ? before : (MAIN[run.kind ?? ""] ?? []).filter((name) => isWritten(run, name));
  const more = new Set();
  for (const row of rows) {
    for (const column of [...row.problems.filter(({ severity }) => severity !== "fixed").map(({ column }) => column), ...Object.keys(row.changes)]) {
      const name = headingOf(column);
      if (name && !main.includes(name) && !(IDS.has(name) && main.includes("key"))) more.add(name);
    }
  }
  return [...main, ...more].slice(0, MOST_COLUMNS);
}

/** How a column is called in the file itself; "" where it has none.
 * @param {Run} run @param {string} name  a column, or a heading of several */
export function headerOf(run, name) {
  const columns = TOGETHER[/** @type {"place"} */ (name)] ?? [name];
  return run.columns.find(({ column }) => columns.includes(column))?.header ?? "";
}

/**
 * What agreeing to a problem sends. An agreement where a value was put by hand would take that value away:
 * it becomes the value, put right; where there is none to put, it is said of the whole row.
 * @param {Problem} problem @param {Decision} answer @param {Decision[]} [given]  answers of the row
 * @returns {Decision}
 */
export function kept(problem, answer, given = []) {
  const byHand = given.find((each) => each.choice === "replace" && each.column === answer.column);
  if (answer.choice !== "agree" || !byHand) return answer;
  return problem.proposal ? { ...answer, choice: "replace", value: problem.proposal } : { ...answer, column: null };
}

/** "11,7721 108,2203" is a position; "Ngã ba chợ" is a place's name.
 * @param {string|null} column @param {string} value */
export function columnFor(column, value) {
  const isPosition = /\d{1,3}[.,°]\d+.*\d{1,3}[.,°]\d+/.test(value);
  return column === "location" && isPosition ? "coordinates" : column;
}

/** What may be answered to a problem, the best first; what is typed in comes beside.
 * @param {Problem} problem
 * @returns {{word: "agree"|"planned"|"skip"|"not_twice"|"suggest", answer: Decision, value: string}[]} */
export function choicesOf(problem) {
  const { row, column, fix } = problem;
  const found = [];
  /** @type {Decision} */
  const skip = { row, column: null, choice: "skip", value: "" };
  if (fix?.choice === "agree") {
    const word = /consent/.test(problem.key) ? "planned" : "agree";
    found.push({ word, answer: fix, value: /outside/.test(problem.key) ? "" : (problem.proposal ?? "") });
  }
  for (const value of problem.suggestions) {
    if (value !== problem.proposal) found.push({ word: "suggest", answer: { row, column, choice: "replace", value }, value });
  }
  if (fix?.choice === "skip" && problem.severity === "question") {
    found.push({ word: "skip", answer: skip, value: "" });
    found.push({ word: "not_twice", answer: { row, column, choice: "agree", value: "" }, value: "" });
  } else found.push({ word: "skip", answer: skip, value: "" });
  return /** @type {any} */ (found);
}
