import { useConnection, useConversations, useMe, useParley } from "@parley-im/client/react"
import { Search, SquarePen } from "lucide-react"
import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react"
import { Virtualizer } from "virtua"
import { PersonAvatar } from "../people/person"
import { go, link, type Route } from "../router"
import { ClearHistory } from "../side/clear"
import { IconButton } from "../ui/button"
import { Spinner } from "../ui/spinner"
import { Filters, kept, type Filter } from "./filters"
import { RowMenu } from "./menu"
import { Row } from "./row"
import "./list.css"

/** All conversations of the user. Arrow keys go through it; the menu of a line is where the browser opens one. */
export function ConversationList({ route, onNew }: { route: Route; onNew(): void }) {
  const parley = useParley()
  const all = useConversations()
  const me = useMe()
  const { caughtUp } = useConnection()
  const [filter, setFilter] = useState<Filter>("all")
  const [menu, setMenu] = useState<{ id: string; at: { x: number; y: number }; from: HTMLElement }>()
  const [clearing, setClearing] = useState<string>()
  const scroller = useRef<HTMLDivElement>(null)
  const shown = useMemo(() => all.filter((c) => kept(c, filter)), [all, filter])
  const open = route.at === "conversation" ? route.id : undefined
  const closeMenu = useCallback(() => setMenu(undefined), [])

  function onKeyDown(e: KeyboardEvent) {
    const links = [...scroller.current!.querySelectorAll<HTMLElement>("a.row")]
    const now = links.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: links.length - 1 }[e.key]
    if (to === undefined || e.altKey || !links[to]) return
    e.preventDefault()
    links[to].focus()
    links[to].scrollIntoView({ block: "nearest" })
  }
  function onContextMenu(e: MouseEvent) {
    const from = (e.target as HTMLElement).closest<HTMLElement>("a.row")
    const id = from?.dataset["id"]
    if (!from || !id) return
    e.preventDefault()
    const box = from.getBoundingClientRect()
    setMenu({ id, from, at: e.clientX || e.clientY ? { x: e.clientX, y: e.clientY } : { x: box.left + 48, y: box.top + 24 } })
  }
  return (
    <nav className="list" aria-label="Conversations">
      <header className="list-header">
        <a className="list-me" aria-label="Profile and settings" title="Profile and settings" {...link({ at: "settings" })}>
          {me && <PersonAvatar user={me.user} size="small" />}
        </a>
        <h1>Chats</h1>
        <IconButton label="Search messages" icon={<Search />} onClick={() => go({ at: "search" })} />
        <IconButton label="New conversation" icon={<SquarePen />} onClick={onNew} />
      </header>
      <Filters all={all} filter={filter} onChoose={setFilter} />
      <div className="list-scroll" ref={scroller} onKeyDown={onKeyDown} onContextMenu={onContextMenu}>
        {shown.length > 0
          ? <Virtualizer as="ul" item="li" data={shown} itemSize={68}>{(c) => <Row key={c.id} of={c} open={c.id === open} me={me?.user} />}</Virtualizer>
          : <p className="list-empty">{!caughtUp && all.length === 0 ? <Spinner label="Loading conversations" /> : empty[filter]}</p>}
      </div>
      {menu && <RowMenu {...menu} onClear={setClearing} onClose={closeMenu} />}
      {clearing && <ClearHistory conversation={parley.conversation(clearing)} onClose={() => setClearing(undefined)} />}
    </nav>
  )
}

const empty: Record<Filter, string> = {
  all: "No conversations yet. Begin one with the pencil above.",
  unread: "Everything is read.",
  threads: "You follow no threads.",
  requests: "Nobody asks to write to you.",
  archived: "Nothing is put away.",
}
