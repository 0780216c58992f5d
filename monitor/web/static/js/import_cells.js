/** One cell of a row: what is written, what it was, what it will be. */
import { made } from "./dom.js";
import { headingOf, isOpen } from "./import_model.js";
import { isWord, number, t } from "./words.js";

/** @typedef {import("./import_model.js").Row} Row */

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const PLACE = ["location", "coordinates", "latitude", "longitude"];

/** @param {Row} row @param {string} heading @returns {Node[]} */
export function cellOf(row, heading) {
  if (heading === "key") return [made("span", row.key ?? "")];
  const change = changeOf(row, heading);
  const nodes = change ?? found(row, heading) ?? [made("span", written(row, heading))];
  if (heading === "place" && row.moved_m !== null) nodes.push(" ", made("b", t("import.moved", { n: number(row.moved_m) })));
  return nodes;
}

/** A value as the inventory keeps it, for people.
 * @param {string} value */
export function said(value) {
  const day = DAY.exec(value);
  if (day) return `${day[3]}/${day[2]}/${day[1]}`;
  if (isWord(`register.location.${value}`)) return t(`register.location.${value}`);
  return isWord(`register.consent.${value}`) ? t(`register.consent.${value}`) : value;
}

/** @param {string} from @param {string} to @returns {Node[]} */
export function turned(from, to) {
  const nodes = [];
  if (from) nodes.push(made("del", from), document.createTextNode(" "));
  nodes.push(made("ins", to));
  return nodes;
}

/** What the inventory has, and what the list says instead.
 * @param {Row} row @param {string} heading @returns {(Node|string)[]|null} */
function changeOf(row, heading) {
  if (heading === "place" && ("latitude" in row.changes || "longitude" in row.changes)) {
    const moved = turned(position(row, "old"), position(row, "new"));
    const named = row.changes.location;
    return named ? [...turned(named.old, named.new), document.createElement("br"), ...moved] : moved;
  }
  const column = Object.keys(row.changes).find((each) => headingOf(each) === heading);
  if (!column) return null;
  const { old, new: to } = row.changes[column];
  return turned(said(old), heading === "group" && row.group_name ? row.group_name : said(to));
}

/** @param {Row} row @param {"old"|"new"} which */
function position(row, which) {
  return ["latitude", "longitude"].map((name) => row.changes[name]?.[which] ?? row.values[name] ?? "").join(", ").replace(/^, $/, "");
}

/** What was put right, or is asked about.
 * @param {Row} row @param {string} heading @returns {(Node|string)[]|null} */
function found(row, heading) {
  const put = row.answers.find(({ choice, column }) => choice === "replace" && headingOf(column) === heading);
  if (put) return turned(put.column === "coordinates" ? "" : written(row, heading), put.value);
  const problems = row.problems.filter(({ column }) => headingOf(column) === heading);
  const problem = problems.find(isOpen) ?? problems[0];
  if (!problem) return null;
  // Nothing is to be put in its place: what is there is asked about.
  if (problem.key === "import.position.outside") return [made("b", problem.proposal ?? "", "asked")];
  const from = problem.seen || (row.cells[problem.column ?? ""] ?? "");
  if (problem.proposal !== null && problem.proposal !== from) return turned(from, said(problem.proposal));
  if (!isOpen(problem)) return null;
  return [from ? made("b", from, "asked") : made("b", t("import.blank"), "asked blank")];
}

/** @param {Row} row @param {string} heading */
function written(row, heading) {
  if (heading === "group") return row.group_name ?? row.values.group_id ?? row.cells.group_name ?? "";
  if (heading === "place") {
    const named = row.cells.location ?? "";
    const { latitude, longitude } = row.values;
    return named || (latitude ? `${latitude}, ${longitude}` : PLACE.map((column) => row.cells[column]).find(Boolean) ?? "");
  }
  return row.cells[heading] ?? said(row.values[heading] ?? "");
}
