import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { settle, type Village } from "./village"
import { launch, Visitor } from "./visitor"

let browser: Browser
let village: Village
beforeAll(async () => { [browser, village] = await Promise.all([launch(), settle()]) })
afterAll(async () => {
  await browser?.close()
  await village?.close()
})

it("a conversation with pictures opens at its newest message, the first time and each time", async () => {
  const ann = await Visitor.join(browser, village.ann)
  for (let i = 0; i < 4; i++) {
    await ann.list.open(village.direct)
    await ann.page.getByRole("img", { name: "boat.png" }).waitFor()
    await expect.poll(() => ann.conversation.feed.evaluate((feed) => feed.scrollHeight - feed.scrollTop - feed.clientHeight)).toBeLessThan(2)
    await ann.conversation.messages.last().getByText("🎉").waitFor()
    await ann.go("/")
  }
  await ann.list.open(village.direct)
  await village.bob.act({ do: "say", user: ann.user, text: "One more" })
  await ann.conversation.message("One more").waitFor()
  await expect.poll(() => ann.conversation.feed.evaluate((feed) => feed.scrollHeight - feed.scrollTop - feed.clientHeight)).toBeLessThan(2)
  expect(ann.troubles).toEqual([])
})
