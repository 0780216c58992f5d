/** Above the rows: how many of what, what the file was like, what is asked of it as a whole. */
import { byId, field, fromTemplate, made, setText } from "./dom.js";
import { BINS, isOpen } from "./import_model.js";
import { number, numberWithTenth, t } from "./words.js";

/** @typedef {import("./import_model.js").Run} Run */
/** @typedef {import("./import_model.js").Decision} Decision */

export class Review {
  /** @param {{onFilter: (bins: Set<string>) => void, onAnswer: (answer: Decision) => void, onForget: (answer: Decision) => void}} told */
  constructor(told) {
    this.told = told;
    /** @type {Map<string, HTMLElement>} */
    this.buttons = new Map();
    /** @type {Set<string>} */
    this.bins = new Set();
    for (const bin of BINS) {
      const button = fromTemplate("count");
      button.dataset.bin = bin;
      setText(/** @type {Element} */ (button.querySelector("span")), t(`import.bin.${bin}`));
      button.addEventListener("click", () => this.toggle(bin));
      this.buttons.set(bin, button);
      byId("counts").append(button);
    }
  }

  /** @param {string} bin */
  toggle(bin) {
    const bins = new Set(this.bins);
    if (!bins.delete(bin)) bins.add(bin);
    this.told.onFilter(bins);
  }

  /** @param {import("./import_session.js").Session} session */
  show({ run, bins }) {
    this.bins = bins;
    for (const [bin, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(bins.has(bin)));
      button.hidden = bin === "skipped" && !run.bins[bin];
      setText(/** @type {Element} */ (button.querySelector("b")), number(run.bins[bin] ?? 0));
      setText(/** @type {Element} */ (button.querySelector("small")), this.note(bin, run));
    }
    setText(byId("lead"), leadOf(run));
    this.showFile(run);
    this.showRead(run);
  }

  /** @param {string} bin @param {Run} run */
  note(bin, run) {
    if (bin === "new" && run.tried.eyes_to_add) return t("import.note.eyes", { n: number(run.tried.eyes_to_add) });
    if (bin === "changed") return t("import.note.changed", { n: number(run.tried.cells_changed) });
    return t(`import.note.${bin}`);
  }

  /** Questions of the file as a whole, and what was left out of it for its own good.
   * @param {Run} run */
  showFile(run) {
    const nodes = run.problems.map((problem) => {
      const node = fromTemplate("asked-of-file");
      node.classList.toggle("decide", isOpen(problem));
      setText(field(node, "sentence"), problem.message);
      const button = /** @type {HTMLButtonElement} */ (node.querySelector("button"));
      button.hidden = !problem.fix;
      setText(button, t(isOpen(problem) ? "import.agree" : "import.again"));
      const fix = problem.fix;
      if (fix) button.addEventListener("click", () => (isOpen(problem) ? this.told.onAnswer(fix) : this.told.onForget(fix)));
      return node;
    });
    byId("of-file").replaceChildren(...nodes);
  }

  /** How the file was read, in a line; all of it below.
   * @param {Run} run */
  showRead(run) {
    const taken = run.columns.length;
    const all = taken + run.unmatched.length + run.dropped.length;
    const words = [t("import.columns", { n: number(taken), k: number(all) })];
    if (run.unmatched.length) words.push(t("import.unmatched", { x: run.unmatched.map((name) => `“${name}”`).join(", ") }));
    if (run.header_lines.length) words.push(t("import.header_at", { x: run.header_lines.join("–") }));
    if (run.lines_left_out.length) words.push(t("import.lines_left_out", { n: number(run.lines_left_out.length) }));
    setText(byId("read-word"), words.join(" "));
    byId("read-more").replaceChildren(columnsOf(run), leftOut(run));
  }
}

/** @param {Run} run */
function leadOf(run) {
  const { valid, questions, errors } = run.tried;
  const sheet = run.sheet ? t("import.sheet", { name: run.sheet }) : "";
  const told = t("import.summary", { ok: number(valid), warn: number(questions), err: number(errors) });
  const size = t("import.size", { n: number(run.tried.rows), s: numberWithTenth(run.took_ms / 1000) });
  return [run.file_name, sheet, size, told].filter(Boolean).join(" · ") + `. ${t("import.nothing_written")}`;
}

/** @param {Run} run */
function columnsOf(run) {
  const list = made("p", "");
  list.append(made("b", t("import.columns_taken")), ` ${run.columns.map(({ header }) => header).join(" · ")}`);
  return list;
}

/** @param {Run} run */
function leftOut(run) {
  const list = document.createElement("ul");
  for (const { line, reason, text } of run.lines_left_out) {
    list.append(made("li", t("import.line", { n: line, why: t(reason), text })));
  }
  return list;
}
