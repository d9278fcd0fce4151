import { useParley } from "@parley-im/client/react"
import { useEffect, useState } from "react"
import { tell } from "../app/notice"
import { failure } from "../app/failure"
import { subscribed, subscribe, unsubscribe } from "../notify/push"
import { Switch } from "../ui/field"

/** Whether this browser shows notifications while the user is away. */
export function Notifications({ vapidKey }: { vapidKey: string }) {
  const parley = useParley()
  const [on, setOn] = useState(false)
  const [busy, setBusy] = useState(false)
  const possible = "PushManager" in globalThis && "serviceWorker" in navigator && "Notification" in globalThis
  useEffect(() => { if (possible) void subscribed().then(setOn) }, [possible])
  async function change(to: boolean) {
    setBusy(true)
    try {
      setOn(to ? await subscribe(parley, vapidKey) : await unsubscribe(parley))
    } catch (error) {
      tell(failure(error), true)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="card" aria-labelledby="notifications">
      <h2 id="notifications">Notifications</h2>
      {possible
        ? <Switch label="Notify me in this browser" hint="While Parley is closed." on={on} disabled={busy} onSwitch={(to) => void change(to)} />
        : <p className="hint">This browser cannot show notifications of a page that is closed.</p>}
    </section>
  )
}
