import { useParley } from "@parley-im/client/react"
import { useState } from "react"
import { failure } from "../app/failure"
import { PeoplePicker } from "../people/picker"
import { go } from "../router"
import { lasting } from "../text/time"
import { Button } from "../ui/button"
import { Dialog } from "../ui/dialog"
import { Choice, Field, Switch } from "../ui/field"
import { lives, slows } from "./rules"

/** Begins a conversation with a person, or makes a group of several. */
export function NewConversation({ onClose }: { onClose(): void }) {
  const [group, setGroup] = useState(false)
  if (group) return <NewGroup onClose={onClose} />
  return (
    <Dialog title="New conversation" onClose={onClose} footer={<Button onClick={() => setGroup(true)}>New group instead</Button>}>
      <PeoplePicker single chosen={[]} onChoose={([user]) => { onClose(); if (user) go({ at: "user", user }) }} />
    </Dialog>
  )
}

function NewGroup({ onClose }: { onClose(): void }) {
  const parley = useParley()
  const [name, setName] = useState("")
  const [members, setMembers] = useState<string[]>([])
  const [announce, setAnnounce] = useState(false)
  const [history, setHistory] = useState(false)
  const [slow, setSlow] = useState(0)
  const [after, setAfter] = useState(0)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState("")
  async function create() {
    setBusy(true)
    try {
      const group = await parley.createGroup({ name: name.trim(), members, ...(announce ? { announce } : {}), ...(history ? { history: "start" } : {}), slow, ...(after ? { timer: { after, from: "sent" } } : {}) })
      onClose()
      go({ at: "conversation", id: group.id })
    } catch (error) {
      setTrouble(failure(error))
      setBusy(false)
    }
  }
  return (
    <Dialog title="New group" onClose={onClose} footer={<>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="main" disabled={busy || !name.trim() || members.length === 0} onClick={() => void create()}>Create group</Button>
    </>}>
      <Field label="Group name" data-first maxLength={100} value={name} onChange={(e) => setName(e.target.value)} />
      <PeoplePicker chosen={members} onChoose={setMembers} />
      <Switch label="Announcements only" hint="Only moderators write." on={announce} onSwitch={setAnnounce} />
      <Switch label="New members see the history" on={history} onSwitch={setHistory} />
      <Choice<number> label="Slow mode" hint="Between two messages of a member." value={slow} options={slows.map((s) => [s, s ? lasting(s) : "Off"] as const)} onChoose={setSlow} />
      <Choice<number> label="Disappearing messages" value={after} options={lives.map((s) => [s, s ? lasting(s) : "Off"] as const)} onChoose={setAfter} />
      {trouble && <p role="alert" className="trouble">{trouble}</p>}
    </Dialog>
  )
}
