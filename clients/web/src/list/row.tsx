import type { ConversationSummary } from "@parley-im/client"
import { useProfile } from "@parley-im/client/react"
import { Archive, AtSign, BellOff, Pin } from "lucide-react"
import { memo } from "react"
import { GroupAvatar, Name, PersonAvatar } from "../people/person"
import { link } from "../router"
import { Line } from "../text/line"
import { preview } from "../text/preview"
import { systemText } from "../text/system"
import { brief } from "../text/time"
import { Ticks } from "../timeline/ticks"
import { ThreadAvatar, ThreadTitle } from "./thread"

/** One line of the list. */
export const Row = memo(function Row({ of: c, open, me }: { of: ConversationSummary; open: boolean; me?: string }) {
  const to = c.kind === "thread" && c.root
    ? link({ at: "conversation", id: c.root.conversation, side: { kind: "thread", root: c.root.seq } })
    : link({ at: "conversation", id: c.id })
  const unread = c.unread.count > 0 || c.marked !== undefined
  return (
    <a className={`row ${unread ? "unread" : ""}`} aria-current={open ? "page" : undefined} data-id={c.id} {...to}>
      {c.root ? <ThreadAvatar /> : c.peer ? <PersonAvatar user={c.peer} present /> : <GroupAvatar id={c.id} title={c.title} picture={c.picture} />}
      <span className="row-text">
        <span className="row-top">
          <span className="row-title">{c.root ? <ThreadTitle conversation={c.root.conversation} seq={c.root.seq} /> : <Line text={c.title} />}</span>
          {c.mute && <BellOff aria-label="muted" />}
          {c.last?.mine && c.last.kind === "message" && <Ticks of={c.last} />}
          {c.at > 0 && <time dateTime={new Date(c.at).toISOString()}>{brief(c.at)}</time>}
        </span>
        <span className="row-bottom">
          <span className="row-preview"><Preview of={c} open={open} me={me} /></span>
          {c.unread.mentions > 0 && <span className="badge mention"><AtSign aria-label="You are mentioned" /></span>}
          {unread && <span className={`badge ${c.mute ? "quiet" : ""}`}>{badge(c)}<span className="unseen"> unread</span></span>}
          {c.pinned && <Pin aria-label="pinned" />}
          {c.archived && <Archive aria-label="archived" />}
        </span>
      </span>
    </a>
  )
})

function badge(c: ConversationSummary): string {
  if (c.unread.count === 0) return "•"
  return c.unread.capped ? `${c.unread.count}+` : String(c.unread.count)
}

function Preview({ of: c, open, me }: { of: ConversationSummary; open: boolean; me?: string }) {
  if (c.typing.length > 0) {
    return <span className="row-typing">{c.kind === "direct" ? "typing…" : <><Name user={c.typing[0]!} /> is typing…</>}</span>
  }
  if (c.draft && !open) return <><span className="row-draft">Draft: </span><Line text={c.draft} /></>
  if (!c.last) return c.gone ? <>You are not in this group any more</> : null
  if (c.last.kind === "system") return <System of={c} me={me} />
  return (
    <>
      {c.last.mine ? "You: " : c.kind !== "direct" && <><Name user={c.last.from} />: </>}
      <Line text={preview(c.last)} />
    </>
  )
}

function System({ of: c, me }: { of: ConversationSummary; me?: string }) {
  const { name } = useProfile(c.last!.from)
  return <Line text={systemText(c.last!, (user) => (user === c.last!.from ? name : user), me)} />
}
