/** Saved views: a question with a name, one's own or the whole post's. */
import { ask } from "./api.js";
import { byId, fromTemplate, setAttribute, setText } from "./dom.js";
import { t } from "./words.js";

/** @typedef {{id: number, name: string, question: string, is_shared: boolean, owner: string, is_own: boolean}} View */

export class Views {
  /** @param {{question: () => string, onShow: (question: string) => void, say: (text: string) => void}} given */
  constructor({ question, onShow, say }) {
    this.question = question;
    this.onShow = onShow;
    this.say = say;
    this.list = byId("views");
    /** @type {View[]} */
    this.views = [];
    byId("view-form").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.save();
    });
    void this.load();
  }

  async load() {
    const { status, data } = await ask("views");
    if (status !== 200) return;
    this.views = data.items;
    this.show();
  }

  show() {
    this.list.replaceChildren(...this.views.map((view) => this.line(view)));
  }

  /** @param {View} view */
  line(view) {
    const line = fromTemplate("view");
    const [show, forget] = /** @type {NodeListOf<HTMLButtonElement>} */ (line.querySelectorAll("button"));
    setText(show, view.name);
    if (view.question === this.question()) setAttribute(show, "aria-current", "true");
    const shared = view.is_own ? t("inventory.view_shared_own") : t("inventory.view_of", { name: view.owner });
    setText(/** @type {Element} */ (line.querySelector("small")), view.is_shared ? shared : "");
    show.addEventListener("click", () => this.onShow(view.question));
    forget.hidden = !view.is_own;
    setAttribute(forget, "aria-label", t("inventory.view_forget", { name: view.name }));
    forget.addEventListener("click", () => this.forget(view));
    return line;
  }

  async save() {
    const name = byId("view-name");
    const given = { name: name.value, question: this.question(), is_shared: byId("view-shared").checked };
    const { status, data } = await ask("views", given);
    if (data?.error === "too_many_views") return this.say(t("inventory.view_too_many"));
    if (status !== 201) return this.say(t("inventory.not_saved"));
    name.value = "";
    await this.load();
  }

  /** @param {View} view */
  async forget(view) {
    const { status } = await ask(`views/${view.id}`, undefined, "DELETE");
    if (status !== 204) return this.say(t("inventory.not_saved"));
    await this.load();
  }
}
