import { useConversation, useSummary } from "@parley-im/client/react"
import { MessageSquare } from "lucide-react"
import { Line } from "../text/line"
import { preview } from "../text/preview"

/** What a thread is about: the message, as far as it is loaded, and where it was said. */
export function ThreadTitle({ conversation, seq }: { conversation: string; seq: number }) {
  const message = useConversation(conversation).message(seq)
  const where = useSummary(conversation)?.title ?? ""
  return message ? <><Line text={preview(message)} /> <small>in <Line text={where} /></small></> : <>Thread in <Line text={where} /></>
}

/** What stands in place of a picture. */
export function ThreadAvatar() {
  return <span className="avatar thread-avatar" aria-hidden="true"><MessageSquare /></span>
}
