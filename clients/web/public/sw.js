// The service worker: it keeps the shell of the app for when there is no network, and shows notifications. Nothing that
// belongs to a user is ever kept here: only this origin's page, its settings and the files whose names carry a hash.

const shell = "parley-shell"

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()))
})

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim())
})

self.addEventListener("fetch", (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== "GET" || url.origin !== self.location.origin) return
  if (request.mode === "navigate") {
    if (ours(url.pathname)) event.respondWith(newest("/", request))
  } else if (url.pathname === "/config.json") event.respondWith(newest("/config.json", request))
  else if (url.pathname.startsWith("/assets/")) event.respondWith(hashed(request))
})

/** Paths of the app; the console and what developers use are none of ours. */
function ours(path) {
  return path === "/" || /^\/(c|u)\//.test(path) || ["/search", "/settings", "/join"].includes(path)
}

/** From the network, and without one as it was kept. */
async function newest(key, request) {
  const cache = await caches.open(shell)
  try {
    const answer = await fetch(request)
    if (answer.ok && answer.type === "basic") {
      await cache.put(key, answer.clone())
      if (key === "/") await renew(cache, await answer.clone().text())
    }
    return answer
  } catch (error) {
    const kept = await cache.match(key)
    if (kept) return kept
    throw error
  }
}

/** A file whose name carries a hash never changes. */
async function hashed(request) {
  const cache = await caches.open(shell)
  const kept = await cache.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok && answer.type === "basic") await cache.put(request, answer.clone())
  return answer
}

async function keepShell() {
  const cache = await caches.open(shell)
  const page = await fetch("/", { cache: "no-cache" })
  if (!page.ok) throw new Error("the page is not there")
  await cache.put("/", page)
  await cache.add("/config.json")
  await keepFiles(cache)
}

/** Keeps all files of the build that is served now, and forgets those of older ones. */
async function keepFiles(cache) {
  const list = await fetch("/files.json", { cache: "no-cache" })
  if (!list.ok) throw new Error("the list of files is not there")
  const wanted = new Set(Object.values(await list.json()).flatMap(({ file, css = [] }) => [file, ...css]).map((file) => "/" + file))
  const kept = (await cache.keys()).filter((request) => new URL(request.url).pathname.startsWith("/assets/"))
  await Promise.all(kept.filter((request) => !wanted.delete(new URL(request.url).pathname)).map((request) => cache.delete(request)))
  await cache.addAll([...wanted])
}

/** When a page names files that are not kept, it is of a new build. */
async function renew(cache, text) {
  const named = [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map((match) => match[1])
  const kept = await Promise.all(named.map((path) => cache.match(path)))
  if (kept.includes(undefined)) await keepFiles(cache)
}

self.addEventListener("push", (event) => {
  event.waitUntil(show(event.data))
})

/** Shows what the server says, as text; while the app is in front of somebody it shows it itself. */
async function show(data) {
  let said = {}
  try { said = data?.json() ?? {} } catch { /* a push without content still has to be shown */ }
  const windows = await self.clients.matchAll({ type: "window" })
  if (windows.some((w) => w.focused)) return
  const text = (value, most) => (typeof value === "string" ? value.slice(0, most) : undefined)
  const { conversation, seq } = place(said.data)
  await self.registration.showNotification(text(said.title, 100) ?? "Parley", {
    body: text(said.body, 300) ?? "You have a new message.",
    icon: "/icon-192.png",
    tag: conversation ?? "parley",
    renotify: true,
    data: { conversation, seq },
  })
}

/** Where a notification leads, if that reads like a place of ours. */
function place(data) {
  const conversation = /^[dgt]_[a-z2-7]{26}$/.test(data?.conversation) ? data.conversation : undefined
  return { conversation, seq: conversation && Number.isSafeInteger(data.seq) && data.seq > 0 ? data.seq : undefined }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data ?? {}))
})

async function open({ conversation, seq }) {
  const path = conversation ? `/c/${conversation}${seq ? `?at=${seq}` : ""}` : "/"
  const [window] = await self.clients.matchAll({ type: "window" })
  if (!window) return self.clients.openWindow(path)
  await window.focus()
  if (conversation) window.postMessage({ open: conversation, seq })
}
