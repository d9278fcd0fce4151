import type { Conversation } from "@parley-im/client"
import { useReadable } from "@parley-im/client/react"
import { Bell, BellOff, Eraser, Images } from "lucide-react"
import { useState } from "react"
import { attempt } from "../app/notice"
import { GroupInfo } from "../group/info"
import { lives } from "../group/rules"
import { PersonInfo } from "../people/info"
import { go } from "../router"
import { lasting } from "../text/time"
import { Button } from "../ui/button"
import { Choice } from "../ui/field"
import { ClearHistory } from "./clear"
import { SideHeader } from "./side"

const hour = 3_600_000

/** All about a conversation: who is in it, how it behaves, and the way out. */
export function Info({ conversation, me }: { conversation: Conversation; me: string }) {
  const c = useReadable(conversation.summary)
  const mayTime = c?.kind === "direct" || c?.capabilities.includes("change")
  const until = c?.mute?.until
  const [clearing, setClearing] = useState(false)
  return (
    <div className="side-page">
      <SideHeader conversation={conversation} title="Details" />
      <div className="side-scroll">
        {c?.peer && <PersonInfo user={c.peer} />}
        {c?.kind === "group" && <GroupInfo conversation={conversation} c={c} me={me} part="head" />}
        <div className="side-quick">
          <Button onClick={() => attempt(c?.mute ? conversation.unmute() : conversation.mute({ mentions: true }))}>{c?.mute ? <Bell /> : <BellOff />}{c?.mute ? "Unmute" : "Mute"}</Button>
          <Button onClick={() => go({ at: "search", in: conversation.id })}><Images />Media and search</Button>
          {c && !c.gone && <Button onClick={() => setClearing(true)}><Eraser />Clear history</Button>}
        </div>
        {c?.mute && (
          <Choice<number> label="Muted" value={until && until < Date.now() + 400 * 24 * hour ? 1 : 0} options={[[0, "for good"], [1, "for a time"], [8, "8 hours more"], [168, "a week more"]]}
            onChoose={(hours) => { if (hours !== 1) attempt(conversation.mute({ mentions: true, ...(hours ? { until: Date.now() + hours * hour } : {}) })) }} />
        )}
        {mayTime && c && (
          <Choice<number> label="Disappearing messages" hint="What is sent from now on." value={c.timer?.after ?? 0} options={lives.map((s) => [s, s ? lasting(s) : "Off"] as const)}
            onChoose={(after) => attempt(conversation.change({ timer: after ? { after, from: c.timer?.from ?? "sent" } : { after: 0 } }))} />
        )}
        {mayTime && c?.timer && (
          <Choice label="Counted from" value={c.timer.from} options={[["sent", "when it was sent"], ["read", "when it was read"]]}
            onChoose={(from) => attempt(conversation.change({ timer: { after: c.timer!.after, from } }))} />
        )}
        {c?.kind === "group" && <GroupInfo conversation={conversation} c={c} me={me} part="rest" />}
      </div>
      {clearing && <ClearHistory conversation={conversation} onClose={() => setClearing(false)} />}
    </div>
  )
}
