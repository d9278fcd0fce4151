import type { Message } from "@parley-im/client"
import { lasting } from "./time"

/** Says in words what a system message tells. */
export function systemText(message: Message, nameOf: (user: string) => string, me: string | undefined): string {
  const name = (user: string) => (user === me ? "you" : nameOf(user))
  const who = message.mine ? "You" : nameOf(message.from)
  const s = message.system
  const whom = (s?.users ?? []).map(name).join(", ")
  switch (s?.event) {
    case "created": return `${who} created the group “${s.name ?? ""}”`
    case "added": return `${who} added ${whom}`
    case "joined": return `${who} joined by a link`
    case "removed": return `${who} removed ${whom}`
    case "left": return `${who} left${whom ? `. ${capital(whom)} ${s.users?.[0] === me ? "are" : "is"} the owner now` : ""}`
    case "ranked": return s.role === "owner" ? `${who} handed the group over to ${whom}` : `${who} made ${whom} ${s.role}`
    case "changed": return changed(who, s.setup ?? {})
    default: return ""
  }
}

function changed(who: string, setup: NonNullable<NonNullable<Message["system"]>["setup"]>): string {
  const said: string[] = []
  if (setup.name !== undefined) said.push(`renamed the group to “${setup.name}”`)
  if (setup.picture !== undefined) said.push(setup.picture ? "changed the group's picture" : "took the group's picture away")
  if (setup.announce !== undefined) said.push(setup.announce ? "lets only moderators write" : "lets everybody write")
  if (setup.slow !== undefined) said.push(setup.slow ? `set slow mode to ${lasting(setup.slow)}` : "ended slow mode")
  if (setup.history !== undefined) said.push(setup.history === "start" ? "shows new members the history" : "hides the history from new members")
  if (setup.timer !== undefined) {
    said.push("from" in setup.timer ? `lets messages disappear ${lasting(setup.timer.after)} after they are ${setup.timer.from}` : "lets messages stay")
  }
  return `${who} ${said.join(", ")}`
}

function capital(text: string): string { return text.charAt(0).toUpperCase() + text.slice(1) }
