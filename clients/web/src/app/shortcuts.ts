import { useParley } from "@parley-im/client/react"
import { useEffect } from "react"
import { go, type Route } from "../router"
import type { Overlay } from "./shell"

/** The keys that work everywhere; help.tsx shows them. Letters count only where nobody writes. */
export function useShortcuts(route: Route, open: (overlay: Overlay) => void): void {
  const parley = useParley()
  useEffect(() => {
    function onKeyDown(e: KeyboardEvent) {
      if (e.defaultPrevented || e.isComposing || document.querySelector("dialog[open]")) return
      const command = e.ctrlKey || e.metaKey
      if (command && !e.shiftKey && !e.altKey && e.key.toLowerCase() === "k") open("switcher")
      else if (command && e.shiftKey && e.key.toLowerCase() === "f") go({ at: "search", ...(route.at === "conversation" ? { in: route.id } : {}) })
      else if (command && e.key === ",") go({ at: "settings" })
      else if (e.altKey && !command && (e.key === "ArrowDown" || e.key === "ArrowUp")) step(e.key === "ArrowDown" ? 1 : -1)
      else if (e.key === "Escape" && !command) escape()
      else if (e.key === "?" && !writing(e.target)) open("help")
      else return
      e.preventDefault()
    }
    /** Opens the conversation above or below the present one in the list. */
    function step(by: number) {
      const all = parley.conversations.get().filter((c) => c.kind !== "thread" && !c.archived && !c.request)
      const now = route.at === "conversation" ? all.findIndex((c) => c.id === route.id) : -1
      const next = all[now < 0 ? 0 : now + by]
      if (next) go({ at: "conversation", id: next.id })
    }
    /** Closes what stands beside the conversation, then the conversation. */
    function escape() {
      if (route.at === "conversation" && route.side) go({ at: "conversation", id: route.id })
      else if (route.at !== "home") go({ at: "home" })
    }
    addEventListener("keydown", onKeyDown)
    return () => removeEventListener("keydown", onKeyDown)
  }, [parley, route, open])
}

/** Whether keys that are typed there are text. */
export function writing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
