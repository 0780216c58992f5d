/** Written, and how long it can be taken back; or taken back, or why not. */
import { byId, field, made, setText } from "./dom.js";
import { call } from "./import_api.js";
import { why } from "./import_start.js";
import { moment, number, t } from "./words.js";

const MOST_OBSTACLES = 12;

export class Done {
  /** @param {{onUndone: (batch: any) => void, now: () => number}} told */
  constructor(told) {
    this.told = told;
    this.card = /** @type {HTMLElement} */ (document.querySelector(".outcome"));
    this.dialog = /** @type {HTMLDialogElement} */ (byId("undo-ask"));
    /** @type {any} */
    this.batch = null;
    byId("undo").addEventListener("click", () => this.ask());
    byId("undo-sure").addEventListener("click", () => this.undo());
    this.dialog.querySelector("[data-close]")?.addEventListener("click", () => this.dialog.close());
  }

  /** @param {any} batch */
  show(batch) {
    this.batch = batch;
    const { counts, state } = batch;
    const isUndone = state === "undone";
    setText(field(this.card, "title"), isUndone ? t("import.undone") : doneWord(counts));
    const at = moment(batch.undone_at ?? batch.committed_at, this.told.now());
    setText(field(this.card, "what"), [batch.file_name, at, batch.undone_by ?? batch.user_name].join(" · "));
    field(this.card, "figures").replaceChildren(...figures(counts));
    field(this.card, "wrong").hidden = true;
    byId("undo").hidden = !batch.can_undo;
    setText(field(this.card, "until"), this.untilWord());
    byId("outcome-title").focus();
  }

  untilWord() {
    const { can_undo, undo_until, state } = this.batch;
    if (can_undo) return t("import.undo_until", { time: moment(undo_until, this.told.now()) });
    return state === "undone" ? t("import.undone_word") : t("import.undo_over");
  }

  ask() {
    const { counts } = this.batch;
    setText(field(this.dialog, "what"), t("import.undo_what", { n: number(counts.eyes_to_add || counts.new), k: number(counts.changed) }));
    this.dialog.showModal();
    byId("undo-title").focus();
  }

  async undo() {
    this.dialog.close();
    byId("undo").disabled = true;
    const answer = await call(`/${this.batch.id}/undo`, { method: "POST" });
    byId("undo").disabled = false;
    if (answer.status === 200) return this.told.onUndone(answer.data);
    const rows = answer.data?.rows ?? [];
    field(this.card, "wrong").hidden = false;
    setText(field(this.card, "why"), rows.length ? t("import.undo_refused") : why(answer));
    const named = rows.slice(0, MOST_OBSTACLES).map((/** @type {any} */ row) => {
      const by = row.by ? t("import.obstacle_by", { name: row.by, time: moment(row.at, this.told.now()) }) : "";
      return made("li", [row.entity_id, by].filter(Boolean).join(" · "));
    });
    if (rows.length > MOST_OBSTACLES) named.push(made("li", t("import.obstacles_more", { n: number(rows.length - MOST_OBSTACLES) })));
    field(this.card, "obstacles").replaceChildren(...named);
  }
}

/** @param {Record<string, number>} counts */
function doneWord(counts) {
  const told = { n: number(counts.eyes_to_add || counts.new), c: number(counts.changed), k: number(counts.skipped) };
  if (counts.eyes_to_add) return t(counts.changed ? "import.done_eyes_changed" : "import.done", told);
  return t("import.done_rows", told);
}

/** @param {Record<string, number>} counts @returns {HTMLElement[]} */
function figures(counts) {
  /** @type {[string, number][]} */
  const pairs = [
    [t("import.bin.new"), counts.new],
    [t("import.bin.changed"), counts.changed],
    [t("import.bin.same"), counts.same],
    [t("import.bin.skipped"), counts.skipped],
  ];
  if (counts.eyes_to_add) pairs.push([t("import.eyes_active"), counts.eyes_active], [t("import.eyes_waiting"), counts.eyes_waiting]);
  return pairs.flatMap(([name, value]) => [made("dt", name), made("dd", number(value))]);
}
