/** Choosing a file, sending it, and the lists that came before. */
import { byId, field, fromTemplate, setText } from "./dom.js";
import { call, upload } from "./import_api.js";
import { moment, number, t } from "./words.js";

const MOST_BYTES = 5_000_000;
const A_PAGE = 20;

export class Start {
  /** @param {{onRun: (run: any) => void, onOpen: (batch: any) => void, onReading: (isReading: boolean) => void, now: () => number}} told */
  constructor(told) {
    this.told = told;
    this.input = /** @type {HTMLInputElement} */ (byId("file"));
    /** @type {{stop: () => void}|null} */
    this.sending = null;
    /** @type {string|null} */
    this.next = null;
    this.input.addEventListener("change", () => this.input.files?.[0] && this.take(this.input.files[0]));
    byId("stop").addEventListener("click", () => this.sending?.stop());
    byId("history-more").addEventListener("click", () => this.before(this.next));
    this.openDrop();
  }

  /** The whole page takes a file, wherever it is let go. */
  openDrop() {
    addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      byId("drop").classList.add("over");
    });
    addEventListener("dragleave", (event) => event.relatedTarget || byId("drop").classList.remove("over"));
    addEventListener("drop", (event) => {
      const file = event.dataTransfer?.files[0];
      byId("drop").classList.remove("over");
      if (!file) return;
      event.preventDefault();
      this.take(file);
    });
  }

  choose() {
    this.input.value = "";
    this.input.click();
  }

  /** @param {File} file */
  async take(file) {
    if (this.sending) return;
    if (file.size > MOST_BYTES) return this.refuse(t("import.file.too_large"));
    this.refuse("");
    this.told.onReading(true);
    const bar = /** @type {HTMLProgressElement} */ (byId("reading"));
    const sending = upload(file, (part) => {
      if (part < 1) bar.value = part;
      else bar.removeAttribute("value");
      setText(byId("reading-word"), t(part < 1 ? "import.sending" : "import.reading", { name: file.name }));
    });
    this.sending = sending;
    const answer = await sending.done;
    this.sending = null;
    this.input.value = "";
    this.told.onReading(false);
    if (answer.status !== 201) return this.refuse(why(answer));
    // A file that cannot be read is one problem, and no list.
    if (!answer.data.kind) return this.refuse(answer.data.problems.map((/** @type {any} */ each) => each.message).join(" "));
    this.told.onRun(answer.data);
  }

  /** @param {string} sentence */
  refuse(sentence) {
    byId("wrong").hidden = !sentence;
    setText(field(byId("wrong"), "what"), sentence);
    if (sentence) this.input.focus();
  }

  /** @param {string|null} [cursor] */
  async before(cursor = null) {
    const query = new URLSearchParams({ limit: String(A_PAGE), ...(cursor ? { cursor } : {}) });
    const { status, data } = await call(`?${query}`);
    if (status !== 200) return;
    const list = byId("history");
    if (!cursor) list.replaceChildren();
    list.append(...data.items.map((/** @type {any} */ batch) => this.line(batch)));
    this.next = data.next;
    byId("history-more").hidden = !data.next;
    byId("history-none").hidden = list.children.length > 0;
  }

  /** @param {any} batch */
  line(batch) {
    const line = fromTemplate("history-line");
    setText(field(line, "name"), batch.file_name);
    setText(field(line, "state"), t(`import.state.${batch.state}`));
    const at = moment(batch.undone_at ?? batch.committed_at ?? batch.created_at, this.told.now());
    const counts = batch.counts ? t("import.history_counts", { n: number(batch.counts.new), k: number(batch.counts.changed) }) : "";
    setText(field(line, "what"), [at, batch.undone_by ?? batch.user_name, counts].filter(Boolean).join(" · "));
    const open = line.querySelector("button");
    open?.setAttribute("aria-label", t("import.open_named", { name: batch.file_name }));
    open?.addEventListener("click", () => this.told.onOpen(batch));
    return line;
  }
}

/** A sentence for what did not work.
 * @param {{status: number, data: any}} answer */
export function why({ status, data }) {
  if (status === 0) return t("import.not_reached");
  if (status === 403) return t("import.no_right");
  if (status === 413) return t("import.file.too_large");
  if (status === 404) return t("import.gone");
  if (status === 429) return t("import.busy");
  return data?.message ? t("import.refused", { why: data.message }) : t("import.not_reached");
}
