import type { Found, Query } from "@parley-im/client"
import { useConversations, useParley } from "@parley-im/client/react"
import { ArrowLeft } from "lucide-react"
import { useEffect, useMemo, useRef, useState, type FormEvent } from "react"
import { failure } from "../app/failure"
import { go } from "../router"
import { Button, IconButton } from "../ui/button"
import { Choice, Field } from "../ui/field"
import { Spinner } from "../ui/spinner"
import { Hit } from "./hit"
import "./search.css"

const page = 20

/** When a day begins, here, or the one so many days after it. */
function midnight(day: string, later = 0): number {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number]
  return new Date(year, month - 1, date + later).getTime()
}

/** Looks for messages; more come when asked for. */
export function SearchPage({ in: conversation }: { in?: string }) {
  const parley = useParley()
  const all = useConversations()
  const [text, setText] = useState(() => { const kept = sessionStorage.getItem("parley.search") ?? ""; sessionStorage.removeItem("parley.search"); return kept })
  const [from, setFrom] = useState("")
  const [has, setHas] = useState<"" | "media" | "link">("")
  const [after, setAfter] = useState("")
  const [before, setBefore] = useState("")
  const [where, setWhere] = useState(conversation ?? "")
  const [hits, setHits] = useState<readonly Found[]>([])
  const [state, setState] = useState<"idle" | "busy" | "more" | "end">("idle")
  const [trouble, setTrouble] = useState("")
  const running = useRef<{ stop: AbortController; iterator: AsyncIterator<Found> }>(undefined)
  const titles = useMemo(() => new Map(all.map((c) => [c.id, c.title])), [all])

  useEffect(() => () => running.current?.stop.abort(), [])
  useEffect(() => { if (text) begin() /* what the switcher has left */ }, [])

  function begin(e?: FormEvent) {
    e?.preventDefault()
    running.current?.stop.abort()
    const stop = new AbortController()
    const query: Query = {
      signal: stop.signal,
      ...(text.trim() ? { text: text.trim() } : {}), ...(from.trim() ? { from: from.trim() } : {}), ...(has ? { has: [has] } : {}), ...(where ? { conversation: where } : {}),
      ...(after ? { after: midnight(after) } : {}), ...(before ? { before: midnight(before, 1) } : {}),
    }
    if (!query.text && !query.from && !query.has) return
    running.current = { stop, iterator: parley.search(query)[Symbol.asyncIterator]() }
    setHits([])
    setTrouble("")
    void more()
  }
  async function more() {
    const mine = running.current!
    setState("busy")
    try {
      for (let n = 0; n < page; n++) {
        const { done, value } = await mine.iterator.next()
        if (running.current !== mine) return
        if (done) return setState("end")
        setHits((before) => [...before, value])
      }
      setState("more")
    } catch (error) {
      if (running.current !== mine) return
      setTrouble(failure(error))
      setState("idle")
    }
  }
  return (
    <div className="page">
      <header className="page-header">
        <IconButton label="Back" icon={<ArrowLeft />} onClick={() => go(conversation ? { at: "conversation", id: conversation } : { at: "home" })} />
        <h1>Search</h1>
      </header>
      <div className="page-body">
        <form className="search" role="search" onSubmit={begin}>
          <div className="search-first">
            <Field label="Words" type="search" autoFocus maxLength={200} value={text} onChange={(e) => setText(e.target.value)} hint="Words by their beginning, phrases in double quotes." />
            <Button type="submit" kind="main" disabled={!text.trim() && !from.trim() && !has}>Search</Button>
          </div>
          <Field label="Said by" autoCapitalize="none" spellCheck={false} placeholder="anybody" value={from} onChange={(e) => setFrom(e.target.value)} />
          <div className="search-days">
            <Field label="From" type="date" max={before || undefined} value={after} onChange={(e) => setAfter(e.target.value)} />
            <Field label="To" type="date" min={after || undefined} value={before} onChange={(e) => setBefore(e.target.value)} />
          </div>
          <Choice label="With" value={has} options={[["", "anything"], ["media", "files"], ["link", "links"]]} onChoose={(to) => setHas(to)} />
          <Choice label="In" value={where} options={[["", "all conversations"], ...all.filter((c) => c.kind !== "thread").map((c) => [c.id, c.title] as const)]} onChoose={(to) => setWhere(to)} />
        </form>
        <section aria-label="Results" aria-busy={state === "busy"}>
          <ul className="hits">
            {hits.map((hit) => <li key={hit.conversation + hit.seq}><Hit hit={hit} title={titles.get(hit.conversation) ?? ""} words={text} /></li>)}
          </ul>
          <p className="hint" role="status">{state === "end" && (hits.length === 0 ? "Nothing was found." : "That is all.")}</p>
          {trouble && <p role="alert" className="trouble">{trouble}</p>}
          {state === "busy" && <Spinner label="Searching" />}
          {state === "more" && <Button onClick={() => void more()}>More</Button>}
        </section>
      </div>
    </div>
  )
}
