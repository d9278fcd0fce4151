import type { Message, wire } from "@parley-im/client"
import { Check, CheckCheck } from "lucide-react"
import { useEffect, useState } from "react"
import { failure } from "../app/failure"
import { PersonLine } from "../people/person"
import { Dialog } from "../ui/dialog"
import { Spinner } from "../ui/spinner"
import { useActions } from "./actions"

/** Who has a message and who has read it, as far as they tell. */
export function SeenDialog({ message, onClose }: { message: Message; onClose(): void }) {
  const { conversation } = useActions()
  const [seen, setSeen] = useState<wire.SeenResult>()
  const [trouble, setTrouble] = useState("")
  useEffect(() => { conversation.seenBy(message.seq!).then(setSeen, (error: unknown) => setTrouble(failure(error))) }, [conversation, message.seq])
  return (
    <Dialog title="Seen by" size="small" onClose={onClose}>
      {trouble && <p role="alert" className="trouble">{trouble}</p>}
      {!seen && !trouble && <Spinner label="Asking" />}
      {seen && (
        <>
          <p className="hint">Read by {seen.read} and delivered to {seen.delivered} of {seen.of}.</p>
          <ul>
            {seen.users.map((u) => (
              <li key={u.user}><PersonLine user={u.user} actions={u.read ? <CheckCheck className="ticks read" role="img" aria-label="Read" /> : <Check className="ticks" role="img" aria-label="Delivered" />}>{u.read ? "read" : "delivered"}</PersonLine></li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  )
}
