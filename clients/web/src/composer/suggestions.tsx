import type { Conversation } from "@parley-im/client"
import { useParley, useReadable } from "@parley-im/client/react"
import { Users } from "lucide-react"
import { useEffect, useMemo } from "react"
import { Name, PersonAvatar } from "../people/person"
import { everybody } from "./text"
import "./suggestions.css"

const most = 8

/** The members whose name or id begins with what was typed behind the @. The composer keeps the focus and the keys. */
export function Suggestions({ id, conversation, me, typed, chosen, all, onList, onPick }: {
  id: string; conversation: Conversation; me: string; typed: string; chosen: number; all: boolean; onList(users: string[]): void; onPick(user: string): void
}) {
  const parley = useParley()
  const members = useReadable(conversation.members)
  const found = useMemo(() => {
    const wanted = typed.toLocaleLowerCase()
    const begins = (text: string) => text.toLocaleLowerCase().split(/[\s._@-]+/u).some((word) => word.startsWith(wanted)) || text.toLocaleLowerCase().startsWith(wanted)
    const users = members.map((m) => m.user).filter((user) => user !== me && (begins(user) || begins(parley.profile(user).get().name)))
    if (all && everybody.startsWith(wanted)) users.unshift(everybody)
    return users.slice(0, most)
  }, [members, typed, me, all, parley])
  useEffect(() => { onList(found) }, [found, onList])
  if (found.length === 0) return null
  return (
    <ul className="suggestions" id={id} role="listbox" aria-label="Mention">
      {found.map((user, i) => (
        <li key={user} id={`${id}-${i}`} role="option" aria-selected={i === chosen} onPointerDown={(e) => { e.preventDefault(); onPick(user) }}>
          {user === everybody
            ? <><span className="suggestions-all"><Users aria-hidden="true" /></span><span>Everybody</span></>
            : <><PersonAvatar user={user} size="small" /><Name user={user} /><small>@{user}</small></>}
        </li>
      ))}
    </ul>
  )
}
