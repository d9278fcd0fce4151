import type { Message } from "@parley-im/client"
import { useProfile } from "@parley-im/client/react"
import { useEffect, useState } from "react"
import { preview } from "../text/preview"
import { oneLine } from "../text/visible"

/** Reads new messages of others to those who listen; what is loaded from before is not read. */
export function Announcer({ messages }: { messages: readonly Message[] }) {
  const newest = messages.findLast((m) => m.seq !== undefined)
  const [since, setSince] = useState<number>()
  useEffect(() => { if (since === undefined && newest) setSince(newest.seq) }, [since, newest])
  const said = newest && since !== undefined && newest.seq! > since && !newest.mine && newest.kind === "message" ? newest : undefined
  return <div className="unseen" role="log" aria-live="polite" aria-label="New messages">{said && <Said key={said.key} message={said} />}</div>
}

function Said({ message }: { message: Message }) {
  const { name } = useProfile(message.from)
  return <p>{oneLine(name)}: {oneLine(preview(message))}</p>
}
