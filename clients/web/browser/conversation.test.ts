import type { Browser } from "playwright-core"
import { statSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { Partner } from "./partner"
import { root } from "./stack"
import { launch, someone, Visitor } from "./visitor"

// Ann and Chloe use the app, Bob the Go client; all three are in one group, and Ann and Bob talk alone as well.
const picture = join(root, "clients/web/public/icon-192.png")
const like = "👍"
let browser: Browser
let ann: Visitor, chloe: Visitor, bob: Partner
let group: string

beforeAll(async () => {
  browser = await launch()
  bob = await Partner.join(inject("stack"), someone("bob"))
  ;[ann, chloe] = await Promise.all([Visitor.join(browser, someone("ann")), Visitor.join(browser, someone("chloe"))])
})
afterAll(async () => {
  await browser?.close()
  await bob?.leave()
})

describe("two who use the app and one who uses the Go client", () => {
  it("are in a group that the app makes", async () => {
    const { page } = ann
    await page.getByRole("button", { name: "New conversation" }).first().click()
    await page.getByRole("button", { name: "New group instead" }).click()
    const dialog = page.getByRole("dialog", { name: "New group" })
    await dialog.getByLabel("Group name").fill("Harbour")
    for (const user of [bob.user, chloe.user]) {
      await dialog.getByLabel("Name or user id").fill(user)
      await dialog.getByLabel("Name or user id").press("Enter")
    }
    await dialog.getByRole("button", { name: "Create group" }).click()
    await ann.conversation.composer.waitFor()
    group = (await bob.hears((h) => h.event === "created")).conversation!
    await chloe.list.open("Harbour")
    await chloe.conversation.composer.waitFor()
  })

  it("read what each says", async () => {
    await ann.conversation.send("Who is at the harbour?")
    await chloe.conversation.message("Who is at the harbour?").waitFor()
    await bob.hears((h) => h.event === "message" && h.body?.text === "Who is at the harbour?" && h.from === ann.user)
    await bob.act({ do: "say", conversation: group, text: "I am,\nwith the boat" })
    for (const { page, conversation } of [ann, chloe]) {
      await conversation.message("I am,\nwith the boat").waitFor()
      await page.locator(".bubble-name").getByText(bob.user).waitFor()
    }
  })

  it("see each other's pictures", async () => {
    const { size } = statSync(picture)
    await chloe.page.locator("input[data-attach]").setInputFiles(picture)
    await chloe.conversation.send("the boat")
    const heard = await bob.hears((h) => h.body?.text === "the boat")
    expect(heard.body!.attachments).toEqual([{ media: expect.any(String), name: "icon-192.png", type: "image/png", size }])
    await bob.act({ do: "file", conversation: group, file: picture, type: "image/png", name: "pier.png", text: "the pier" })
    for (const { conversation } of [ann, chloe]) {
      for (const [text, name] of [["the boat", "icon-192.png"], ["the pier", "pier.png"]] as const) {
        const shown = conversation.message(text).getByRole("img", { name })
        await shown.waitFor()
        await expect.poll(() => shown.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(192)
      }
    }
  })

  it("see what was edited", async () => {
    await ann.conversation.send("Tomorow at six")
    const said = await bob.hears((h) => h.body?.text === "Tomorow at six")
    await ann.conversation.tick("Tomorow at six", "Waiting to be sent").waitFor({ state: "detached" })
    await ann.conversation.composer.press("ArrowUp")
    await ann.conversation.send("Tomorrow at six")
    await bob.hears((h) => h.event === "edited" && h.body?.target === said.seq && h.body?.text === "Tomorrow at six")
    const mine = await bob.act({ do: "say", conversation: group, text: "Fine" })
    await chloe.conversation.message("Fine").waitFor()
    await bob.act({ do: "edit", conversation: group, seq: mine.seq, text: "Fine by me" })
    for (const { conversation } of [ann, chloe]) {
      for (const text of ["Tomorrow at six", "Fine by me"]) await conversation.message(text).getByText("edited", { exact: true }).waitFor()
      expect(await conversation.texts()).not.toContain("Tomorow at six")
      expect(await conversation.texts()).not.toContain("Fine")
    }
  })

  it("put reactions on messages, and take them back", async () => {
    const target = bob.heard.find((h) => h.body?.text === "Fine")!.seq
    await chloe.conversation.react("Fine by me", "thumb")
    await bob.hears((h) => h.event === "reacted" && h.body?.target === target && h.body?.reactions?.[0] === like && h.from === chloe.user)
    const asked = bob.heard.find((h) => h.body?.text === "Who is at the harbour?")!.seq
    await bob.act({ do: "react", conversation: group, seq: asked, text: like })
    await bob.act({ do: "react", conversation: group, seq: target, text: like })
    for (const { conversation } of [ann, chloe]) {
      await conversation.reaction("Fine by me", like).getByText("2", { exact: true }).waitFor()
      await conversation.reaction("Who is at the harbour?", like).getByText("1", { exact: true }).waitFor()
    }
    await chloe.conversation.reaction("Fine by me", like).click()
    await bob.hears((h) => h.event === "reacted" && h.body?.target === target && h.from === chloe.user && !h.body?.reactions?.length)
    await ann.conversation.reaction("Fine by me", like).getByText("1", { exact: true }).waitFor()
  })

  it("see who is writing", async () => {
    await chloe.conversation.composer.pressSequentially("Let me")
    await bob.hears((h) => h.event === "typing" && h.user === chloe.user && h.kind === "text" && h.conversation === group)
    await ann.page.getByText(`${chloe.user} is typing`, { exact: true }).waitFor()
    await chloe.conversation.composer.fill("")
    await ann.page.getByText(`${chloe.user} is typing`, { exact: true }).waitFor({ state: "detached" })
    await bob.act({ do: "typing", conversation: group, text: "text" })
    for (const { page } of [ann, chloe]) await page.getByText(`${bob.user} is typing`, { exact: true }).waitFor()
  })

  it("see what has arrived and what was read", async () => {
    await ann.write(bob.user)
    await ann.conversation.send("Only for you")
    const said = await bob.hears((h) => h.body?.text === "Only for you")
    await ann.conversation.tick("Only for you", "Delivered").waitFor()
    await bob.act({ do: "read", conversation: said.conversation, seq: said.seq })
    await ann.conversation.tick("Only for you", "Read").waitFor()
    const answer = await bob.act({ do: "say", user: ann.user, text: "Thanks" })
    await ann.conversation.message("Thanks").waitFor()
    await bob.hears((h) => h.event === "receipt" && h.user === ann.user && h.conversation === said.conversation && h.read! >= answer.seq)
  })

  it("show who has seen a message", async () => {
    await ann.list.open("Harbour")
    await ann.conversation.send("Seen?")
    await bob.hears((h) => h.body?.text === "Seen?")
    await bob.act({ do: "say", conversation: group, text: "By me" }) // whoever answers has read
    await chloe.conversation.message("Seen?").waitFor()
    await chloe.conversation.send("By me, too")
    await ann.conversation.message("By me, too").waitFor()
    await ann.conversation.choose("Seen?", "Seen by")
    const dialog = ann.page.getByRole("dialog", { name: "Seen by" })
    await dialog.getByText(/^Read by 2 and delivered to 2 of 2/).waitFor()
    await dialog.getByRole("button", { name: "Close" }).click()
  })

  it("leave nothing for the browsers to complain of", () => {
    expect(ann.troubles).toEqual([])
    expect(chloe.troubles).toEqual([])
  })
})
