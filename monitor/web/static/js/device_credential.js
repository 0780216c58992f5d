/** What a device signs in with: issued anew or taken away, never without asking; the secret is shown this once. */
import { ask } from "./api.js";
import { byId, setText } from "./dom.js";
import { t } from "./words.js";

/** @param {{problemOf: (status: number, data: any) => string, onDone: () => Promise<void>}} given */
export function openCredential({ problemOf, onDone }) {
  const sure = byId("sure");
  const secret = byId("secret");
  for (const button of document.querySelectorAll("#sure [data-close], #secret [data-close]")) {
    button.addEventListener("click", () => /** @type {HTMLDialogElement} */ (button.closest("dialog")).close());
  }
  // Closed, it is gone from the page too.
  secret.addEventListener("close", () => showSecret(""));

  /** @param {string} word */
  function showSecret(word) {
    setText(byId("secret-word"), word);
    for (const box of document.querySelectorAll("[data-label] [name=secret]")) {
      /** @type {HTMLInputElement} */ (box).value = word;
    }
  }

  /** @param {string} title @param {string} words @param {string} act @returns {Promise<boolean>} */
  function isSure(title, words, act) {
    setText(byId("sure-title"), title);
    setText(byId("sure-words"), words);
    setText(byId("sure-do"), act);
    setText(byId("sure-problem"), "");
    sure.returnValue = "";
    sure.showModal();
    byId("sure-do").onclick = () => sure.close("yes");
    return new Promise((done) => sure.addEventListener("close", () => done(sure.returnValue === "yes"), { once: true }));
  }

  /** @param {string} title @param {string} why */
  function explain(title, why) {
    void isSure(title, "", t("btn.close_window"));
    setText(byId("sure-problem"), why);
  }

  /** @param {string} id */
  async function issue(id) {
    const title = t("device.issue_anew");
    if (!(await isSure(title, t("device.issue_sure"), title))) return;
    const { status, data } = await ask(`devices/${id}/credential`, {});
    if (status !== 201) return explain(title, problemOf(status, data));
    showSecret(data.secret);
    secret.showModal();
    await onDone();
  }

  /** @param {string} id */
  async function revoke(id) {
    const title = t("device.revoke");
    if (!(await isSure(title, t("device.revoke_sure"), title))) return;
    const { status, data } = await ask(`devices/${id}/credential`, undefined, "DELETE");
    if (status !== 204) return explain(title, problemOf(status, data));
    await onDone();
  }

  return { isSure, issue, revoke };
}
