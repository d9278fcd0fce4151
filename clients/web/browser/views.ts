import { join } from "node:path"
import { root } from "./stack"
import type { Village } from "./village"
import type { Proxy } from "./proxy"
import type { Visitor } from "./visitor"

/** A view of the app: how to get there from the list, and what has to be undone behind it. */
export interface View {
  name: string
  open(visitor: Visitor, village: Village, network: Proxy): Promise<unknown>
  close?(visitor: Visitor, network: Proxy): Promise<unknown>
}

const escape = (visitor: Visitor) => visitor.page.keyboard.press("Escape")

async function talk({ list, conversation }: Visitor, title: string) {
  await list.open(title)
  await conversation.messages.last().waitFor()
}

/** Opens the menu of the newest message and chooses from it. */
async function choose(v: Visitor, title: string, action?: string) {
  await talk(v, title)
  await v.conversation.messages.last().click({ button: "right" })
  if (action) await v.page.getByRole("menuitem", { name: action, exact: true }).click()
  else await v.page.getByRole("menu").waitFor()
}

/** Opens what stands beside a conversation. */
async function beside(v: Visitor, title: string, button: string, name: string, text: string) {
  await talk(v, title)
  await v.page.getByRole("button", { name: button, exact: true }).click()
  await v.page.getByRole("complementary", { name }).getByText(text).first().waitFor()
}

/** All main views of who is signed in. */
export const views: View[] = [
  { name: "list", open: (v, { group }) => v.list.row(group).waitFor() },
  { name: "list-menu", open: async (v, { direct }) => {
    await v.list.row(direct).click({ button: "right" })
    await v.page.getByRole("menu").waitFor()
  }, close: escape },
  { name: "conversation", open: async (v, { direct }) => {
    await talk(v, direct)
    await v.page.getByRole("img", { name: "boat.png" }).waitFor()
  } },
  { name: "message-menu", open: (v, { direct }) => choose(v, direct), close: escape },
  { name: "emoji", open: async (v, { direct }) => {
    await talk(v, direct)
    await v.page.getByRole("button", { name: "Emoji", exact: true }).click()
    await v.page.getByRole("dialog", { name: "Emoji" }).waitFor()
  }, close: escape },
  { name: "reply", open: (v, { direct }) => choose(v, direct, "Reply"), close: escape },
  { name: "attachments", open: async (v, { direct }) => {
    await talk(v, direct)
    await v.page.locator("input[data-attach]").setInputFiles([join(root, "clients/web/public/icon-192.png"), join(root, "README.md")])
    await v.page.getByRole("list", { name: "Attachments" }).getByRole("button", { name: "Remove README.md" }).waitFor()
    await v.page.getByRole("list", { name: "Attachments" }).getByRole("progressbar").first().waitFor({ state: "detached" })
  }, close: async (v) => {
    for (const name of ["icon-192.png", "README.md"]) await v.page.getByRole("button", { name: `Remove ${name}` }).click()
  } },
  { name: "picture", open: async (v, { direct }) => {
    await talk(v, direct)
    await v.page.getByRole("button", { name: "Picture boat.png" }).click()
    await v.page.getByRole("dialog", { name: "boat.png" }).getByRole("img").waitFor()
  }, close: escape },
  { name: "delete", open: async (v, { direct }) => {
    await choose(v, direct, "Delete for me")
    await v.page.getByRole("dialog", { name: "Delete for me?" }).waitFor()
  }, close: escape },
  { name: "forward", open: async (v, { direct }) => {
    await choose(v, direct, "Forward")
    await v.page.getByRole("dialog", { name: "Forward to" }).waitFor()
  }, close: escape },
  { name: "person", open: (v, { direct }) => beside(v, direct, "Details", "Details", "Usually at the harbour") },
  { name: "group", open: async (v, { group }) => {
    await talk(v, group)
    await v.page.getByRole("img", { name: "plan.png" }).waitFor()
  } },
  { name: "thread", open: async (v, { group }) => {
    await talk(v, group)
    await v.conversation.feed.getByRole("button", { name: /repl|Thread/ }).click()
    await v.page.getByRole("complementary", { name: "Thread" }).getByText("I take the third").waitFor()
  } },
  { name: "group-info", open: (v, { group }) => beside(v, group, "Details", "Details", "Chloé Martin") },
  { name: "pins", open: (v, { group }) => beside(v, group, "Pinned messages", "Pinned messages", "Who looks after") },
  { name: "request", open: async (v) => {
    await v.page.getByRole("button", { name: /^Requests/ }).click()
    await talk(v, "Dora Stranger")
    await v.page.getByRole("button", { name: "Accept" }).waitFor()
  }, close: async (v) => {
    await v.go("/")
    await v.page.getByRole("button", { name: "All", exact: true }).click()
  } },
  { name: "search", open: async (v) => {
    await v.go("/search")
    await v.page.getByLabel("Words").fill("Sunday")
    await v.page.getByLabel("Words").press("Enter")
    await v.page.getByText("That is all.").waitFor()
  } },
  { name: "settings", open: async (v) => {
    await v.go("/settings")
    await v.page.getByRole("heading", { name: "Privacy" }).waitFor()
  } },
  { name: "new-conversation", open: async (v) => {
    await v.page.getByRole("button", { name: "New conversation" }).first().click()
    await v.page.getByRole("dialog").waitFor()
  }, close: escape },
  { name: "new-group", open: async (v) => {
    await v.page.getByRole("button", { name: "New conversation" }).first().click()
    await v.page.getByRole("button", { name: "New group instead" }).click()
    await v.page.getByRole("dialog", { name: "New group" }).waitFor()
  }, close: escape },
  { name: "switcher", open: async (v) => {
    await v.page.keyboard.press("Control+k")
    await v.page.getByRole("listbox", { name: "Found" }).getByRole("option").first().waitFor()
  }, close: escape },
  { name: "shortcuts", open: async (v) => {
    await v.page.keyboard.press("?")
    await v.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor()
  }, close: escape },
  { name: "join", open: async (v, { link }) => {
    await v.go(`/join#${link}`)
    await v.page.getByRole("button", { name: "Join the group" }).waitFor()
  } },
  { name: "offline", open: async (v, { direct }, network) => {
    await talk(v, direct)
    network.down()
    await v.page.getByText("No connection. What you write is kept and sent later.").waitFor()
  }, close: async (v, network) => {
    network.up()
    await v.page.getByRole("button", { name: "Try now" }).click()
    await v.page.getByText("No connection.").waitFor({ state: "detached" })
  } },
]
