import type { Browser, Page } from "playwright-core"
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

/** What has the focus: its role, whether one sees that it has, and what it is called. */
function focus(page: Page) {
  return page.evaluate(() => {
    const it = document.activeElement!
    const seen = [it, it.closest("form")].some((e) => e && (getComputedStyle(e).outlineStyle !== "none" || getComputedStyle(e).boxShadow !== "none"))
    return { tag: it.tagName, label: it.getAttribute("aria-label") ?? it.textContent, seen }
  })
}

/** Presses a key until something of this kind has the focus. */
async function until(page: Page, key: string, tag: string, most = 12) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press(key)
    const now = await focus(page)
    expect(now.seen, `one does not see the focus on ${now.tag} ${now.label}`).toBe(true)
    if (now.tag === tag) return
  }
  throw new Error(`${key} does not lead to ${tag}`)
}

it("one can do without a mouse: sign in, find somebody, write, react, edit, open what there is and close it", async () => {
  const ann = await Visitor.open(browser, village.ann)
  const { page, conversation } = ann
  const { keyboard } = page
  await expect.poll(async () => (await focus(page)).tag).toBe("INPUT")
  await keyboard.type(ann.user)
  await keyboard.press("Enter")
  await ann.list.ready()

  await keyboard.press("Control+k")
  await page.getByRole("dialog", { name: "Go to" }).waitFor()
  await keyboard.type("Bob")
  await page.getByRole("option", { name: village.direct }).waitFor()
  await keyboard.press("Enter")
  await conversation.composer.waitFor()
  await expect.poll(async () => (await focus(page)).tag).toBe("TEXTAREA")
  await keyboard.type("By hand")
  await keyboard.press("Shift+Enter")
  await keyboard.type("on two lines")
  await keyboard.press("Enter")
  const text = "By hand\non two lines"
  await village.bob.hears((h) => h.body?.text === text)
  await conversation.tick(text, "Waiting to be sent").waitFor({ state: "detached" })

  await until(page, "Shift+Tab", "ARTICLE")
  await keyboard.press("+")
  const emoji = page.getByRole("dialog", { name: "Emoji" })
  await emoji.waitFor()
  await keyboard.type("heart")
  await keyboard.press("ArrowDown")
  await keyboard.press("Enter")
  await emoji.waitFor({ state: "detached" })
  await village.bob.hears((h) => h.event === "reacted" && h.from === ann.user)

  await conversation.messages.last().focus()
  await keyboard.press("Enter")
  const menu = page.getByRole("menu", { name: "Message actions" })
  await menu.waitFor()
  expect((await focus(page)).label).toBe("Reply")
  await keyboard.press("ArrowDown")
  expect((await focus(page)).label).toMatch(/thread/)
  await keyboard.press("Escape")
  await menu.waitFor({ state: "detached" })

  await conversation.messages.last().focus()
  await keyboard.press("e")
  await expect.poll(async () => (await focus(page)).tag).toBe("TEXTAREA")
  await keyboard.press("Control+a")
  await keyboard.type("By hand alone")
  await keyboard.press("Enter")
  await village.bob.hears((h) => h.event === "edited" && h.body?.text === "By hand alone")
  await conversation.message("By hand alone").waitFor()

  await conversation.messages.last().focus()
  await keyboard.press("ArrowUp") // to the message above
  await expect.poll(async () => page.evaluate(() => document.activeElement!.getAttribute("aria-label"))).toMatch(/^Bob Berg/)
  await keyboard.press("?")
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor()
  await keyboard.press("Escape")
  await page.getByRole("dialog").waitFor({ state: "detached" })
  await keyboard.press("Alt+ArrowDown")
  await keyboard.press("Escape")
  await page.getByRole("heading", { name: "No conversation open" }).waitFor()
  expect(ann.troubles).toEqual([])
})

it("nothing moves for who asked for that", async () => {
  /** Milliseconds for which something on the page moves. */
  const moves = (page: Page) => page.evaluate(() => document.getAnimations().map((a) => Number(a.effect!.getComputedTiming().endTime)).filter((time) => time > 20))
  for (const [reducedMotion, typist, title] of [["reduce", village.bob, village.direct], ["no-preference", village.chloe, village.group]] as const) {
    const ann = await Visitor.join(browser, village.ann, { reducedMotion })
    await ann.list.open(title)
    await ann.conversation.messages.last().waitFor()
    const conversation = new URL(ann.page.url()).pathname.slice("/c/".length)
    await typist.act({ do: "typing", conversation, text: "text" })
    await ann.page.getByText(/^(Bob Berg|Chloé Martin) is typing$/).waitFor()
    if (reducedMotion === "reduce") expect(await moves(ann.page)).toEqual([])
    else expect((await moves(ann.page)).length).toBeGreaterThan(0) // so that the above can fail
    await ann.context.close()
  }
})
