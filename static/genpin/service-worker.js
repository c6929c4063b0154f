// Served at /sw.js, with what comes before this text: VERSION, SHELL (addresses of the stylesheet, scripts, icons) and
// AWAY (the page that says there is no connection). It keeps the page of the station one works at, so that a reload
// without a connection still opens it, and nothing else: no list, no record, no other person's page.
//
// A kept page belongs to one operator session: the answer names it in the header Genpin-Keep. Another session's page, a
// sign-out, or the sign-in page takes it away. The queue of scans is no business of this file: it stays.
const SHELL_CACHE = `genpin-shell-${VERSION}`;
const PAGES = "genpin-pages-";
const PICTURES = "genpin-pictures"; // of work instructions: their bytes never change under their address
const PICTURES_AT = "/instructions/pictures/";
const MOST_PICTURES = 80;
const DOORS = ["/login/", "/logout/", "/bench/"]; // where nobody is signed in
const PATIENCE = 6000; // ms that a reload of a kept page waits for a bad line

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll([...SHELL, AWAY])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

async function tidy() {
  for (const name of await caches.keys()) if (name.startsWith("genpin-shell-") && name !== SHELL_CACHE) await caches.delete(name);
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (DOORS.includes(address.pathname)) event.waitUntil(forget());
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(page(request, event));
  else if (request.method === "GET" && SHELL.includes(address.pathname)) event.respondWith(shell(request));
  else if (request.method === "GET" && address.pathname.startsWith(PICTURES_AT)) event.respondWith(picture(request));
});

// What was shown at a step is shown again without a connection; the oldest makes room.
async function picture(request) {
  const cache = await caches.open(PICTURES);
  const known = await cache.match(request.url, { ignoreVary: true });
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic" && !answer.redirected) {
    await cache.put(request.url, answer.clone());
    const all = await cache.keys();
    if (all.length > MOST_PICTURES) await cache.delete(all[0]);
  }
  return answer;
}

// The names of these files hold their contents' hash: what is kept is what would come.
async function shell(request) {
  return (await caches.match(request, { cacheName: SHELL_CACHE, ignoreVary: true })) ?? fetch(request);
}

async function page(request, event) {
  const known = await keptPage(request.url);
  const line = fetch(request).then((answer) => { event.waitUntil(keep(request.url, answer.clone())); return answer; });
  try {
    return await (known ? Promise.race([line, late()]) : line);
  } catch {
    return known ?? (await caches.match(AWAY, { cacheName: SHELL_CACHE, ignoreVary: true })) ?? Response.error();
  }
}

function late() {
  return new Promise((_, refuse) => setTimeout(() => refuse(new Error("late")), PATIENCE));
}

async function keptPage(url) {
  for (const name of await caches.keys()) {
    const found = name.startsWith(PAGES) && (await (await caches.open(name)).match(url, { ignoreVary: true }));
    if (found) return found;
  }
  return undefined;
}

async function keep(url, answer) {
  const session = answer.headers.get("Genpin-Keep");
  if (answer.ok && session && !answer.redirected && answer.type === "basic") {
    await forget(PAGES + session);
    await (await caches.open(PAGES + session)).put(url, answer);
  } else if (DOORS.includes(new URL(answer.url).pathname)) {
    await forget();
  }
}

// Takes away every kept page but those of one session.
async function forget(but = "") {
  if (!but) await caches.delete(PICTURES);
  for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== but) await caches.delete(name);
}

self.addEventListener("message", (event) => {
  if (event.data === "kept stations") event.waitUntil(stations().then((found) => event.source.postMessage({ stations: found })));
  if (event.data === "forget") event.waitUntil(forget());
  if (event.data?.keep) event.waitUntil(fetch(event.data.keep, { credentials: "same-origin" }).then((answer) => keep(event.data.keep, answer)));
});

async function stations() {
  const found = [];
  for (const name of await caches.keys()) {
    if (name.startsWith(PAGES)) for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  }
  return found;
}
