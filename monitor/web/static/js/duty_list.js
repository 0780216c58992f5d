/** Duties as a list: who was told, by which way, what came of it; texts to copy, and what can be sent again. */
import { ask } from "./api.js";
import { actOf, byId, field, fromTemplate, setText } from "./dom.js";
import { isWord, moment, number, t } from "./words.js";

/** @typedef {{id: number, code: string, kind: string, recipient: string, channel: string, way: string|null, text: string,
 *   state: string, attempts: number, is_repeat: boolean, due_at: string, next_at: string, settled_at: string|null,
 *   about: string, settled_by: string|null, last_outcome: string|null, last_answer: string|null}} Duty */

const OPEN = new Set(["WAITING", "SENDING"]);

export class DutyList {
  /** @param {{time: {now: () => number}, say: (text: string) => void, onActed: () => void}} given */
  constructor(given) {
    this.given = given;
    this.list = byId("duties");
    /** @type {Map<number, Duty>} */
    this.duties = new Map();
    this.shown = "";
    this.list.addEventListener("click", (/** @type {Event} */ event) => void this.act(event));
  }

  /** @param {Duty[]} duties @param {string} none  what to say where there is none */
  show(duties, none) {
    const text = JSON.stringify(duties);
    if (text === this.shown) return; // what did not change keeps its focus, and stays open
    this.shown = text;
    const open = new Set([...this.list.querySelectorAll("details[open]")].map((each) => each.closest("li")?.dataset.duty));
    const focused = document.activeElement?.closest("li")?.dataset.duty;
    const act = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset.act;
    this.duties = new Map(duties.map((duty) => [duty.id, duty]));
    this.list.replaceChildren(...duties.map((duty) => this.row(duty)));
    for (const row of this.list.children) row.querySelector("details").open = open.has(row.dataset.duty);
    if (focused && act) this.list.querySelector(`[data-duty="${focused}"] [data-act="${act}"]:not([hidden])`)?.focus();
    byId("duties-none").hidden = duties.length > 0;
    setText(byId("duties-none"), none);
    this.showZalo(duties);
  }

  /** @param {Duty} duty */
  row(duty) {
    const row = fromTemplate("duty");
    row.dataset.duty = String(duty.id);
    row.classList.toggle("dead", duty.state === "DEAD");
    setText(field(row, "who"), `${duty.recipient} · ${wayOf(duty.way, duty.channel)}`);
    setText(field(row, "state"), duty.state === "BY_HAND" ? t("zalo.manual") : t(`duty.state.${duty.state}`));
    field(row, "repeat").hidden = !duty.is_repeat;
    const now = this.given.time.now();
    const words = [duty.code, isWord(`alarm.kind.${duty.kind}`) ? t(`alarm.kind.${duty.kind}`) : duty.kind];
    words.push(t("duty.due", { time: moment(duty.due_at, now) }));
    if (duty.state === "SENT" && duty.settled_at) words.push(t("duty.sent_at", { time: moment(duty.settled_at, now) }));
    if (duty.settled_by) words.push(duty.settled_by);
    if (duty.attempts > 1) words.push(t("duty.tries", { n: number(duty.attempts) }));
    setText(field(row, "when"), words.join(" · "));
    const answer = field(row, "answer");
    answer.hidden = !duty.last_answer || ["SENT", "BY_HAND", "STOPPED"].includes(duty.state);
    if (!answer.hidden) setText(answer, answerOf(duty, now));
    setText(field(row, "text"), duty.text);
    /** @param {string} what @param {boolean} isHidden */
    const hide = (what, isHidden) => {
      /** @type {HTMLElement} */ (row.querySelector(`[data-act=${what}]`)).hidden = isHidden;
    };
    hide("copy", duty.state !== "BY_HAND");
    hide("done", duty.state !== "BY_HAND");
    hide("again", duty.state !== "DEAD");
    return row;
  }

  /** Of groups of Zalo that are written to by program. @param {Duty[]} duties */
  showZalo(duties) {
    const isSaid = document.getElementById("groups-told") !== null; // the page of an incident says it of a dispatch itself
    const open = duties.filter(({ about }) => !isSaid || !["dispatch", "recall"].includes(about));
    const groups = open.filter(({ way, state }) => way === "zalo_group" && !["STOPPED", "SWITCHED"].includes(state));
    const line = byId("duty-zalo");
    line.hidden = groups.length === 0;
    const sent = groups.filter(({ state }) => state === "SENT").length;
    setText(line, groups.length ? t("zalo.sent", { n: number(sent), m: number(groups.length) }) : "");
  }

  /** @param {Event} event */
  async act(event) {
    const row = /** @type {HTMLElement|null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-duty]"));
    const what = actOf(event);
    const duty = this.duties.get(Number(row?.dataset.duty));
    if (!what || !duty || !row) return;
    if (what === "copy") return this.copy(row, duty);
    const { status } = await ask(`duties/${duty.id}/${what}`, {});
    this.given.say(status === 200 ? t(`duty.acted.${what}`) : status === 409 ? t("duty.settled") : t("act.failed"));
    this.given.onActed();
  }

  /** Copying is not sending: the officer says so when the text is in the group. @param {HTMLElement} row @param {Duty} duty */
  async copy(row, duty) {
    try {
      await navigator.clipboard.writeText(duty.text);
      this.given.say(t("duty.copied"));
    } catch {
      // No clipboard over plain HTTP: the text is there, chosen, for Ctrl C.
      row.querySelector("details").open = true;
      getSelection()?.selectAllChildren(field(row, "text"));
      this.given.say(t("duty.copy_by_key"));
    }
    /** @type {HTMLElement} */ (row.querySelector("[data-act=done]")).focus();
  }
}

/** @param {string|null} way @param {string} channel */
export const wayOf = (way, channel) => (way && isWord(`duty.way.${way}`) ? t(`duty.way.${way}`) : channel);

/** @param {Duty} duty @param {number} now */
function answerOf(duty, now) {
  const told = duty.last_answer ?? "";
  if (duty.last_outcome === "quiet") {
    return duty.state === "WAITING" ? t("duty.quiet", { time: moment(duty.next_at, now) }) : t("duty.quiet_other");
  }
  const found = /^error (-?\d+)\s*(.*)$/.exec(told);
  if (found && duty.way && /^(zalo|zns)/.test(duty.way)) return t("zalo.failed", { code: found[1], msg: found[2] });
  return t(OPEN.has(duty.state) ? "duty.waits_after" : "duty.answered", { said: told });
}
