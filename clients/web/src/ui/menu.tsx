import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react"
import "./menu.css"

/** A line of a menu; false and undefined are left out, so that callers can write conditions. */
export type Item = { label: string; icon?: ReactNode; run(): void; danger?: boolean; chosen?: boolean } | false | undefined | "" | 0

/** A menu beside what opened it, or at a place of the pointer. Arrow keys move, Escape and a click elsewhere close. */
export function Menu({ label, items, anchor, at, onClose, head }: {
  label: string; items: Item[]; anchor?: HTMLElement | null; at?: { x: number; y: number }; onClose(): void; head?: ReactNode
}) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const menu = ref.current!
    menu.showPopover()
    place(menu, at ?? anchor?.getBoundingClientRect())
    menu.querySelector<HTMLElement>("button")?.focus()
    // Where it opens is where it stays.
  }, [])
  useEffect(() => {
    const outside = (e: PointerEvent) => { if (!ref.current?.contains(e.target as Node)) onClose() }
    addEventListener("pointerdown", outside, true)
    addEventListener("blur", onClose)
    addEventListener("resize", onClose)
    return () => {
      removeEventListener("pointerdown", outside, true)
      removeEventListener("blur", onClose)
      removeEventListener("resize", onClose)
    }
  }, [onClose])
  function close() {
    onClose()
    anchor?.focus()
  }
  function onKeyDown(e: KeyboardEvent) {
    const all = [...ref.current!.querySelectorAll<HTMLElement>("button")]
    const now = all.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: now + 1, ArrowRight: now + 1, ArrowUp: now - 1, ArrowLeft: now - 1, Home: 0, End: all.length - 1 }[e.key]
    if (to !== undefined) all[(to + all.length) % all.length]?.focus()
    else if (e.key === "Escape" || e.key === "Tab") close()
    else return
    e.preventDefault()
    e.stopPropagation()
  }
  return (
    <div ref={ref} popover="manual" className="menu" role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {head}
      {items.map((item) => item && (
        <button key={item.label} type="button" role={item.chosen === undefined ? "menuitem" : "menuitemradio"} aria-checked={item.chosen}
          className={item.danger ? "danger" : ""} onClick={() => { close(); item.run() }}>
          {item.icon}<span>{item.label}</span>
        </button>
      ))}
    </div>
  )
}

/** Puts a popover below its anchor, or above it where there is no room, inside the window. */
export function place(menu: HTMLElement, near: DOMRect | { x: number; y: number } | undefined) {
  const box = menu.getBoundingClientRect()
  const from = near instanceof DOMRect ? near : new DOMRect(near?.x ?? 0, near?.y ?? 0, 0, 0)
  const edge = 8
  const below = from.bottom + 4
  const top = below + box.height > innerHeight - edge ? from.top - box.height - 4 : below
  const left = from.left + box.width > innerWidth - edge ? from.right - box.width : from.left
  menu.style.top = `${Math.max(edge, Math.min(top, innerHeight - box.height - edge))}px`
  menu.style.left = `${Math.max(edge, Math.min(left, innerWidth - box.width - edge))}px`
}
