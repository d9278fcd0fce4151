import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import axe from "axe-core"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { root } from "./stack"
import { settle, type Village } from "./village"
import { views } from "./views"
import { launch, someone, Visitor } from "./visitor"

// Every main view in both themes and widths: kept as a picture below build/screenshots, and checked by axe.
const widths = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

let browser: Browser
let village: Village
beforeAll(async () => { [browser, village] = await Promise.all([launch(), settle()]) })
afterAll(async () => {
  await browser?.close()
  await village?.close()
})

/** Keeps a picture of what is on the screen, and returns what axe finds. */
async function look({ page }: Visitor, folder: string, name: string): Promise<string[]> {
  await page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => undefined))).then(() => document.fonts.ready)) // as it will stay
  await page.screenshot({ path: join(folder, `${name}.png`) })
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate((values) => (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly: { type: "tag", values } }), tags)
  return violations.flatMap((v) => v.nodes.map((node) => `${name}: ${v.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ""}`))
}

for (const [width, viewport] of Object.entries(widths)) {
  for (const colorScheme of ["light", "dark"] as const) {
    describe(`${width}, ${colorScheme}`, () => {
      const folder = join(root, "build/screenshots", `${width}-${colorScheme}`)
      const phone = width === "phone"
      const options = { viewport, colorScheme, hasTouch: phone, reducedMotion: "reduce" as const }
      let ann: Visitor
      beforeAll(() => mkdir(folder, { recursive: true }))
      afterAll(() => ann?.context.close())

      it("sign-in and a list without conversations", async () => {
        const fresh = await Visitor.open(browser, someone("fresh"), options)
        const found = await look(fresh, folder, "sign-in")
        await fresh.signIn()
        found.push(...(await look(fresh, folder, "list-empty")))
        await fresh.context.close()
        expect(found).toEqual([])
      })

      it("what Ann sees", async () => {
        ann = await Visitor.join(browser, village.ann, options)
        const found: string[] = []
        for (const view of views) {
          await view.open(ann, village).catch((error: Error) => { found.push(`${view.name}: cannot be opened: ${error.message.slice(0, 300)}`) })
          found.push(...(await look(ann, folder, view.name)))
          await view.close?.(ann).catch((error: Error) => { found.push(`${view.name}: cannot be closed: ${error.message.slice(0, 300)}`) })
          const wide = await ann.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
          if (wide > 0) found.push(`${view.name}: ${wide} px too wide`)
        }
        expect(found).toEqual([])
        expect(ann.troubles).toEqual([])
      }, 180_000)
    })
  }
}
