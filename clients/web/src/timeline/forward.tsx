import type { Message } from "@parley-im/client"
import { useConversations, useParley } from "@parley-im/client/react"
import { useState } from "react"
import { attempt, tell } from "../app/notice"
import { GroupAvatar, PersonAvatar } from "../people/person"
import { Line } from "../text/line"
import { Button } from "../ui/button"
import { Dialog } from "../ui/dialog"
import { Field } from "../ui/field"
import "../people/picker.css"

/** Repeats a message in other conversations. */
export function ForwardDialog({ message, onClose }: { message: Message; onClose(): void }) {
  const parley = useParley()
  const all = useConversations()
  const [wanted, setWanted] = useState("")
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const found = all.filter((c) => c.kind !== "thread" && !c.gone && c.capabilities.includes("send") && c.title.toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase()))
  function toggle(id: string) {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  function forward() {
    for (const id of chosen) attempt(parley.conversation(id).forward({ conversation: message.conversation, seq: message.seq! }).sent)
    tell("Forwarded.")
    onClose()
  }
  return (
    <Dialog title="Forward to" onClose={onClose} footer={<Button kind="main" disabled={chosen.size === 0} onClick={forward}>Forward</Button>}>
      <Field label="Conversation" type="search" data-first value={wanted} onChange={(e) => setWanted(e.target.value)} />
      <ul className="picker" aria-label="Conversations to forward to">
        {found.map((c) => (
          <li key={c.id}>
            <label>
              <input type="checkbox" checked={chosen.has(c.id)} onChange={() => toggle(c.id)} />
              {c.peer ? <PersonAvatar user={c.peer} size="small" /> : <GroupAvatar id={c.id} title={c.title} picture={c.picture} size="small" />}
              <Line text={c.title} />
            </label>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
