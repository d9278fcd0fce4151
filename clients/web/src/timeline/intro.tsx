import type { Conversation } from "@parley-im/client"
import { useReadable } from "@parley-im/client/react"
import { GroupAvatar, Name, PersonAvatar } from "../people/person"
import { Line } from "../text/line"
import { lasting } from "../text/time"
import "./intro.css"

/** What stands above the first message. */
export function Intro({ conversation, peer }: { conversation: Conversation; peer?: string }) {
  const c = useReadable(conversation.summary)
  if (!c) return <div className="intro">{peer && <><PersonAvatar user={peer} size="large" /><strong><Name user={peer} /></strong></>}<p>Nothing has been said yet.</p></div>
  return (
    <div className="intro">
      {c.peer ? <PersonAvatar user={c.peer} size="large" /> : <GroupAvatar id={c.id} title={c.title} picture={c.picture} size="large" />}
      <strong><Line text={c.title} /></strong>
      <p>{c.last ? `This is where ${c.kind === "group" ? "the group" : "your conversation"} begins.` : "Nothing has been said yet."}</p>
      {c.timer && <p>Messages disappear {lasting(c.timer.after)} after they are {c.timer.from}.</p>}
    </div>
  )
}
