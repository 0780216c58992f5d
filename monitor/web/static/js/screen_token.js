/**
 * A screen that nobody sits at signs itself in by the token behind the # of its address: what stands there is sent to no
 * server, and into no log. It stays there, for the next time.
 */
const SAID = "#token=";

/** @returns {string} empty: this is no such screen */
export const screenToken = () => (location.hash.startsWith(SAID) ? decodeURIComponent(location.hash.slice(SAID.length)) : "");

/** @param {string} token @returns {Promise<number>} 204: it is in; 0: nobody answered */
export async function signScreenIn(token) {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    return (await fetch("/login/screen", { method: "POST", headers, signal: AbortSignal.timeout(8000) })).status;
  } catch {
    return 0;
  }
}
