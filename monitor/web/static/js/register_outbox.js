/** What waits on this phone, and how it is sent: each of them once, in its own time, by whoever made it. */
import { byId, field, fromTemplate, setText } from "./dom.js";
import { t } from "./words.js";

/** @typedef {import("./register_store.js").Entry} Entry */

const AGAIN_MS = 15_000;

export class Outbox {
  /** @param {{store: import("./register_store.js").Store, user: string, onSent: (device: any, entry: Entry) => void,
   *   onOpen: (entry: Entry) => void, onDropped: (why: string) => void}} given */
  constructor(given) {
    this.given = given;
    this.isSending = false;
    this.isSignedOut = false;
    this.isOtherSignedIn = false;
    addEventListener("online", () => this.send());
    addEventListener("offline", () => this.show());
    document.addEventListener("visibilitychange", () => document.hidden || this.send());
    setInterval(() => this.send(), AGAIN_MS);
    byId("outbox-open").addEventListener("click", () => this.toggle());
  }

  /** @param {Entry} entry  what it says is final: it is on its way, and may have arrived when its answer is lost */
  async add(entry) {
    await this.given.store.put({ ...entry, state: "waiting", problem: "" });
    await this.show();
    await this.send();
  }

  async send() {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (const entry of await this.mine("waiting")) if (!(await this.sendOne(entry))) break;
    } finally {
      this.isSending = false;
      await this.show();
    }
  }

  /** @param {Entry} entry @returns {Promise<boolean>} false: the others need not be tried now */
  async sendOne(entry) {
    if (!entry.deviceId) {
      const { status, data } = await this.register(entry);
      this.isSignedOut = status === 401;
      this.isOtherSignedIn = data?.error === "other_user";
      if (data?.error === "moved_away") return this.drop(entry, data.message);
      if (status !== 200 && status !== 201) return this.refuse(entry, status, data);
      entry = { ...entry, deviceId: data.id };
      await this.given.store.put(entry);
      this.given.onSent(data, entry);
    }
    if (entry.photo) {
      const { status, data } = await post(`/api/v1/devices/${entry.deviceId}/photo`, "PUT", entry.photo, { "Content-Type": "image/jpeg" });
      if (isPassing(status)) return false;
      if (status >= 400) return this.drop(entry, t("register.photo_refused", { id: entry.deviceId, why: data?.message ?? String(status) }));
    }
    await this.given.store.remove(entry.key);
    return true;
  }

  /** @param {Entry} entry */
  register(entry) {
    const headers = { "Content-Type": "application/json", "Chuong-User": encodeURIComponent(entry.user) };
    return post("/api/v1/devices", "POST", JSON.stringify(entry.body), headers);
  }

  /** @param {Entry} entry  is in the inventory; what is left of it cannot be sent @param {string} why */
  async drop(entry, why) {
    await this.given.store.remove(entry.key);
    this.given.onDropped(why);
    return true;
  }

  /** @param {Entry} entry @param {number} status @param {any} data */
  async refuse(entry, status, data) {
    if (isPassing(status) || this.isOtherSignedIn) return false;
    // Nothing was made of it: it may be put right, and then it is another request.
    await this.given.store.put({ ...entry, state: "refused", problem: data?.message ?? String(status) });
    return true;
  }

  /** @param {Entry["state"]} state @returns {Promise<Entry[]>} */
  async mine(state) {
    return (await this.given.store.all()).filter((entry) => entry.state === state && entry.user === this.given.user);
  }

  async show() {
    const entries = (await this.given.store.all()).filter((entry) => entry.state !== "draft");
    const waiting = entries.filter((entry) => entry.state === "waiting").length;
    const words = [];
    if (!navigator.onLine) words.push(t("register.outbox.offline"));
    else if (this.isSignedOut) words.push(t("register.outbox.signed_out"));
    else if (this.isOtherSignedIn) words.push(t("register.outbox.other_user", { user: this.given.user }));
    if (waiting) words.push(t("register.outbox.waiting", { n: waiting }));
    const aside = entries.filter((entry) => entry.state === "later").length;
    if (aside) words.push(t("register.outbox.aside", { n: aside }));
    const refused = entries.filter((entry) => entry.state === "refused").length;
    if (refused) words.push(t("register.outbox.refused", { n: refused }));
    const box = byId("outbox");
    box.hidden = words.length === 0;
    box.dataset.link = navigator.onLine ? "on" : "off";
    setText(byId("outbox-word"), words.join(" "));
    byId("outbox-open").hidden = entries.length === 0;
    if (!entries.length) byId("outbox-list").hidden = true;
    byId("outbox-list").replaceChildren(...entries.map((entry) => this.item(entry)));
  }

  /** @param {Entry} entry */
  item(entry) {
    const item = fromTemplate("outbox-item");
    const isMine = entry.user === this.given.user;
    const isOpen = isMine && entry.state !== "waiting";
    // Of another's entry no more is told than that it is there: the phone is shared, the territory is not.
    setText(field(item, "name"), (isMine && entry.fields.name) || t("register.outbox.nameless"));
    const word = isMine ? t(`register.state.${entry.state}`) : t("register.outbox.others");
    setText(field(item, "state"), isMine && entry.problem ? `${word}: ${entry.problem}` : word);
    for (const button of item.querySelectorAll("button")) button.hidden = !isOpen;
    item.addEventListener("click", async (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (!button) return;
      if (button.dataset.act === "open") this.given.onOpen(entry);
      else if (button.dataset.sure) await this.given.store.remove(entry.key);
      // Asked by the button itself: a browser's own question would hold back an alarm on the page.
      else return ask(button);
      await this.show();
    });
    return item;
  }

  toggle() {
    const list = byId("outbox-list");
    list.hidden = !list.hidden;
    byId("outbox-open").setAttribute("aria-expanded", String(!list.hidden));
  }
}

/** @param {HTMLElement} button  the next press of it is meant */
function ask(button) {
  button.dataset.sure = "yes";
  button.textContent = t("register.outbox.remove_sure");
}

/** The server, or the way to it, cannot do it now; the request itself is no worse for it. @param {number} status */
const isPassing = (status) => status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;

/** @param {string} path @param {string} method @param {BodyInit} body @param {Record<string, string>} about
 * @returns {Promise<{status: number, data: any}>} status 0: no answer came, which does not say that nothing arrived */
async function post(path, method, body, about) {
  const headers = { Accept: "application/json", ...about };
  try {
    const answer = await fetch(path, { method, body, headers, signal: AbortSignal.timeout(30_000) });
    return { status: answer.status, data: answer.status === 204 ? null : await answer.json() };
  } catch {
    return { status: 0, data: null };
  }
}
