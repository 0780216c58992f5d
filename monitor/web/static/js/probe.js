/** `window.chuong`: what the page has really shown and sounded, for tests and measurements. Read only. */

/** @typedef {{id: number, version: number, at: number}} Painted  `at`: Unix ms */

/** `tone`: the pattern that plays, "" for none.
 * @param {() => {audio: string, tone: string, link: string, seq: number, painted: Painted|null,
 *   sounded: Painted|null, screenId: string}} look */
export function openProbe(look) {
  const probe = {};
  for (const name of ["audio", "tone", "link", "seq", "painted", "sounded", "screenId"]) {
    Object.defineProperty(probe, name, { enumerable: true, get: () => /** @type {any} */ (look())[name] });
  }
  Object.defineProperty(probe, "isStale", { enumerable: true, get: () => look().link === "stale" });
  Object.defineProperty(window, "chuong", { value: Object.freeze(probe) });
}
