import type { ConversationSummary } from "@parley-im/client"

/** Why the user cannot write here, in words; nothing if they can. */
export function refusal(summary: ConversationSummary | undefined, can: ReadonlySet<string>): string | undefined {
  if (summary?.gone) return "You are not in this group any more."
  if (!summary || can.has("send")) return undefined
  if (summary.announce) return "Only moderators write here."
  return "You cannot write here."
}
