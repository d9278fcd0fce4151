import type { Message } from "@parley-im/client"
import { sameDay } from "../text/time"

/** A message and how it stands to its neighbours. */
export interface Row {
  readonly message: Message
  /** It is the first of its day. */
  readonly day: boolean
  /** Everything from here on was new when the conversation was opened. */
  readonly unread: boolean
  /** It is the first, and the last, of what somebody said in one go. */
  readonly first: boolean
  readonly last: boolean
}

const pause = 5 * 60_000

/** Places messages; rows that are as before are the same objects, so that they are not drawn again. */
export function rowsOf(messages: readonly Message[], unreadAfter: number | undefined, before: WeakMap<Message, Row>): Row[] {
  let divided = unreadAfter === undefined
  return messages.map((message, i) => {
    const above = messages[i - 1]
    const below = messages[i + 1]
    const unread = !divided && message.seq !== undefined && message.seq > unreadAfter! && !message.mine
    if (unread) divided = true
    const day = !above || !sameDay(above.at, message.at)
    const row: Row = {
      message, day, unread,
      first: day || unread || !together(above!, message),
      last: !below || !sameDay(below.at, message.at) || !together(message, below),
    }
    const old = before.get(message)
    if (old && old.day === row.day && old.unread === row.unread && old.first === row.first && old.last === row.last) return old
    before.set(message, row)
    return row
  })
}

function together(above: Message, below: Message): boolean {
  return above.from === below.from && above.kind !== "system" && below.kind !== "system" && below.at - above.at < pause
}
