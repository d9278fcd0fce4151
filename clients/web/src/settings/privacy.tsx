import type { Me, wire } from "@parley-im/client"
import { useParley } from "@parley-im/client/react"
import { useEffect } from "react"
import { attempt } from "../app/notice"
import { Choice, Switch } from "../ui/field"

const audiences = [["everyone", "everybody"], ["contacts", "my contacts"], ["nobody", "nobody"]] as const

/** Who is told what of the user, and who may write to them. */
export function Privacy({ me }: { me: Me }) {
  const parley = useParley()
  const now = me.settings
  useEffect(() => { if (!now) parley.settings().catch(() => undefined) }, [parley, now]) // shown as soon as there is a connection
  const change = (what: wire.SettingsRequest) => attempt(parley.settings(what))
  return (
    <section className="card" aria-labelledby="privacy">
      <h2 id="privacy">Privacy</h2>
      <Choice label="Last seen is shown to" value={now?.seen ?? "everyone"} disabled={!now} options={audiences} onChoose={(seen) => change({ seen })} />
      <Choice label="First messages from" hint="Of others they wait as requests, or are refused." value={now?.messages ?? "everyone"} disabled={!now} options={audiences} onChoose={(messages) => change({ messages })} />
      <Choice label="Added to groups by" value={now?.groups ?? "everyone"} disabled={!now} options={audiences} onChoose={(groups) => change({ groups })} />
      <Switch label="Read privately" hint="Nobody is told what you have read, and you are not told it of others." on={now?.private ?? false} disabled={!now} onSwitch={(on) => change({ private: on })} />
    </section>
  )
}
