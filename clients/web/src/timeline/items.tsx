import type { Message } from "@parley-im/client"
import { Copy, EyeOff, Forward, Link2, MailPlus, MessageSquare, Pencil, Pin, PinOff, Reply, RotateCcw, SmilePlus, Trash2, Undo2, Users } from "lucide-react"
import type { KeyboardEvent } from "react"
import { attempt, tell } from "../app/notice"
import { href } from "../router"
import type { Item } from "../ui/menu"
import type { Actions } from "./actions"

// The server has the last word; these only spare the user an offer that it would refuse. Milliseconds.
const editWindow = 86_400_000
const deleteWindow = 172_800_000

// What a thread shows in its parent is edited and deleted in the thread.
function mayEdit(message: Message): boolean {
  return message.mine && message.kind === "message" && message.seq !== undefined && !message.forwarded && !message.of && Date.now() - message.at < editWindow
}

function mayDelete(message: Message, can: Actions["can"]): boolean {
  return message.kind === "message" && message.seq !== undefined && !message.of && (can.has("delete_any") || (message.mine && Date.now() - message.at < deleteWindow))
}

/** The root of the thread that a message is from, where it is shown in the parent. */
function threadOf({ of, reply }: Message): number | undefined {
  return of && reply?.seq
}

/** Everything that can be done with a message, as lines of a menu. */
export function itemsOf(message: Message, actions: Actions, from: HTMLElement | null): Item[] {
  const { conversation, can, about } = actions
  const seq = message.seq
  if (seq === undefined) {
    return [
      message.status === "failed" && { label: "Try again", icon: <RotateCcw />, run: () => attempt(() => conversation.retry(message.id)) },
      { label: "Withdraw", icon: <Undo2 />, danger: true, run: () => attempt(() => conversation.withdraw(message.id)) },
    ]
  }
  const stands = message.kind === "message"
  return [
    stands && can.has("send") && { label: "Reply", icon: <Reply />, run: () => actions.reply(message) },
    stands && !actions.thread && { label: message.thread || message.of ? "Open thread" : "Reply in thread", icon: <MessageSquare />, run: () => actions.openThread(threadOf(message) ?? seq) },
    stands && can.has("react") && { label: "React", icon: <SmilePlus />, run: () => about({ what: "react", message, from }) },
    mayEdit(message) && { label: "Edit", icon: <Pencil />, run: () => actions.edit(message) },
    stands && message.text && { label: "Copy text", icon: <Copy />, run: () => attempt(navigator.clipboard.writeText(message.text!).then(() => tell("Copied."))) },
    stands && !actions.thread && { label: "Copy link", icon: <Link2 />, run: () => attempt(navigator.clipboard.writeText(location.origin + href({ at: "conversation", id: conversation.id, seq })).then(() => tell("Copied."))) },
    stands && message.expiresAt === undefined && message.expiresAfter === undefined && { label: "Forward", icon: <Forward />, run: () => about({ what: "forward", message }) },
    stands && can.has("pin") && (message.pinned
      ? { label: "Unpin", icon: <PinOff />, run: () => attempt(conversation.unpin(seq).sent) }
      : { label: "Pin", icon: <Pin />, run: () => attempt(conversation.pin(seq).sent) }),
    message.mine && stands && { label: "Seen by", icon: <Users />, run: () => about({ what: "seen", message }) },
    !message.mine && { label: "Mark as unread from here", icon: <MailPlus />, run: () => attempt(conversation.markUnread(seq)) },
    { label: "Delete for me", icon: <EyeOff />, danger: true, run: () => about({ what: "hide", message }) },
    mayDelete(message, can) && { label: "Delete for everyone", icon: <Trash2 />, danger: true, run: () => about({ what: "delete", message }) },
  ]
}

/** Does what a letter stands for on a message that has the focus; tells whether it stands for anything. */
export function keyAction(e: KeyboardEvent, message: Message, actions: Actions, from: HTMLElement): boolean {
  if (e.ctrlKey || e.metaKey || e.altKey || message.seq === undefined || message.kind !== "message") return false
  switch (e.key.toLowerCase()) {
    case "r": actions.reply(message); return true
    case "e": if (mayEdit(message)) actions.edit(message); return true
    case "t": if (!actions.thread) actions.openThread(threadOf(message) ?? message.seq); return true
    case "+": actions.about({ what: "react", message, from }); return true
    case "delete": if (mayDelete(message, actions.can)) actions.about({ what: "delete", message }); return true
    default: return false
  }
}
