import type { Message } from "@parley-im/client"
import { Ellipsis, Reply, SmilePlus } from "lucide-react"
import { useCallback, useRef } from "react"
import { IconButton } from "../ui/button"
import { Menu } from "../ui/menu"
import { useActions } from "./actions"
import { itemsOf } from "./items"
import "./toolbar.css"

/** What can be done with the message that one points at. */
export function Toolbar({ message, menu, onMenu }: { message: Message; menu: { x: number; y: number } | true | undefined; onMenu(menu?: { x: number; y: number } | true): void }) {
  const actions = useActions()
  const more = useRef<HTMLButtonElement>(null)
  const close = useCallback(() => onMenu(undefined), [onMenu])
  const stands = message.kind === "message" && message.seq !== undefined
  return (
    <div className="toolbar">
      {stands && actions.can.has("react") && (
        <IconButton label="React" icon={<SmilePlus />} className="small" onClick={(e) => actions.about({ what: "react", message, from: e.currentTarget })} />
      )}
      {stands && actions.can.has("send") && <IconButton label="Reply" icon={<Reply />} className="small" onClick={() => actions.reply(message)} />}
      <IconButton ref={more} label="More actions" icon={<Ellipsis />} className="small" aria-haspopup="menu" aria-expanded={menu !== undefined} onClick={() => onMenu(menu ? undefined : true)} />
      {menu && <Menu label="Message actions" items={itemsOf(message, actions, more.current)} anchor={more.current} at={menu === true ? undefined : menu} onClose={close} />}
    </div>
  )
}
