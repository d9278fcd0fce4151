import type { Message, Quote } from "@parley-im/client"
import { count } from "./time"

/** What a message says, in a few words: its text, or what is attached. */
export function preview(message: Pick<Message, "kind" | "text" | "attachments">): string {
  if (message.kind === "deleted") return "Deleted message"
  if (message.kind === "expired") return "Expired message"
  return message.text || attached(message.attachments)
}

/** The same of a quoted message. */
export function quoted(quote: Quote): string {
  if (quote.gone) return "Message is not there any more"
  return quote.text || attached(quote.attachments ?? []) || "…"
}

function attached(files: readonly { type: string; name: string }[]): string {
  const [first] = files
  if (!first) return ""
  if (files.length > 1) return files.every((f) => f.type.startsWith("image/")) ? count(files.length, "picture") : count(files.length, "file")
  if (first.type.startsWith("image/")) return "Picture"
  if (first.type.startsWith("video/")) return "Video"
  if (first.type.startsWith("audio/")) return "Voice message"
  return first.name
}
