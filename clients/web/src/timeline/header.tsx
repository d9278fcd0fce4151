import type { Conversation } from "@parley-im/client"
import { usePresence, useReadable } from "@parley-im/client/react"
import { ArrowLeft, Info, Pin, Search } from "lucide-react"
import { GroupAvatar, Name, PersonAvatar } from "../people/person"
import { presenceText } from "../people/presence"
import { go } from "../router"
import { Line } from "../text/line"
import { count } from "../text/time"
import { IconButton } from "../ui/button"
import "./header.css"

/** Who the conversation is with, and the way to what else there is of it. The peer is who it is to begin with. */
export function Header({ conversation, peer }: { conversation: Conversation; peer?: string }) {
  const c = useReadable(conversation.summary)
  const person = c?.peer ?? peer
  const { id } = conversation
  const info = () => go({ at: "conversation", id, side: { kind: "info" } })
  return (
    <header className="header">
      <IconButton className="only-phone" label="Back to the list" icon={<ArrowLeft />} onClick={() => go({ at: "home" })} />
      <div className="header-who">
        {person ? <PersonAvatar user={person} present /> : c && <GroupAvatar id={id} title={c.title} picture={c.picture} />}
        <span className="header-text">
          <h1>{c ? <button type="button" onClick={info}><Line text={c.title} /></button> : person && <Name user={person} />}</h1>
          <small>{c?.gone ? "you are not in this group any more" : person ? <PresenceLine user={person} /> : c && count(c.size, "member")}</small>
        </span>
      </div>
      {c && (
        <>
          <IconButton label="Search in this conversation" icon={<Search />} onClick={() => go({ at: "search", in: id })} />
          <IconButton label="Pinned messages" icon={<Pin />} onClick={() => go({ at: "conversation", id, side: { kind: "pins" } })} />
          <IconButton label="Details" icon={<Info />} onClick={info} />
        </>
      )}
    </header>
  )
}

function PresenceLine({ user }: { user: string }) {
  return presenceText(usePresence(user))
}
