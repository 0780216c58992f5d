/** What the page asks of the server besides the feed. */
import { isRefused } from "./acting.js";

/**
 * @param {string} path @param {object} [body]  with it, a POST @param {string} [method]  where it is another
 * @returns {Promise<{status: number, data: any}>} status 0: not reachable, or not to be asked for now
 */
export async function ask(path, body, method) {
  if ((body || method) && isRefused(path)) return { status: 0, data: null };
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  /** @type {RequestInit} */
  const request = { headers, signal: AbortSignal.timeout(8000) };
  // Who the page says is acting: where somebody else has signed in meanwhile, nothing is done under a wrong name.
  const me = document.getElementById("me")?.textContent;
  if (me) headers["X-Acting-As"] = encodeURIComponent(me);
  if (body) {
    request.method = "POST";
    request.keepalive = true;
    headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  if (method) request.method = method;
  try {
    const answer = await fetch(`/api/v1/${path}`, request);
    if (answer.status === 409 && answer.headers.has("X-Acting-As")) location.reload();
    if (answer.status === 401) dispatchEvent(new Event("signed-out"));
    return { status: answer.status, data: answer.status === 204 ? null : await answer.json() };
  } catch {
    return { status: 0, data: null };
  }
}
