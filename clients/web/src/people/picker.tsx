import { useContacts, useConversations, useMe } from "@parley-im/client/react"
import { X } from "lucide-react"
import { useState } from "react"
import { Field } from "../ui/field"
import { Name, PersonAvatar } from "./person"
import "./picker.css"

const userID = /^[A-Za-z0-9][A-Za-z0-9._@:|+-]{0,127}$/

/** Chooses people: among those whom the user knows, or by typing an id. */
export function PeoplePicker({ chosen, onChoose, without = [], single = false }: { chosen: readonly string[]; onChoose(users: string[]): void; without?: readonly string[]; single?: boolean }) {
  const me = useMe()?.user
  const contacts = useContacts()
  const conversations = useConversations()
  const [wanted, setWanted] = useState("")
  const typed = wanted.trim()
  const known = new Map<string, string>()
  for (const c of contacts) known.set(c.user, c.name ?? c.profile?.name ?? c.user)
  for (const c of conversations) if (c.peer) known.set(c.peer, c.title)
  const matches = [...known].filter(([user, name]) => user !== me && !without.includes(user) && (user + " " + name).toLocaleLowerCase().includes(typed.toLocaleLowerCase())).map(([user]) => user)
  const stranger = userID.test(typed) && typed !== me && !known.has(typed) && !without.includes(typed) ? [typed] : []
  function toggle(user: string) {
    if (single) return onChoose([user])
    onChoose(chosen.includes(user) ? chosen.filter((u) => u !== user) : [...chosen, user])
    setWanted("")
  }
  return (
    <div className="labelled">
      {chosen.length > 0 && !single && (
        <div className="chips" role="group" aria-label="Chosen">
          {chosen.map((user) => <button key={user} type="button" onClick={() => toggle(user)} aria-label={`Remove ${user}`}><Name user={user} /><X aria-hidden="true" /></button>)}
        </div>
      )}
      <Field label="Name or user id" type="search" data-first autoComplete="off" autoCapitalize="none" spellCheck={false} value={wanted} onChange={(e) => setWanted(e.target.value)}
        onKeyDown={(e) => {
          const first = matches[0] ?? stranger[0]
          if (e.key === "Enter" && first) { e.preventDefault(); toggle(stranger[0] ?? first) }
        }} />
      <ul className="picker" aria-label="People">
        {[...stranger, ...matches].slice(0, 100).map((user) => (
          <li key={user}>
            <button type="button" aria-pressed={single ? undefined : chosen.includes(user)} onClick={() => toggle(user)}>
              <PersonAvatar user={user} size="small" /><Name user={user} />{stranger.includes(user) && <small>somebody new</small>}{chosen.includes(user) && !single && <small>chosen</small>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
