import { useConversation, useSummary } from "@parley-im/client/react"
import { Archive, ArchiveRestore, Bell, BellOff, Eraser, Info, MailOpen, MailPlus, Pin, PinOff } from "lucide-react"
import { attempt } from "../app/notice"
import { go } from "../router"
import { Menu } from "../ui/menu"

/** What can be done with a conversation from the list. */
export function RowMenu({ id, at, from, onClear, onClose }: { id: string; at: { x: number; y: number }; from: HTMLElement; onClear(id: string): void; onClose(): void }) {
  const conversation = useConversation(id)
  const c = useSummary(id)
  if (!c) return null
  const unread = c.unread.count > 0 || c.marked !== undefined
  return (
    <Menu label={`Actions for ${c.title}`} at={at} anchor={from} onClose={onClose} items={[
      c.request && { label: "Accept", icon: <MailOpen />, run: () => attempt(conversation.accept()) },
      { label: c.pinned ? "Unpin" : "Pin to the top", icon: c.pinned ? <PinOff /> : <Pin />, run: () => attempt(conversation.setPinned(!c.pinned)) },
      unread && { label: "Mark as read", icon: <MailOpen />, run: () => attempt(async () => { conversation.read(); if (c.marked !== undefined) await conversation.markUnread() }) },
      !unread && c.last?.seq !== undefined && { label: "Mark as unread", icon: <MailPlus />, run: () => attempt(conversation.markUnread(c.last!.seq!)) },
      c.mute
        ? { label: "Unmute", icon: <Bell />, run: () => attempt(conversation.unmute()) }
        : { label: "Mute", icon: <BellOff />, run: () => attempt(conversation.mute({ mentions: true })) },
      { label: c.archived ? "Bring back" : "Archive", icon: c.archived ? <ArchiveRestore /> : <Archive />, run: () => attempt(conversation.setArchived(!c.archived)) },
      c.last && { label: "Clear history…", icon: <Eraser />, danger: true, run: () => onClear(id) },
      c.kind !== "thread" && { label: "Details", icon: <Info />, run: () => go({ at: "conversation", id, side: { kind: "info" } }) },
    ]} />
  )
}
