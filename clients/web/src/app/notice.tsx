import { X } from "lucide-react"
import { useSyncExternalStore } from "react"
import { IconButton } from "../ui/button"
import { failure } from "./failure"
import "./notice.css"

interface Notice { id: number; text: string; bad: boolean }

const shownFor = 6000
const most = 3
let notices: readonly Notice[] = []
let last = 0
const changed = new EventTarget()

function set(next: readonly Notice[]) {
  notices = next
  changed.dispatchEvent(new Event("change"))
}

function drop(id: number) { set(notices.filter((n) => n.id !== id)) }

/** Shows a sentence for some seconds. */
export function tell(text: string, bad = false): void {
  const id = ++last
  set([...notices, { id, text, bad }].slice(-most))
  setTimeout(drop, shownFor, id)
}

/** Runs something that a person asked for, and tells if it fails. */
export function attempt(what: Promise<unknown> | (() => unknown)): void {
  Promise.resolve(typeof what === "function" ? Promise.resolve().then(what) : what).catch((error: unknown) => tell(failure(error), true))
}

/** Where notices appear. */
export function Notices() {
  const all = useSyncExternalStore((listener) => {
    changed.addEventListener("change", listener)
    return () => changed.removeEventListener("change", listener)
  }, () => notices)
  return (
    <div className="notices" role="status" aria-live="polite">
      {all.map((n) => (
        <div key={n.id} className={n.bad ? "notice bad" : "notice"}>
          <span>{n.text}</span>
          <IconButton label="Dismiss" icon={<X />} className="small" onClick={() => drop(n.id)} />
        </div>
      ))}
    </div>
  )
}
