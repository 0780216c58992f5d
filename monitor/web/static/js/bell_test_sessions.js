/** Sessions that are open, and the one that has just ended: each button's result as its press comes in. */
import { ask } from "./api.js";
import { figuresOf, placeOf, showResult } from "./bell_test_words.js";
import { actOf, byId, field, fromTemplate, setText } from "./dom.js";
import { hour, number, stopwatch, t } from "./words.js";

/** @typedef {import("./bell_test_words.js").Trial} Trial */
/** @typedef {{id: number, code_word: string|null, opened_at: string, opened_by: string, expires_at: string,
 *   ended_at: string|null, ended_by: string|null, ending: string|null, trials: Trial[]}} Session */

const STAYS_MS = 15 * 60_000; // what came of it is read after its end

export class Sessions {
  /** @param {{time: import("./server_time.js").ServerTime, say: (text: string) => void,
   *   onFail: (session: Session, trial: Trial) => void}} given */
  constructor({ time, say, onFail }) {
    this.time = time;
    this.say = say;
    this.onFail = onFail;
    this.root = byId("sessions");
    /** @type {Session[]} */
    this.shown = [];
    /** @type {Map<number, string|null>} how each was when it was last looked at */
    this.endings = new Map();
    this.root.addEventListener("click", (/** @type {any} */ event) => this.onClick(event));
  }

  async look() {
    const { status, data } = await ask("bell-tests/sessions");
    if (status === 200) this.show(data.items);
  }

  /** @param {Session[]} sessions */
  show(sessions) {
    for (const session of sessions) {
      if (this.endings.get(session.id) === null && session.ending) this.say(endWords(session));
      this.endings.set(session.id, session.ending);
    }
    const isNew = (/** @type {Session} */ { ended_at: at }) => !at || this.time.now() - Date.parse(at) < STAYS_MS;
    this.shown = sessions.filter(isNew);
    this.root.hidden = !this.shown.length;
    this.root.replaceChildren(...this.shown.map((session) => this.card(session)));
    this.tick(false);
  }

  /** @param {Session} session */
  card(session) {
    const card = fromTemplate("session");
    card.dataset.session = String(session.id);
    card.classList.toggle("ended", Boolean(session.ended_at));
    const pressed = session.trials.filter(({ presses }) => presses > 0).length;
    const counts = { n: number(pressed), m: number(session.trials.length) };
    setText(field(card, "title"), session.ended_at ? endWords(session) : t("bell.on_test", counts));
    setText(field(card, "by"), t("bell.opened", { name: session.opened_by, time: hour(session.opened_at).slice(0, 5) }));
    field(card, "word-line").hidden = !session.code_word;
    setText(field(card, "word"), session.code_word ?? "");
    const end = /** @type {HTMLElement|null} */ (card.querySelector("[data-act=end]"));
    if (end) end.hidden = Boolean(session.ended_at);
    field(card, "trials").replaceChildren(...session.trials.map(rowOf));
    return card;
  }

  /** @param {boolean} isStale */
  tick(isStale) {
    for (const session of this.shown) {
      const card = this.root.querySelector(`[data-session="${session.id}"]`);
      const left_s = (Date.parse(session.expires_at) - this.time.now()) / 1000;
      if (card) setText(field(card, "left"), session.ended_at ? "" : isStale ? "—" : t("bell.left", { time: stopwatch(left_s) }));
    }
  }

  /** @param {Event} event */
  onClick(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const card = /** @type {HTMLElement|null} */ (target.closest("[data-session]"));
    const session = this.shown.find(({ id }) => String(id) === card?.dataset.session);
    const act = actOf(event);
    if (!session || !act) return;
    if (act === "end") void this.end(session);
    const row = /** @type {HTMLElement|null} */ (target.closest("[data-device]"));
    const trial = session.trials.find(({ device_id: id }) => id === row?.dataset.device);
    if (act === "fail" && trial) this.onFail(session, trial);
  }

  /** @param {Session} session */
  async end(session) {
    const { status, data } = await ask(`bell-tests/sessions/${session.id}/end`, {});
    if (status !== 200) this.say(data?.message ?? t("act.failed"));
    await this.look();
  }
}

/** @param {Trial} trial */
function rowOf(trial) {
  const row = fromTemplate("trial");
  row.dataset.device = trial.device_id;
  row.querySelector(".trial-dot")?.classList.add(trial.result);
  setText(field(row, "place"), placeOf(trial));
  setText(field(row, "position"), [trial.position, trial.device_id].filter(Boolean).join(" · "));
  showResult(field(row, "result"), trial);
  setText(field(row, "figures"), figuresOf(trial));
  const fail = /** @type {HTMLElement|null} */ (row.querySelector("[data-act=fail]"));
  if (fail) fail.hidden = trial.result === "failed";
  return row;
}

/** @param {Session} session */
function endWords(session) {
  const passed = session.trials.filter(({ result }) => result === "passed").length;
  return t(`bell.ending.${session.ending}`, { n: number(passed), m: number(session.trials.length) });
}
