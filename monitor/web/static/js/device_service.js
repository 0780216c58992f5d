/** A device goes out of service, or comes back: by a commander, with a reason. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { byId } from "./dom.js";
import { t } from "./words.js";

/** @param {string} deviceId @param {() => Promise<void>} onDone */
export function openService(deviceId, onDone) {
  const address = `devices/${encodeURIComponent(deviceId)}`;
  byId("page").addEventListener("submit", (/** @type {Event} */ event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.dataset.service !== "out") return;
    event.preventDefault();
    const reason = String(new FormData(form).get("reason"));
    void send(ask(`${address}/out-of-service`, { reason }), t("service.is_out"));
  });
  byId("page").addEventListener("click", (/** @type {Event} */ event) => {
    if (!(/** @type {HTMLElement} */ (event.target).closest("button[data-service=in]"))) return;
    void send(ask(`${address}/in-service`, {}), t("service.is_back"));
  });
  page.onEvent("set_aside", () => void onDone());

  /** @param {Promise<{status: number, data: any}>} asked @param {string} done */
  async function send(asked, done) {
    const { status, data } = await asked;
    page.say(status === 204 ? done : (data?.message ?? t("act.failed")));
    await onDone();
  }
}
