/** On the desk, in the calm line: how much waits for whoever sits there, and for how long. */
import { byId, setText } from "./dom.js";
import { askNeeds, needWords } from "./need_words.js";
import { number, span, t } from "./words.js";

const EVERY_S = 30;

export class CalmNeeds {
  /** @param {import("./server_time.js").ServerTime} time */
  constructor(time) {
    this.time = time;
    this.link = byId("calm-needs");
    this.ticks = 0;
  }

  /** Once a second; while something rings there is one need only, and the banner says it. Then at once. */
  tick() {
    if (byId("calm").hidden) this.ticks = 0;
    else if (!document.hidden && this.ticks++ % EVERY_S === 0) void this.look();
  }

  async look() {
    const needs = await askNeeds();
    this.link.hidden = !needs || !needs.length;
    if (!needs || !needs.length) return;
    const sum = needs.reduce((n, need) => n + need.n, 0);
    const [first] = needs;
    const age = first.since_at ? ` · ${span(this.time.since(first.since_at))}` : "";
    setText(this.link, t("needs.desk", { n: number(sum), first: needWords(first) + age }));
  }
}
