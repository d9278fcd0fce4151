import type { Conversation } from "@parley-im/client"
import { X } from "lucide-react"
import type { ReactNode } from "react"
import { go, type Side } from "../router"
import { IconButton } from "../ui/button"
import { Info } from "./info"
import { Pins } from "./pins"
import { Thread } from "./thread"
import "./side.css"

/** What stands beside a conversation. */
export function SidePane({ conversation, side, me }: { conversation: Conversation; side: Side; me: string }) {
  switch (side.kind) {
    case "thread": return <aside className="side" aria-label="Thread"><Thread parent={conversation} root={side.root} me={me} /></aside>
    case "pins": return <aside className="side" aria-label="Pinned messages"><Pins conversation={conversation} /></aside>
    case "info": return <aside className="side" aria-label="Details"><Info conversation={conversation} me={me} /></aside>
  }
}

/** The head of what stands beside a conversation. */
export function SideHeader({ conversation, title, children }: { conversation: Conversation; title: string; children?: ReactNode }) {
  return (
    <header className="side-header">
      <h1>{title}</h1>
      {children}
      <IconButton label={`Close ${title.toLowerCase()}`} icon={<X />} onClick={() => go({ at: "conversation", id: conversation.id })} />
    </header>
  )
}
