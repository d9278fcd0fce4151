import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react"
import { place } from "../ui/menu"
import { emoji } from "./emojilist"
import "./emoji.css"

/** A choice of emoji beside what opened it; the newest choices come first. */
export function EmojiPicker({ anchor, onPick, onClose, once = false }: { anchor: HTMLElement; onPick(mark: string): void; onClose(): void; once?: boolean }) {
  const ref = useRef<HTMLDivElement>(null)
  const [wanted, setWanted] = useState("")
  const [recent] = useState(used)
  useLayoutEffect(() => {
    const picker = ref.current!
    picker.showPopover()
    place(picker, anchor.getBoundingClientRect())
    picker.querySelector("input")!.focus()
  }, [anchor])
  useEffect(() => {
    const outside = (e: PointerEvent) => { if (!ref.current?.contains(e.target as Node)) onClose() }
    // Whoever has chosen one is in the field again, and Escape still closes this first.
    const escape = (e: globalThis.KeyboardEvent) => {
      if (e.key !== "Escape") return
      e.preventDefault()
      e.stopPropagation()
      if (ref.current?.contains(document.activeElement)) anchor.focus()
      onClose()
    }
    addEventListener("pointerdown", outside, true)
    addEventListener("keydown", escape, true)
    return () => {
      removeEventListener("pointerdown", outside, true)
      removeEventListener("keydown", escape, true)
    }
  }, [onClose, anchor])
  function choose(mark: string) {
    remember(mark)
    onPick(mark)
    if (once) onClose()
  }
  function onKeyDown(e: KeyboardEvent) {
    e.stopPropagation()
    const all = [...ref.current!.querySelectorAll<HTMLElement>("button")]
    const now = all.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, ArrowDown: now < 0 ? 0 : now + 8, ArrowUp: now - 8 }[e.key]
    if (to === undefined || (now < 0 && e.key !== "ArrowDown")) return
    e.preventDefault()
    ;(all[to] ?? ref.current!.querySelector("input")!).focus()
  }
  const search = wanted.trim().toLowerCase()
  const groups = search
    ? [["Found", Object.values(emoji).flat().filter(([, names]) => names.includes(search)).map(([mark]) => mark)] as const]
    : [...(recent.length ? [["Recent", recent] as const] : []), ...Object.entries(emoji).map(([name, list]) => [name, list.map(([mark]) => mark)] as const)]
  return (
    <div ref={ref} popover="manual" className="emoji" role="dialog" aria-label="Emoji" onKeyDown={onKeyDown}>
      <input className="input" type="search" placeholder="Search emoji" aria-label="Search emoji" value={wanted} onChange={(e) => setWanted(e.target.value)} />
      <div className="emoji-scroll">
        {groups.map(([name, marks]) => (
          <section key={name} aria-label={name}>
            <h3>{name}</h3>
            <div>{marks.map((mark) => <button key={mark} type="button" title={nameOf.get(mark)} aria-label={nameOf.get(mark) ?? mark} onClick={() => choose(mark)}>{mark}</button>)}</div>
          </section>
        ))}
        {search && groups[0]![1].length === 0 && <p>None is called so.</p>}
      </div>
    </div>
  )
}

const nameOf = new Map(Object.values(emoji).flat().map(([mark, names]) => [mark, names.split(",")[0]!]))
const key = "parley.emoji"

function used(): string[] {
  try { return (JSON.parse(localStorage.getItem(key) ?? "[]") as string[]).filter((mark) => nameOf.has(mark)) } catch { return [] }
}

function remember(mark: string) { localStorage.setItem(key, JSON.stringify([mark, ...used().filter((m) => m !== mark)].slice(0, 16))) }
