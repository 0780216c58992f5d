/** What the page asks of the server besides the feed. */
import { isRefused } from "./acting.js";

/**
 * @param {string} path @param {object} [body]  with it, a POST @param {string} [method]  where it is another
 * @returns {Promise<{status: number, data: any}>} status 0: not reachable, or not to be asked for now
 */
export async function ask(path, body, method) {
  if ((body || method) && isRefused(path)) return { status: 0, data: null };
  /** @type {RequestInit} */
  const request = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8000) };
  if (body) {
    request.method = "POST";
    request.keepalive = true;
    request.headers = { Accept: "application/json", "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  if (method) request.method = method;
  try {
    const answer = await fetch(`/api/v1/${path}`, request);
    if (answer.status === 401) dispatchEvent(new Event("signed-out"));
    return { status: answer.status, data: answer.status === 204 ? null : await answer.json() };
  } catch {
    return { status: 0, data: null };
  }
}
