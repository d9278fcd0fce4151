import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, inject, it } from "vitest"
import { Partner } from "./partner"
import { Proxy } from "./proxy"
import { launch, someone, Visitor } from "./visitor"

let browser: Browser
let proxy: Proxy
let bob: Partner

beforeAll(async () => {
  const { gatewayPort } = inject("stack")
  proxy = await Proxy.to(gatewayPort)
  browser = await launch({ from: gatewayPort, to: proxy.port })
  bob = await Partner.join(inject("stack"), someone("bob"))
})
afterAll(async () => {
  await browser?.close()
  await proxy?.close()
  await bob?.leave()
})

it("a network that is cut in the middle of a send makes no message two, and loses none", async () => {
  const ann = await Visitor.join(browser, someone("ann"))
  await ann.write(bob.user)
  await ann.conversation.send("first")
  await bob.hears((h) => h.body?.text === "first")
  await ann.conversation.tick("first", "Waiting to be sent").waitFor({ state: "detached" })

  const swallowed = proxy.swallow()
  await ann.conversation.send("in the middle")
  await ann.conversation.send("behind it")
  await bob.hears((h) => h.body?.text === "in the middle") // the server has it, and its answer is lost
  await swallowed
  await ann.conversation.tick("in the middle", "Waiting to be sent").waitFor()
  proxy.cut()
  await bob.hears((h) => h.body?.text === "behind it", 40_000)
  await ann.conversation.tick("behind it", "Waiting to be sent").waitFor({ state: "detached" })

  const said = ["first", "in the middle", "behind it"]
  expect(await ann.conversation.texts()).toEqual(said)
  const entries = bob.heard.filter((h) => h.event === "message")
  expect(entries.map((h) => h.body!.text)).toEqual(said)
  expect(entries.map((h) => h.seq)).toEqual([1, 2, 3]) // the log holds nothing else
  expect(ann.troubles).toEqual([])
})
