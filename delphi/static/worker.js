/* Opens a page of statements without a connection, as it was last seen, with its styles and scripts. It sees nothing but
   pages under its own address; what it keeps is named by the session, and goes when the server knows that session no more. */
const PLACE = new URL(registration.scope).pathname.replace("/panel/page/", ""); // below which every page of ours stands
const SHEET = PLACE + "sheet-", FILES = PLACE + "files";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", ({ data }) => keepAll(data)); // from a page that was opened before this worker was there
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (url.pathname.startsWith(PLACE + "/static/") && url.searchParams.has("v")) event.respondWith(file(request));
});

async function page(event) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(remember(event.request.url, answer.clone()));
    return answer;
  } catch (gone) {
    for (const name of await kept()) {
      const seen = await (await caches.open(name)).match(event.request.url);
      if (seen && Date.parse(seen.headers.get("Keep-Until")) > Date.now()) return seen;
    }
    throw gone;
  }
}

const kept = async () => (await caches.keys()).filter((name) => name.startsWith(SHEET));

async function remember(url, answer) {
  const session = answer.headers.get("Keep-On-Device");
  const own = answer.ok && session ? SHEET + session : "";
  if (own || (answer.status >= 400 && answer.status < 500)) {
    for (const name of await kept()) if (name !== own) await caches.delete(name);
  }
  if (own) await (await caches.open(own)).put(url, answer);
}

async function keepAll({ page: url, files }) {
  await Promise.all(files.map((name) => file(new Request(name))));
  await remember(url, await fetch(url));
}

async function file(request) {
  const cache = await caches.open(FILES);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone()); // beside an earlier version, which an earlier page may need
  return answer;
}
