import type { Conversation } from "@parley-im/client"
import { useReadable } from "@parley-im/client/react"
import { Bell, BellOff } from "lucide-react"
import { useEffect, useMemo } from "react"
import { attempt } from "../app/notice"
import { Name } from "../people/person"
import { Prose } from "../text/prose"
import { preview } from "../text/preview"
import { ConversationView } from "../timeline/pane"
import { Button, IconButton } from "../ui/button"
import { SideHeader } from "./side"

/** A thread: the message that it is about, what was answered, and the place to write. */
export function Thread({ parent, root, me }: { parent: Conversation; root: number; me: string }) {
  const thread = useMemo(() => parent.thread(root), [parent, root])
  const timeline = useReadable(parent.timeline)
  const summary = useReadable(thread.summary)
  const message = timeline.messages.find((m) => m.seq === root)
  const missing = message === undefined && timeline.messages.length > 0
  useEffect(() => { if (missing) parent.loadAround(root).catch(() => undefined) }, [parent, root, missing]) // the answers are there without it
  const following = summary !== undefined && !summary.gone
  const begun = summary !== undefined || message?.thread !== undefined
  // What is said in a thread goes to those who follow it. Others read what there was when they looked.
  const late = begun && !following
  return (
    <ConversationView conversation={thread} me={me} parent={parent} head={
      <div>
        <SideHeader conversation={parent} title="Thread">
          {begun && (
            <IconButton label={following ? "Stop following this thread" : "Follow this thread"} icon={following ? <BellOff /> : <Bell />} onClick={() => attempt(thread.follow(!following))} />
          )}
        </SideHeader>
        {late && (
          <div className="thread-shut">
            <span>You do not follow this thread.</span>
            <Button onClick={() => attempt(thread.follow(true))}>Follow new replies</Button>
          </div>
        )}
        {message && (
          <div className="thread-root">
            <strong><Name user={message.from} /></strong>
            <p dir="auto">{message.text ? <Prose text={message.text} mentions={message.mentions} /> : preview(message)}</p>
          </div>
        )}
      </div>
    } />
  )
}
