import { execFileSync } from "node:child_process"
import { join } from "node:path"
import type { Browser, Locator } from "playwright-core"
import { afterAll, beforeAll, expect, inject, it } from "vitest"
import { root } from "../stack"
import { launch, someone, Visitor } from "../visitor"
import { allowed, ms, percentile, print, strict } from "./figures"

const messages = 10_000
const promised = 50
const speed = strict ? 360 : 1200 // pixels in each frame: a finger that flings; where time is short, one that flies

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser?.close())

/**
 * Scrolls by so much in each frame until the end of what there is is on the screen, and returns how long each frame took. Up,
 * the end is the first message, and what is before those that are loaded is waited for.
 */
function scroll(feed: Locator, by: number): Promise<number[]> {
  return feed.evaluate((scroller, by) => new Promise<number[]>((done) => {
    const frames: number[] = []
    let before = performance.now()
    const atEnd = () => by > 0
      ? scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2
      : scroller.scrollTop <= 0 && Number(scroller.querySelector("article")?.getAttribute("aria-setsize")) > 0
    const frame = (now: number) => {
      frames.push(now - before)
      before = now
      if (atEnd()) return done(frames)
      scroller.scrollTop += by
      requestAnimationFrame(frame)
    }
    requestAnimationFrame((now) => {
      before = now
      requestAnimationFrame(frame)
    })
  }), by)
}

it(`${messages} messages scroll with 95 of 100 frames within ${promised} ms`, async () => {
  const [ann, bob] = [someone("ann"), someone("bob")]
  execFileSync(join(root, "build/local/seed"), ["-dynamodb", inject("stack").dynamodb, "-members", `${ann},${bob}`, "-messages", String(messages)])
  const visitor = await Visitor.join(browser, ann)
  await visitor.list.open("The long one")
  await visitor.conversation.messages.first().waitFor()
  const newest = visitor.page.getByRole("button", { name: "Jump to the newest message" })

  const up = await scroll(visitor.conversation.feed, -speed)
  expect(await visitor.conversation.messages.first().getAttribute("aria-setsize")).toBe(String(messages + 1)) // and the group's first entry
  const drawn = await visitor.conversation.messages.count()
  expect(drawn).toBeLessThan(100) // the rest is not in the page
  const down = await scroll(visitor.conversation.feed, speed)
  await visitor.conversation.messages.last().getByText(/^10000:/).waitFor()
  await newest.waitFor({ state: "detached" })

  for (const [what, frames] of [["up, while older ones come", up], ["down through all of them", down]] as const) {
    const p95 = percentile(frames, 0.95)
    print(`${messages} messages scrolled ${what}`, { frames: frames.length, median: ms(percentile(frames, 0.5)), p95: ms(p95), worst: ms(Math.max(...frames)) })
    expect(p95).toBeLessThanOrEqual(allowed(promised))
  }
  expect(visitor.troubles).toEqual([])
}, 180_000)
