import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Partner } from "./partner"
import { Stack } from "./stack"
import { launch, someone, Visitor } from "./visitor"

// The server is down, the page is reloaded with messages that nobody has, and comes back with all of them.
let browser: Browser
let stack: Stack
let ann: Visitor
let bob: Partner

beforeAll(async () => {
  ;[browser, stack] = await Promise.all([launch(), Stack.start()])
})
afterAll(async () => {
  await browser?.close()
  await bob?.leave()
  await stack?.destroy()
})

describe("a reload with a full outbox while the server is down", () => {
  const before = "Before it went down"
  const written = Array.from({ length: 6 }, (_, i) => `Written without a server, ${i + 1}`)
  const last = "Written after the reload"

  it("paints the app and what was written", async () => {
    bob = await Partner.join(stack.where, someone("bob"))
    ann = await Visitor.join(browser, someone("ann"), { web: stack.where.web })
    await ann.write(bob.user)
    await ann.conversation.send(before)
    await bob.hears((h) => h.body?.text === before)
    await ann.page.evaluate(() => navigator.serviceWorker.ready)

    await stack.stop()
    for (const text of written) await ann.conversation.send(text)
    for (const text of written) await ann.conversation.tick(text, "Waiting to be sent").waitFor()
    await ann.page.getByText("No connection. What you write is kept and sent later.").waitFor()
    await ann.page.reload()
    for (const text of written) await ann.conversation.tick(text, "Waiting to be sent").waitFor()
    await ann.conversation.message(before).waitFor()
    await ann.conversation.send(last)
    expect(await ann.conversation.texts()).toEqual([before, ...written, last])
  })

  it("loses none of it, and doubles none, when the server is back", async () => {
    await stack.start()
    await bob.hears((h) => h.body?.text === last, 40_000)
    const heard = bob.heard.filter((h) => h.event === "message").map((h) => h.body!.text)
    expect(heard).toEqual([before, ...written, last])
    for (const text of [...written, last]) await ann.conversation.tick(text, "Waiting to be sent").waitFor({ state: "detached" })
    expect(await ann.conversation.texts()).toEqual([before, ...written, last])
    const fresh = await Visitor.join(browser, ann.user, { web: stack.where.web }) // what the server has
    await fresh.list.open(bob.user)
    await fresh.conversation.message(last).waitFor()
    expect(await fresh.conversation.texts()).toEqual([before, ...written, last])
    expect(ann.troubles).toEqual([])
  })
})
