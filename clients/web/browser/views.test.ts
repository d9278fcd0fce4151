import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import axe from "axe-core"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { Proxy } from "./proxy"
import { root } from "./stack"
import { settle, type Village } from "./village"
import { views } from "./views"
import { launch, someone, Visitor } from "./visitor"

// Every main view in both themes and widths: kept as a picture below build/screenshots, and checked by axe.
const widths = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const themes = ["light", "dark"] as const
const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

let browser: Browser
let network: Proxy
let village: Village
beforeAll(async () => {
  const { gatewayPort } = inject("stack")
  network = await Proxy.to(gatewayPort)
  ;[browser, village] = await Promise.all([launch({ from: gatewayPort, to: network.port }), settle()])
})
afterAll(async () => {
  await browser?.close()
  await network?.close()
  await village?.close()
})

/** Keeps pictures of what is on the screen, and returns what axe finds. Themes differ in nothing but colours. */
async function look({ page }: Visitor, width: string, name: string): Promise<string[]> {
  const found: string[] = []
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme })
    await page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => undefined)))) // as it will stay
    await page.screenshot({ path: join(root, "build/screenshots", `${width}-${theme}`, `${name}.png`) })
    const { violations } = await page.evaluate(
      (only) => (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly: only, resultTypes: ["violations"] }),
      theme === "light" ? { type: "tag" as const, values } : { type: "rule" as const, values: ["color-contrast", "link-in-text-block"] },
    )
    for (const { id, nodes } of violations) found.push(...nodes.map((node) => `${name}, ${theme}: ${id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`))
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (wide > 0) found.push(`${name}: ${wide} px too wide`)
  return found
}

describe.each(Object.entries(widths))("%s", (width, viewport) => {
  const options = { viewport, hasTouch: width === "phone", reducedMotion: "reduce" as const, colorScheme: "light" as const }
  beforeAll(() => Promise.all(themes.map((theme) => mkdir(join(root, "build/screenshots", `${width}-${theme}`), { recursive: true }))))

  it("shows who is new how to begin", async () => {
    const fresh = await Visitor.open(browser, someone("fresh"), options)
    await fresh.page.evaluate(axe.source)
    const found = await look(fresh, width, "sign-in")
    await fresh.signIn()
    found.push(...(await look(fresh, width, "list-empty")))
    await fresh.context.close()
    expect(found).toEqual([])
    expect(fresh.troubles).toEqual([])
  })

  it("shows every view, and axe finds nothing", async () => {
    const ann = await Visitor.join(browser, village.ann, options)
    await ann.page.evaluate(axe.source)
    const found: string[] = []
    const attempt = (what: string, done: Promise<unknown> | undefined) => done?.catch((error: Error) => { found.push(`${what}: ${error.message.slice(0, 300)}`) })
    for (const view of views) {
      await ann.go("/")
      await attempt(`${view.name} does not open`, view.open(ann, village, network))
      found.push(...(await look(ann, width, view.name)))
      await attempt(`${view.name} does not close`, view.close?.(ann, network))
    }
    await ann.context.close()
    expect(found).toEqual([])
    expect(ann.troubles).toEqual([])
  }, 180_000)
})
