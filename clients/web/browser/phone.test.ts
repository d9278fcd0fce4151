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

it("the smallest phone shows one thing at a time, all of it, and goes back as phones do", async () => {
  const viewport = { width: 320, height: 568 }
  const ann = await Visitor.open(browser, village.ann, { viewport, hasTouch: true, isMobile: true })
  const { page, conversation, list } = ann
  const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width)
  await fits()
  await ann.signIn()
  await fits()
  await list.row(village.group).tap()
  await conversation.messages.last().waitFor()
  await list.nav.waitFor({ state: "hidden" })
  await fits()
  const box = (await conversation.composer.boundingBox())!
  expect(box.y + box.height).toBeLessThanOrEqual(viewport.height)
  expect(box.width).toBeGreaterThan(100)

  await page.getByRole("button", { name: "Details", exact: true }).tap()
  await page.getByRole("complementary", { name: "Details" }).getByText("Chloé Martin").waitFor()
  await fits()
  await page.goBack()
  await conversation.composer.waitFor()
  await page.goBack()
  await list.row(village.group).waitFor()
  await conversation.composer.waitFor({ state: "hidden" })
  await list.row(village.direct).tap()
  await conversation.composer.fill("From a phone")
  await page.getByRole("button", { name: "Send", exact: true }).tap()
  await village.bob.hears((h) => h.body?.text === "From a phone")
  await page.getByRole("button", { name: "Back to the list" }).tap()
  await list.row(village.group).waitFor()
  for (const path of ["/settings", "/search", "/join"]) {
    await ann.go(path)
    await page.getByRole("button", { name: /^(Back|Not now)/ }).waitFor()
    await fits()
  }
  expect(ann.troubles).toEqual([])
})

it("the theme is the system's until somebody chooses one, and then stays", async () => {
  const ann = await Visitor.join(browser, village.ann, { colorScheme: "dark" })
  const { page } = ann
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await ground()
  await page.emulateMedia({ colorScheme: "light" })
  const light = await ground()
  expect(light).not.toBe(dark)
  await ann.go("/settings")
  await page.getByLabel("Theme").selectOption("dark")
  expect(await ground()).toBe(dark)
  await page.reload()
  await ann.list.ready()
  expect(await ground()).toBe(dark)
  expect(ann.troubles).toEqual([])
})
