import { join } from "node:path"
import { root } from "./stack"
import type { Village } from "./village"
import type { Visitor } from "./visitor"

/** A view of the app, and how to get there. Each leaves the app so that the next can begin from anywhere. */
export interface View { name: string; open(visitor: Visitor, village: Village): Promise<unknown>; close?(visitor: Visitor): Promise<unknown> }

const escape = (visitor: Visitor) => visitor.page.keyboard.press("Escape")

async function toGroup({ list, conversation, goto }: Visitor, title: string) {
  await list.open(title)
  await conversation.messages.last().waitFor()
}

async function home(visitor: Visitor) {
  await visitor.page.getByRole("button", { name: "Back to the list" }).or(visitor.page.locator("body")).first().waitFor()
  if (new URL(visitor.page.url()).pathname !== "/") await visitor.go("/")
}

/** All main views of who is signed in. */
export const views: View[] = [
  { name: "list", open: home },
  { name: "list-menu", open: async (v, { direct }) => { await home(v); await v.list.row(direct).click({ button: "right" }); await v.page.getByRole("menu").waitFor() }, close: escape },
  { name: "conversation", open: async (v, { direct }) => { await home(v); await toGroup(v, direct); await v.page.getByRole("img", { name: "boat.png" }).waitFor() } },
  { name: "message-menu", open: async (v, { direct }) => { await home(v); await toGroup(v, direct); await v.conversation.messages.last().click({ button: "right" }); await v.page.getByRole("menu").waitFor() }, close: escape },
  { name: "emoji", open: async (v, { direct }) => { await home(v); await toGroup(v, direct); await v.page.getByRole("button", { name: "Emoji", exact: true }).click(); await v.page.getByRole("dialog", { name: "Emoji" }).waitFor() }, close: escape },
  { name: "reply", open: async (v, { direct }) => { await home(v); await toGroup(v, direct); await v.conversation.messages.last().hover(); await v.conversation.messages.last().getByRole("button", { name: "Reply" }).click() }, close: escape },
  { name: "attachments", open: async (v, { direct }) => {
    await home(v)
    await toGroup(v, direct)
    await v.page.locator("input[data-attach]").setInputFiles([join(root, "clients/web/public/icon-192.png"), join(root, "README.md")])
    await v.page.getByRole("list", { name: "Attachments" }).getByRole("progressbar").first().waitFor({ state: "detached" })
  }, close: async (v) => { for (let i = 0; i < 2; i++) await v.page.getByRole("list", { name: "Attachments" }).getByRole("button", { name: /^Remove/ }).first().click() } },
  { name: "picture", open: async (v, { direct }) => { await home(v); await toGroup(v, direct); await v.page.getByRole("button", { name: "Picture boat.png" }).click(); await v.page.getByRole("dialog", { name: "boat.png" }).getByRole("img").waitFor() }, close: escape },
  { name: "delete", open: async (v, { direct }) => { await home(v); await toGroup(v, direct); await v.conversation.messages.last().click({ button: "right" }); await v.page.getByRole("menuitem", { name: "Delete for me" }).click(); await v.page.getByRole("dialog").waitFor() }, close: escape },
  { name: "forward", open: async (v, { direct }) => { await home(v); await toGroup(v, direct); await v.conversation.messages.last().click({ button: "right" }); await v.page.getByRole("menuitem", { name: "Forward" }).click(); await v.page.getByRole("dialog", { name: "Forward to" }).waitFor() }, close: escape },
  { name: "person", open: async (v, { direct }) => { await home(v); await toGroup(v, direct); await v.page.getByRole("button", { name: "Details", exact: true }).click(); await v.page.getByRole("complementary", { name: "Details" }).waitFor() } },
  { name: "group", open: async (v, { group }) => { await home(v); await toGroup(v, group); await v.page.getByRole("img", { name: "plan.png" }).waitFor() } },
  { name: "thread", open: async (v, { group }) => { await home(v); await toGroup(v, group); await v.page.getByRole("button", { name: /^\d+ repl|^Thread/ }).click(); await v.page.getByRole("complementary", { name: "Thread" }).getByText("I take the third").waitFor() } },
  { name: "group-info", open: async (v, { group }) => { await home(v); await toGroup(v, group); await v.page.getByRole("button", { name: "Details", exact: true }).click(); await v.page.getByRole("complementary", { name: "Details" }).getByText("Chloé Martin").first().waitFor() } },
  { name: "pins", open: async (v, { group }) => { await home(v); await toGroup(v, group); await v.page.getByRole("button", { name: "Pinned messages" }).click(); await v.page.getByRole("complementary", { name: "Pinned messages" }).getByText("Who looks after").waitFor() } },
  { name: "request", open: async (v) => { await home(v); await v.page.getByRole("button", { name: /^Requests/ }).click(); await v.list.open("Dora Stranger"); await v.page.getByRole("button", { name: "Accept" }).waitFor() },
    close: async (v) => { await home(v); await v.page.getByRole("button", { name: /^All/ }).click() } },
  { name: "search", open: async (v) => { await v.go("/search"); await v.page.getByLabel("Words").fill("Sunday"); await v.page.getByLabel("Words").press("Enter"); await v.page.getByText("That is all.").waitFor() } },
  { name: "settings", open: async (v) => { await v.go("/settings"); await v.page.getByRole("heading", { name: "Privacy" }).waitFor() } },
  { name: "new-conversation", open: async (v) => { await home(v); await v.page.getByRole("button", { name: "New conversation" }).first().click(); await v.page.getByRole("dialog").waitFor() }, close: escape },
  { name: "new-group", open: async (v) => { await home(v); await v.page.getByRole("button", { name: "New conversation" }).first().click(); await v.page.getByRole("button", { name: "New group instead" }).click(); await v.page.getByRole("dialog", { name: "New group" }).waitFor() }, close: escape },
  { name: "switcher", open: async (v) => { await home(v); await v.page.keyboard.press("Control+k"); await v.page.getByRole("listbox", { name: "Found" }).getByRole("option").first().waitFor() }, close: escape },
  { name: "shortcuts", open: async (v) => { await home(v); await v.page.keyboard.press("?"); await v.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor() }, close: escape },
  { name: "join", open: async (v) => { await v.go("/join#AAAAAAAAAAAAAAAAAAAAAA"); await v.page.getByRole("heading").first().waitFor() } },
  { name: "offline", open: async (v, { direct }) => { await home(v); await toGroup(v, direct); await v.context.setOffline(true); await v.page.getByText("No connection. What you write is kept and sent later.").waitFor() }, close: (v) => v.context.setOffline(false) },
]
