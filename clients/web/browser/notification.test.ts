import type { Browser, CDPSession } from "playwright-core"
import { afterAll, beforeAll, expect, inject, it } from "vitest"
import { settle, type Village } from "./village"
import { launch, Visitor } from "./visitor"

let browser: Browser
let village: Village
beforeAll(async () => { [browser, village] = await Promise.all([launch(), settle()]) })
afterAll(async () => {
  await browser?.close()
  await village?.close()
})

/** The id of the page's service worker, by which the browser knows it. */
async function registration(session: CDPSession): Promise<string> {
  const known = new Promise<string>((done) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => { if (registrations[0]) done(registrations[0].registrationId) })
  })
  await session.send("ServiceWorker.enable")
  return known
}

it("a push is shown while nobody looks, and a click on it opens the conversation", async () => {
  const { web } = inject("stack")
  const ann = await Visitor.join(browser, village.ann)
  await ann.context.grantPermissions(["notifications"], { origin: web })
  await ann.page.evaluate(() => navigator.serviceWorker.ready)
  const [worker] = ann.context.serviceWorkers()
  const session = await ann.context.newCDPSession(ann.page)
  const registrationId = await registration(session)
  await ann.list.open(village.group)
  const conversation = new URL(ann.page.url()).pathname.slice("/c/".length)
  await ann.go("/")
  const push = (said: object) => session.send("ServiceWorker.deliverPushMessage", { origin: web, registrationId, data: JSON.stringify(said) })
  const shown = () => worker!.evaluate(async () => {
    const scope = globalThis as unknown as ServiceWorkerGlobalScope
    return (await scope.registration.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data: data as unknown }))
  })

  // While the window is in front, it is the app that shows what comes.
  await worker!.evaluate(() => {
    const focused = Object.getOwnPropertyDescriptor(WindowClient.prototype, "focused")!
    Object.assign(globalThis, { lookedAt: true, asked: 0 })
    Object.defineProperty(WindowClient.prototype, "focused", { ...focused, get: () => (globalThis as unknown as { lookedAt: boolean }).lookedAt })
    // Only a click of a person lets a worker bring a window to the front. That it asks for it is noted instead.
    WindowClient.prototype.focus = async function focus() {
      (globalThis as unknown as { asked: number }).asked++
      return this
    }
  })
  await push({ title: "Sailing club", body: "not shown", data: { conversation } })
  await worker!.evaluate(() => { (globalThis as unknown as { lookedAt: boolean }).lookedAt = false })
  const said = { title: "Sailing club", body: "Chloé: <b>are you there?</b>", data: { conversation, seq: 2 } }
  await push(said)
  await expect.poll(shown).toEqual([{ title: said.title, body: said.body, tag: conversation, data: said.data }])

  await worker!.evaluate(async () => {
    const scope = globalThis as unknown as ServiceWorkerGlobalScope
    const [notification] = await scope.registration.getNotifications()
    scope.dispatchEvent(new NotificationEvent("notificationclick", { notification: notification! }))
  })
  await ann.conversation.composer.waitFor()
  expect(new URL(ann.page.url()).pathname).toBe(`/c/${conversation}`)
  expect(await worker!.evaluate(() => (globalThis as unknown as { asked: number }).asked)).toBe(1)
  await expect.poll(shown).toEqual([])
  expect(ann.troubles).toEqual([])
})
