import type { Message } from "@parley-im/client"
import { CircleAlert, Forward, Hourglass, MessageSquare, Pin, Share2 } from "lucide-react"
import { attempt } from "../app/notice"
import { failure } from "../app/failure"
import { Name } from "../people/person"
import { Prose } from "../text/prose"
import { ago, timeOfDay, wholeTime } from "../text/time"
import { hueClass } from "../ui/avatar"
import { useActions } from "./actions"
import { Attachments } from "./attachments"
import { QuoteLine } from "./quote"
import { Reactions } from "./reactions"
import { Ticks } from "./ticks"
import type { Row } from "./rows"
import "./bubble.css"

/** What a message says, and what became of it. */
export function Bubble({ row }: { row: Row }) {
  const { message } = row
  const { group, jump, openThread } = useActions()
  const bare = !message.text && message.attachments.length > 0 && message.kind === "message" && !message.reply
  return (
    <div className="bubble-column">
      <div className={`bubble ${emojiOnly(message) ? "big" : ""} ${bare ? "bare" : ""} ${message.status === "failed" ? "failed" : ""}`}>
        {group && !message.mine && row.first && <div className={`bubble-name ${hueClass(message.from)}`}><Name user={message.from} /></div>}
        {message.forwarded && <div className="bubble-forwarded"><Forward aria-hidden="true" />Forwarded</div>}
        {message.inParent && <div className="bubble-forwarded"><Share2 aria-hidden="true" />Also in the {group ? "group" : "conversation"}</div>}
        {message.of && message.reply && (
          <button type="button" className="bubble-forwarded from-thread" onClick={() => openThread(message.reply!.seq)}><MessageSquare aria-hidden="true" />From a thread</button>
        )}
        {message.reply && <QuoteLine quote={message.reply} onOpen={() => jump(message.reply!.seq)} />}
        {message.kind === "message"
          ? <Content message={message} />
          : <p className="bubble-gone">{message.kind === "deleted" ? "This message was deleted" : "This message has expired"}<Meta message={message} /></p>}
      </div>
      {message.status === "failed" && <Failed message={message} />}
      {message.reactions.length > 0 && <Reactions message={message} />}
      {message.thread && message.seq !== undefined && <ThreadLink message={message} />}
    </div>
  )
}

function Content({ message }: { message: Message }) {
  return (
    <>
      {message.attachments.length > 0 && <Attachments message={message} />}
      {message.text ? <p className="bubble-text" dir="auto"><Prose text={message.text} mentions={message.mentions} /><Meta message={message} /></p> : <Meta message={message} />}
    </>
  )
}

function Meta({ message }: { message: Message }) {
  return (
    <span className="bubble-meta">
      {message.pinned && <Pin role="img" aria-label="Pinned" />}
      {(message.expiresAt !== undefined || message.expiresAfter !== undefined) && <Hourglass role="img" aria-label="Disappears" />}
      {message.edited !== undefined && message.kind === "message" && <span title={wholeTime(message.edited)}>edited</span>}
      <time dateTime={new Date(message.at).toISOString()}>{timeOfDay(message.at)}</time>
      {message.mine && message.kind === "message" && <Ticks of={message} />}
    </span>
  )
}

function Failed({ message }: { message: Message }) {
  const { conversation } = useActions()
  return (
    <div className="bubble-failed" role="alert">
      <CircleAlert aria-hidden="true" /><span>{failure(message.error)}</span>
      <button type="button" onClick={() => attempt(() => conversation.retry(message.id))}>Try again</button>
      <button type="button" onClick={() => attempt(() => conversation.withdraw(message.id))}>Withdraw</button>
    </div>
  )
}

function ThreadLink({ message }: { message: Message }) {
  const { openThread } = useActions()
  const { count: entries, last } = message.thread!
  return (
    <button type="button" className="bubble-thread" onClick={() => openThread(message.seq!)}>
      <MessageSquare aria-hidden="true" />
      <span>{entries === undefined ? "Thread" : entries === 1 ? "1 reply" : `${entries} replies`}</span>
      {last !== undefined && <small>{ago(last)}</small>}
    </button>
  )
}

/** Up to three emoji and nothing else are shown large. */
function emojiOnly({ text, attachments, reply, kind }: Message): boolean {
  return kind === "message" && !reply && attachments.length === 0 && text !== undefined && text.length <= 24 &&
    /^(?:\p{RGI_Emoji}){1,3}$/v.test(text.trim())
}
