import { useConnection, useParley } from "@parley-im/client/react"
import { WifiOff } from "lucide-react"
import { useEffect, useState, useSyncExternalStore } from "react"
import { Button } from "../ui/button"
import "./banner.css"

// What takes less than this is nobody's business.
const patience = 1500

/** Says above everything that there is no connection, why, and when it is tried again. */
export function Banner() {
  const parley = useParley()
  const { state, reason, retryAt } = useConnection()
  const network = useNetwork()
  const well = (state === "connected" && network) || state === "idle"
  const waiting = state === "disconnected" || state === "suspended"
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (well) return setLate(false)
    const timer = setTimeout(setLate, patience, true)
    return () => clearTimeout(timer)
  }, [well])
  if (well || !late) return null
  if (state === "closed") {
    return (
      <div className="banner" role="status">
        <WifiOff aria-hidden="true" />
        <span>{reason?.code === "replaced" ? "You are using Parley on too many devices, so this one has stopped." : "Parley has stopped."}</span>
        <Button onClick={() => parley.connect()}>Use it here</Button>
      </div>
    )
  }
  return (
    <div className="banner" role="status">
      <WifiOff aria-hidden="true" />
      <span>No connection. What you write is kept and sent later.</span>
      <span className="banner-retry" aria-live="off">{!network ? "This device is offline." : waiting && retryAt ? <Countdown until={retryAt} /> : "Connecting…"}</span>
      {network && waiting && <Button onClick={() => parley.wake()}>Try now</Button>}
    </div>
  )
}

/** Whether the browser believes that it has a network. */
function useNetwork(): boolean {
  return useSyncExternalStore((changed) => {
    addEventListener("online", changed)
    addEventListener("offline", changed)
    return () => {
      removeEventListener("online", changed)
      removeEventListener("offline", changed)
    }
  }, () => navigator.onLine)
}

function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.ceil((until - now) / 1000))
  return <>{seconds > 0 ? `Trying again in ${seconds} s` : "Connecting…"}</>
}
