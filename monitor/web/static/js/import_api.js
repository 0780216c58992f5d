/** What the import page asks of the server: a file up, a dry run back, answers, commit, undo. */

// A list of twenty thousand rows may take its time.
const SLOW_MS = 120_000;

/** @typedef {{status: number, data: any}} Answer  status 0: not reachable, or stopped */

/**
 * @param {string} path @param {{method?: string, body?: object}} [options]
 * @returns {Promise<Answer>}
 */
export async function call(path, { method = "GET", body } = {}) {
  /** @type {RequestInit} */
  const request = { method, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(SLOW_MS) };
  if (body) {
    request.headers = { Accept: "application/json", "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  try {
    const answer = await fetch(`/api/v1/imports${path}`, request);
    if (answer.status === 401) signIn();
    return { status: answer.status, data: answer.status === 204 ? null : await answer.json() };
  } catch {
    return { status: 0, data: null };
  }
}

/**
 * Sends a file as it is. `fetch` cannot tell how much of it has gone.
 * @param {File} file @param {(part: number) => void} onSent  from 0 to 1; 1: the server reads
 * @returns {{done: Promise<Answer>, stop: () => void}}
 */
export function upload(file, onSent) {
  const request = new XMLHttpRequest();
  /** @type {Promise<Answer>} */
  const done = new Promise((resolve) => {
    request.open("POST", `/api/v1/imports?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.timeout = SLOW_MS;
    request.upload.addEventListener("progress", (event) => onSent(event.total ? event.loaded / event.total : 1));
    request.upload.addEventListener("load", () => onSent(1));
    request.addEventListener("load", () => {
      if (request.status === 401) signIn();
      resolve({ status: request.status, data: request.response });
    });
    for (const end of ["error", "timeout", "abort"]) {
      request.addEventListener(end, () => resolve({ status: 0, data: null }));
    }
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}

/** @param {number} id */
export const correctedAddress = (id) => `/api/v1/imports/${id}/corrected`;

function signIn() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}
