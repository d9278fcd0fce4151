import { useMe, useProfile } from "@parley-im/client/react"
import { memo, useState, type ReactNode } from "react"
import { PersonAvatar } from "../people/person"
import { systemText } from "../text/system"
import { Line } from "../text/line"
import { dayName, timeOfDay, wholeTime } from "../text/time"
import { useActions } from "./actions"
import { Bubble } from "./bubble"
import { keyAction } from "./items"
import { Toolbar } from "./toolbar"
import type { Row } from "./rows"
import "./row.css"

// A finger that touches something is not a pointer that rests on it.
const hovers = matchMedia("(hover: hover)")

/** One message with what stands above it: the day, and where the unread ones begin. */
export const MessageRow = memo(function MessageRow({ row, index, total, flash, tabbable, above }: {
  row: Row; index: number; total: number; flash: boolean; tabbable: boolean; above?: ReactNode
}) {
  const { message } = row
  const actions = useActions()
  const [hovered, setHovered] = useState(false)
  const [focused, setFocused] = useState(false)
  const [menu, setMenu] = useState<{ x: number; y: number } | true>()
  const { name } = useProfile(message.from)
  return (
    <article className={`message ${message.mine ? "mine" : ""} ${row.first ? "first" : ""} ${row.last ? "last" : ""} ${flash ? "flash" : ""}`}
      data-index={index} data-key={message.key} tabIndex={tabbable ? 0 : -1} aria-posinset={index + 1} aria-setsize={total}
      aria-label={`${message.mine ? "You" : name}, ${timeOfDay(message.at)}`}
      onPointerEnter={(e) => { if (hovers.matches && e.pointerType === "mouse") setHovered(true) }} onPointerLeave={() => setHovered(false)}
      onFocus={() => setFocused(true)} onBlur={(e) => { if (!e.currentTarget.contains(e.relatedTarget)) setFocused(false) }}
      onContextMenu={(e) => {
        if (message.kind === "system" || (e.target as HTMLElement).closest("a, img") || getSelection()?.toString()) return
        e.preventDefault()
        setMenu(e.clientX || e.clientY ? { x: e.clientX, y: e.clientY } : true)
      }}
      onKeyDown={(e) => {
        if (e.target !== e.currentTarget || message.kind === "system") return
        if (e.key === "Enter") setMenu(true)
        else if (!keyAction(e, message, actions, e.currentTarget)) return
        e.preventDefault()
      }}>
      {above}
      {row.day && <div className="message-day"><time dateTime={new Date(message.at).toISOString()}>{dayName(message.at)}</time></div>}
      {row.unread && <div className="message-unread"><span>New messages</span></div>}
      {message.kind === "system"
        ? <SystemLine row={row} />
        : (
          <div className="message-line" title={wholeTime(message.at)}>
            {actions.group && !message.mine && <span className="message-avatar">{row.last && <PersonAvatar user={message.from} size="small" />}</span>}
            <Bubble row={row} />
            {(hovered || focused || menu) && <Toolbar message={message} menu={menu} onMenu={setMenu} />}
          </div>
        )}
    </article>
  )
})

function SystemLine({ row: { message } }: { row: Row }) {
  const { name } = useProfile(message.from)
  const me = useMe()
  return <p className="message-system"><Line text={systemText(message, (user) => (user === message.from ? name : user), me?.user)} /></p>
}
