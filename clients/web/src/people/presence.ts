import type { Presence } from "@parley-im/client"
import { ago } from "../text/time"

/** Says in words how present somebody is; nothing where nothing is known. */
export function presenceText({ status, seen }: Presence): string {
  switch (status) {
    case "online": return "online"
    case "busy": return "do not disturb"
    case "away": return seen ? `away, last seen ${ago(seen)}` : "away"
    case "offline": return seen ? `last seen ${ago(seen)}` : "offline"
    default: return ""
  }
}
