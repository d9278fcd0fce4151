import type { Me } from "@parley-im/client"
import { useParley } from "@parley-im/client/react"
import { attempt } from "../app/notice"
import { timeOfDay } from "../text/time"
import { Choice } from "../ui/field"

const hour = 3_600_000

/** How present the user is to others. */
export function Status({ me }: { me: Me }) {
  const parley = useParley()
  return (
    <section className="card" aria-labelledby="status">
      <h2 id="status">Status</h2>
      <Choice label="Others see you as" value={me.status} hint={me.statusUntil ? `until ${timeOfDay(me.statusUntil)}` : undefined}
        options={[["online", "online"], ["busy", "do not disturb"], ["invisible", "offline"]]} onChoose={(status) => attempt(parley.setStatus(status))} />
      {me.status !== "online" && (
        <Choice<number> label="For how long" value={me.statusUntil ? 1 : 0} options={[[0, "until you change it"], ...(me.statusUntil ? [[1, "for a time"] as const] : []), [2, "an hour from now"], [8, "8 hours from now"], [24, "a day from now"]]}
          onChoose={(hours) => { if (hours !== 1) attempt(parley.setStatus(me.status, hours ? Date.now() + (hours === 2 ? 1 : hours) * hour : undefined)) }} />
      )}
    </section>
  )
}
