import type { Conversation } from "@parley-im/client"
import { useCallback, useEffect, useLayoutEffect, useRef } from "react"

/** Says what the user was shown, as long as they look at this window. Returns what to call when something else is shown. */
export function useReading(conversation: Conversation, shown: () => number | undefined): () => void {
  const latest = useRef(shown)
  useLayoutEffect(() => { latest.current = shown })
  const read = useCallback(() => {
    if (document.visibilityState !== "visible" || !document.hasFocus()) return
    const seq = latest.current()
    if (seq !== undefined) conversation.read(seq)
  }, [conversation])
  useEffect(() => {
    addEventListener("focus", read)
    document.addEventListener("visibilitychange", read)
    return () => {
      removeEventListener("focus", read)
      document.removeEventListener("visibilitychange", read)
    }
  }, [read])
  return read
}
