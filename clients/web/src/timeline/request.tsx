import type { Conversation } from "@parley-im/client"
import { useParley } from "@parley-im/client/react"
import { attempt } from "../app/notice"
import { Name } from "../people/person"
import { go } from "../router"
import { Button } from "../ui/button"
import "./request.css"

/** Asks whether a stranger may write. They are not told that their message was read until they may. */
export function RequestBar({ conversation, peer }: { conversation: Conversation; peer?: string }) {
  const parley = useParley()
  return (
    <div className="request">
      <p>{peer && <Name user={peer} />} is not among your contacts. Let them write to you?</p>
      <div>
        {peer && <Button kind="danger" onClick={() => attempt(async () => { await parley.block(peer); go({ at: "home" }) })}>Block</Button>}
        <Button kind="main" onClick={() => attempt(conversation.accept())}>Accept</Button>
      </div>
    </div>
  )
}
