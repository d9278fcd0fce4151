import { X } from "lucide-react"
import { useEffect, useId, useRef, type ReactNode } from "react"
import { IconButton } from "./button"
import "./dialog.css"

/** A modal dialog. The browser keeps the focus in it, gives it back and closes it with Escape. */
export function Dialog({ title, onClose, children, footer, size = "medium" }: {
  title: string; onClose(): void; children: ReactNode; footer?: ReactNode; size?: "small" | "medium" | "large"
}) {
  const ref = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const dialog = ref.current!
    const before = document.activeElement
    if (!dialog.open) dialog.showModal()
    dialog.querySelector<HTMLElement>("[data-first]")?.focus()
    return () => {
      dialog.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog ref={ref} className={`dialog ${size}`} aria-labelledby={heading}
      onCancel={(e) => { if (e.target === ref.current) { e.preventDefault(); onClose() } }}
      onKeyDown={(e) => e.stopPropagation()}
      onMouseDown={(e) => { if (e.target === ref.current) onClose() }}>
      <div className="dialog-body">
        <header className="dialog-header">
          <h2 id={heading}>{title}</h2>
          <IconButton label="Close" icon={<X />} onClick={onClose} />
        </header>
        <div className="dialog-content">{children}</div>
        {footer && <footer className="dialog-footer">{footer}</footer>}
      </div>
    </dialog>
  )
}
