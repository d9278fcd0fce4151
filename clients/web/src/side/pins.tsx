import type { Conversation } from "@parley-im/client"
import { useReadable } from "@parley-im/client/react"
import { Name } from "../people/person"
import { go } from "../router"
import { Line } from "../text/line"
import { preview } from "../text/preview"
import { brief } from "../text/time"
import { SideHeader } from "./side"

/** The messages that are pinned; opening one goes there. */
export function Pins({ conversation }: { conversation: Conversation }) {
  const pins = useReadable(conversation.pins)
  return (
    <div className="side-page">
      <SideHeader conversation={conversation} title="Pinned messages" />
      <div className="side-scroll">
        {pins.length === 0 && <p className="hint">Nothing is pinned here.</p>}
        {pins.map((m) => (
          <button key={m.key} type="button" className="pinned" onClick={() => go({ at: "conversation", id: conversation.id, seq: m.seq })}>
            <span className="pinned-top"><Name user={m.from} /><time>{brief(m.at)}</time></span>
            <Line text={preview(m)} />
          </button>
        ))}
      </div>
    </div>
  )
}
