import { useCallback, useRef, useState, type ReactNode } from "react"
import { IconButton } from "./button"
import { Menu, type Item } from "./menu"

/** A button that opens a menu. */
export function MenuButton({ label, icon, items, className }: { label: string; icon: ReactNode; items: Item[]; className?: string }) {
  const [open, setOpen] = useState(false)
  const ref = useRef<HTMLButtonElement>(null)
  const close = useCallback(() => setOpen(false), [])
  return (
    <>
      <IconButton ref={ref} label={label} icon={icon} className={className} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)} />
      {open && <Menu label={label} items={items} anchor={ref.current} onClose={close} />}
    </>
  )
}
