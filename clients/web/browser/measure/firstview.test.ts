import { gzipSync } from "node:zlib"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, inject, it } from "vitest"
import { Partner } from "../partner"
import { launch, someone, Visitor } from "../visitor"
import { print } from "./figures"

const most = 200_000 // bytes, gzipped: not a noisy figure, so it is always as promised

let browser: Browser
let bob: Partner
beforeAll(async () => { [browser, bob] = await Promise.all([launch(), Partner.join(inject("stack"), someone("bob"))]) })
afterAll(async () => {
  await browser?.close()
  await bob?.leave()
})

it(`the first view takes less than ${most} bytes`, async () => {
  const ann = someone("ann")
  await bob.act({ do: "say", user: ann, text: "hello" })
  const visitor = await Visitor.open(browser, ann)
  const files = new Map<string, Promise<Buffer>>()
  visitor.page.on("response", (response) => {
    const type = response.request().resourceType()
    if (["document", "script", "stylesheet", "font", "image"].includes(type) && response.ok()) files.set(new URL(response.url()).pathname, response.body())
  })
  await visitor.page.reload() // now with somebody who counts
  await visitor.signIn()
  await visitor.list.open(bob.user)
  await visitor.conversation.message("hello").waitFor()

  let sum = 0
  const sizes: Record<string, number> = {}
  for (const [path, body] of files) {
    const size = gzipSync(await body, { level: 9 }).length
    sizes[path] = size
    sum += size
  }
  print("first view (sign-in, list and a conversation), gzipped bytes", { ...sizes, sum })
  expect([...files.keys()].filter((path) => path.endsWith(".js")).length).toBeGreaterThan(0)
  expect(sum).toBeLessThan(most)
})
