import type { Conversation } from "@parley-im/client"
import { usePresence, useReadable } from "@parley-im/client/react"
import { ArrowLeft, Info, Pin, Search } from "lucide-react"
import { GroupAvatar, PersonAvatar } from "../people/person"
import { presenceText } from "../people/presence"
import { go } from "../router"
import { Line } from "../text/line"
import { count } from "../text/time"
import { IconButton } from "../ui/button"
import "./header.css"

/** Who the conversation is with, and the way to what else there is of it. */
export function Header({ conversation }: { conversation: Conversation }) {
  const c = useReadable(conversation.summary)
  const { id } = conversation
  const info = () => go({ at: "conversation", id, side: { kind: "info" } })
  return (
    <header className="header">
      <IconButton className="only-phone" label="Back to the list" icon={<ArrowLeft />} onClick={() => go({ at: "home" })} />
      <div className="header-who">
        {c?.peer ? <PersonAvatar user={c.peer} present /> : c && <GroupAvatar id={id} title={c.title} picture={c.picture} />}
        <span className="header-text">
          <h1><button type="button" onClick={info}><Line text={c?.title ?? ""} /></button></h1>
          <small>{c?.gone ? "you are not in this group any more" : c?.peer ? <PresenceLine user={c.peer} /> : c && count(c.size, "member")}</small>
        </span>
      </div>
      <IconButton label="Search in this conversation" icon={<Search />} onClick={() => go({ at: "search", in: id })} />
      <IconButton label="Pinned messages" icon={<Pin />} onClick={() => go({ at: "conversation", id, side: { kind: "pins" } })} />
      <IconButton label="Details" icon={<Info />} onClick={info} />
    </header>
  )
}

function PresenceLine({ user }: { user: string }) {
  return presenceText(usePresence(user))
}
