/**
 * Lets `/register` open without a network: the page itself and its files, nothing else. What the server knows
 * (alarms, devices) is never kept here: a page may be old, what it says of the world may not.
 */
const CACHE = "register";
const PAGE = "/register";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.type === "keep") event.waitUntil(keep(event.data.addresses));
});

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate" && pathname === PAGE) event.respondWith(page(event.request));
  else if (pathname.startsWith("/static/")) event.respondWith(file(event.request, search.startsWith("?v=")));
});

/** @param {string[]} addresses  what the page is made of now; what it was made of before goes */
async function keep(addresses) {
  const cache = await caches.open(CACHE);
  const wanted = new Set([PAGE, ...addresses].map((address) => new URL(address, self.location.origin).href));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  await Promise.all([...wanted].map((address) => add(cache, address)));
}

async function add(cache, address) {
  if (address.includes("?v=") && (await cache.match(address))) return;
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok && !answer.redirected) await cache.put(address, answer);
}

async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(PAGE, answer.clone());
    // Sent to the door, or refused: whoever is here now may not have this page.
    else if (answer.type === "opaqueredirect" || answer.status === 403) await cache.delete(PAGE);
    return answer;
  } catch {
    return (await cache.match(PAGE)) ?? Response.error();
  }
}

async function file(request, isForEver) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept && isForEver) return kept;
  return fetch(request).catch(() => kept ?? Response.error());
}
