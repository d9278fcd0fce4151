import { useConversations } from "@parley-im/client/react"
import { useEffect } from "react"

/** Shows in the title of the page, and on the icon of an installed app, how many conversations have something new. */
export function useTitle(): void {
  const unread = useConversations().filter((c) => c.unread.count > 0 && !c.archived && !c.request && (!c.mute || c.unread.mentions > 0)).length
  useEffect(() => {
    document.title = unread ? `(${unread}) Parley` : "Parley"
    if ("setAppBadge" in navigator) void (unread ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => undefined) // not installed
  }, [unread])
}
