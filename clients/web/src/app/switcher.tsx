import { useContacts, useConversations, useMe } from "@parley-im/client/react"
import { useState } from "react"
import { GroupAvatar, PersonAvatar } from "../people/person"
import { go, type Route } from "../router"
import { Line } from "../text/line"
import { Dialog } from "../ui/dialog"
import "./switcher.css"

const most = 12

interface Found { key: string; title: string; user?: string; picture?: string; to: Route; note?: string }

/** Finds a conversation or a person by name and goes there. */
export function Switcher({ onClose }: { onClose(): void }) {
  const conversations = useConversations()
  const contacts = useContacts()
  const me = useMe()?.user
  const [wanted, setWanted] = useState("")
  const [chosen, setChosen] = useState(0)
  const found = find(wanted.trim())
  function find(text: string): Found[] {
    const has = (s: string) => s.toLocaleLowerCase().includes(text.toLocaleLowerCase())
    const all: Found[] = conversations.filter((c) => c.kind !== "thread" && (has(c.title) || (c.peer && has(c.peer))))
      .map((c) => ({ key: c.id, title: c.title, user: c.peer, picture: c.picture, to: { at: "conversation", id: c.id }, note: c.unread.count ? `${c.unread.count} unread` : undefined }))
    const talkedTo = new Set(conversations.map((c) => c.peer))
    for (const c of contacts) {
      const title = c.name ?? c.profile?.name ?? c.user
      if (!talkedTo.has(c.user) && (has(title) || has(c.user))) all.push({ key: c.user, title, user: c.user, to: { at: "user", user: c.user }, note: "contact" })
    }
    if (/^[A-Za-z0-9][A-Za-z0-9._@:|+-]{0,127}$/.test(text) && text !== me && !all.some((f) => f.user === text)) {
      all.push({ key: "+" + text, title: text, user: text, to: { at: "user", user: text }, note: "write to somebody new" })
    }
    if (text) all.push({ key: "search", title: `Search messages for “${text}”`, to: { at: "search" }, note: "Ctrl Shift F" })
    return all.slice(0, most)
  }
  function open(what: Found | undefined) {
    if (!what) return
    onClose()
    if (what.key === "search") sessionStorage.setItem("parley.search", wanted.trim())
    go(what.to)
  }
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input className="input" data-first role="combobox" aria-label="Conversation or person" aria-expanded="true" aria-controls="switcher" aria-autocomplete="list"
        aria-activedescendant={found[chosen] ? `switcher-${chosen}` : undefined} placeholder="Name" autoComplete="off" spellCheck={false} value={wanted}
        onChange={(e) => { setWanted(e.target.value); setChosen(0) }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setChosen(Math.min(chosen + 1, found.length - 1))
          else if (e.key === "ArrowUp") setChosen(Math.max(chosen - 1, 0))
          else if (e.key === "Enter") open(found[chosen])
          else return
          e.preventDefault()
        }} />
      <ul id="switcher" role="listbox" aria-label="Found" className="switcher">
        {found.map((f, i) => (
          <li key={f.key} id={`switcher-${i}`} role="option" aria-selected={i === chosen} onClick={() => open(f)} onPointerMove={() => setChosen(i)}>
            {f.user ? <PersonAvatar user={f.user} size="small" /> : f.key !== "search" && <GroupAvatar id={f.key} title={f.title} picture={f.picture} size="small" />}
            <Line text={f.title} /><small>{f.note}</small>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
