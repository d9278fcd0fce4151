import { useReadable } from "@parley-im/client/react"
import { ArrowDown } from "lucide-react"
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react"
import { Virtualizer, type VirtualizerHandle } from "virtua"
import { Spinner } from "../ui/spinner"
import { useActions } from "./actions"
import { Announcer } from "./announcer"
import { MessageRow } from "./row"
import { rowsOf, type Row } from "./rows"
import { useReading } from "./reading"
import "./timeline.css"

const nearTop = 800
const nearEnd = 60

/** The messages of the conversation around, oldest first. It stays at its end while that is shown, and in its place otherwise. */
export function Timeline({ label, target, intro }: { label: string; target?: { seq: number; at: number }; intro?: ReactNode }) {
  const { conversation } = useActions()
  const timeline = useReadable(conversation.timeline)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const known = useRef(new WeakMap<Row["message"], Row>())
  const [unreadAfter] = useState(() => {
    const summary = conversation.summary.get()
    return summary && summary.unread.count > 0 ? summary.read : undefined
  })
  const rows = useMemo(() => rowsOf(timeline.messages, unreadAfter, known.current), [timeline.messages, unreadAfter])
  const [current, setCurrent] = useState<string>()
  const [flash, setFlash] = useState<string>()
  const [away, setAway] = useState(false)
  const atEnd = useRef(true)
  const offsetBefore = useRef(0)
  const placed = useRef(false)
  const before = useRef<{ first?: string; last?: string }>({})
  const first = rows[0]?.message.key
  const last = rows.at(-1)?.message.key
  const shift = before.current.first !== undefined && before.current.first !== first

  const read = useReading(conversation, () => {
    const view = list.current
    if (!view || !placed.current) return undefined
    if (atEnd.current) return rows.findLast((r) => r.message.seq !== undefined)?.message.seq
    return rows[view.findItemIndex(view.scrollOffset + view.viewportSize - 20)]?.message.seq
  })

  const toEnd = useCallback(() => { list.current?.scrollToIndex(rows.length - 1, { align: "end" }) }, [rows.length])

  // Where it stands after something came: at the first unread when opened, at the end if it was there or the user wrote.
  useLayoutEffect(() => {
    const { last: lastBefore } = before.current
    before.current = { first, last }
    if (rows.length === 0) return
    if (!placed.current) {
      placed.current = true
      const unread = rows.findIndex((r) => r.unread)
      if (target) return
      if (unread > 0 && rows.length - unread > 3) list.current?.scrollToIndex(unread, { align: "center" })
      else toEnd()
    } else if (last !== lastBefore && (atEnd.current || rows.at(-1)!.message.mine)) toEnd()
    read()
  }, [first, last, rows, target, toEnd, read])

  const jump = useCallback(async (seq: number) => {
    const found = () => conversation.timeline.get().messages.findIndex((m) => m.seq === seq)
    if (found() < 0 && !(await conversation.loadAround(seq))) return
    const index = found()
    if (index < 0) return
    atEnd.current = false
    requestAnimationFrame(() => {
      list.current?.scrollToIndex(index, { align: "center" })
      setFlash(conversation.timeline.get().messages[index]?.key)
    })
  }, [conversation])
  useEffect(() => { if (target) void jump(target.seq).catch(() => undefined) }, [target, jump]) // without a connection it stays where it is

  // Whoever opens a conversation before the list of them has come finds nothing yet.
  const begun = useReadable(conversation.summary) !== undefined
  const empty = begun && rows.length === 0 && !timeline.start && !timeline.loading
  useEffect(() => { if (empty) conversation.loadOlder().catch(() => undefined) }, [empty, conversation]) // the next connection tries again

  // The list learns of sizes before the page has them, and a page scrolls no further than it is long. So it is the page that says
  // when there is more to show, or less room.
  useEffect(() => {
    const view = scroller.current!
    const observer = new ResizeObserver(() => { if (atEnd.current && placed.current) view.scrollTop = view.scrollHeight })
    for (const part of [view, view.lastElementChild!]) observer.observe(part)
    return () => observer.disconnect()
  }, [])

  function older(offset: number) {
    if (offset < nearTop && placed.current && !timeline.start && !timeline.loading) conversation.loadOlder().catch(() => undefined) // the next scroll tries again
  }
  function onScroll(offset: number) {
    const view = list.current!
    // What comes or grows moves the end away, and that is no reason to leave it: only who scrolls up does.
    if (offset + view.viewportSize >= view.scrollSize - nearEnd) atEnd.current = true
    else if (offset < offsetBefore.current) atEnd.current = false
    offsetBefore.current = offset
    setAway(!atEnd.current && view.scrollSize - offset - view.viewportSize > view.viewportSize / 2)
    older(offset)
    read()
  }
  function onResize() {
    if (list.current && list.current.scrollSize <= list.current.viewportSize) older(0)
  }
  function onKeyDown(e: KeyboardEvent) {
    const article = e.target as HTMLElement
    if (article.role !== "article" && article.tagName !== "ARTICLE") return
    const now = Number(article.dataset["index"])
    const to = { ArrowUp: now - 1, ArrowDown: now + 1, Home: 0, End: rows.length - 1 }[e.key]
    if (to === undefined || e.altKey || !rows[to]) return
    e.preventDefault()
    setCurrent(rows[to].message.key)
    list.current?.scrollToIndex(to, { align: "nearest" })
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`article[data-index="${to}"]`)?.focus({ preventScroll: true }))
  }
  const tabbable = current && rows.some((r) => r.message.key === current) ? current : last
  return (
    <div className="timeline">
      <div className="timeline-scroll" ref={scroller} role={rows.length ? "feed" : "region"} aria-label={label} aria-busy={timeline.loading} onKeyDown={onKeyDown}
        onFocus={(e) => { const key = (e.target as HTMLElement).closest<HTMLElement>("article")?.dataset["key"]; if (key) setCurrent(key) }}>
        <div className="timeline-space">{rows.length === 0 && (timeline.start || !begun) && intro}</div>
        {timeline.loading && <div className="timeline-loading"><Spinner label="Loading messages" /></div>}
        <Virtualizer ref={list} scrollRef={scroller} data={rows} shift={shift} bufferSize={400} onScroll={onScroll} onResize={onResize}>
          {(row, index) => (
            <MessageRow key={row.message.key} row={row} index={index} total={timeline.start ? rows.length : -1} flash={flash === row.message.key}
              tabbable={tabbable === row.message.key} above={index === 0 && timeline.start ? intro : undefined} />
          )}
        </Virtualizer>
      </div>
      {away && (
        <button type="button" className="timeline-newest" aria-label="Jump to the newest message" title="Jump to the newest message" onClick={() => { atEnd.current = true; toEnd() }}>
          <ArrowDown />
        </button>
      )}
      <Announcer messages={timeline.messages} />
    </div>
  )
}
