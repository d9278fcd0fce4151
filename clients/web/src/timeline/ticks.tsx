import type { Message } from "@parley-im/client"
import { Check, CheckCheck, CircleAlert, Clock } from "lucide-react"
import "./ticks.css"

/** How far a message of the user's own has come. */
export function Ticks({ of: message }: { of: Message }) {
  switch (message.status) {
    case "pending": return <Clock className="ticks" aria-label="Waiting to be sent" role="img" />
    case "failed": return <CircleAlert className="ticks failed" aria-label="Not sent" role="img" />
    case "sent": return <Check className="ticks" aria-label="Sent" role="img" />
    case "delivered": return <CheckCheck className="ticks" aria-label="Delivered" role="img" />
    case "read": return <CheckCheck className="ticks read" aria-label="Read" role="img" />
    default: return null
  }
}
