import { ParleyError, type wire } from "@parley-im/client"
import { useConversations, useParley } from "@parley-im/client/react"
import { useCallback, useEffect, useState } from "react"
import { failure } from "../app/failure"
import { attempt } from "../app/notice"
import { Name } from "../people/person"
import { Line } from "../text/line"
import { preview } from "../text/preview"
import { Button } from "../ui/button"
import "../group/links.css"

const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" })
type Waiting = wire.ScheduledResult["scheduled"][number]

/** What is to be sent later, and what could not be. */
export function Scheduled() {
  const parley = useParley()
  const titles = new Map(useConversations().map((c) => [c.id, c.title]))
  const [list, setList] = useState<readonly Waiting[]>()
  const load = useCallback(() => parley.scheduled().then(setList), [parley])
  useEffect(() => {
    load().catch(() => undefined) // without a connection there is nothing to show
    return parley.on("scheduled", () => void load().catch(() => undefined))
  }, [parley, load])
  if (!list?.length) return null
  return (
    <section className="card" aria-labelledby="scheduled">
      <h2 id="scheduled">Scheduled messages</h2>
      <ul>
        {list.map((m) => (
          <li key={m.id} className="links-line">
            <span>
              <Line text={preview({ kind: "message", text: "text" in m.body ? m.body.text : undefined, attachments: m.body.attachments ?? [] })} />
              <small>
                to {"user" in m.to && m.to.user ? <Name user={m.to.user} /> : <Line text={titles.get(m.to.conversation ?? "") ?? "a conversation"} />}
                {m.code ? `: ${failure(new ParleyError(m.code))}` : `, ${when.format(new Date(m.at))}`}
              </small>
            </span>
            <Button kind="quiet" onClick={() => attempt(async () => { await parley.unschedule(m.id); await load() })}>{m.code ? "Dismiss" : "Take back"}</Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
