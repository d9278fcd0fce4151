import type { Conversation } from "@parley-im/client"
import { useReadable } from "@parley-im/client/react"
import { Confirm } from "../ui/confirm"
import { Line } from "../text/line"

/** Asks before the messages of a conversation are taken out of the user's sight. */
export function ClearHistory({ conversation, onClose }: { conversation: Conversation; onClose(): void }) {
  const c = useReadable(conversation.summary)
  return (
    <Confirm title="Clear the history?" action="Clear" onClose={onClose} onConfirm={() => conversation.clear()}>
      <p>All messages {c?.title && <>of “<Line text={c.title} />” </>}are gone from all your devices, for good. Others still see them.</p>
    </Confirm>
  )
}
