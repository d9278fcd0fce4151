import { useState, type ReactNode } from "react"
import { failure } from "../app/failure"
import { Button } from "./button"
import { Dialog } from "./dialog"

/** Asks before something is done that cannot be taken back. It stays open while that runs and says why it failed. */
export function Confirm({ title, children, action, onConfirm, onClose, danger = true }: {
  title: string; children?: ReactNode; action: string; onConfirm(): unknown; onClose(): void; danger?: boolean
}) {
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState("")
  async function run() {
    setBusy(true)
    try {
      await onConfirm()
      onClose()
    } catch (error) {
      setTrouble(failure(error))
      setBusy(false)
    }
  }
  return (
    <Dialog title={title} size="small" onClose={onClose} footer={<>
      <Button onClick={onClose} data-first>Cancel</Button>
      <Button kind={danger ? "danger" : "main"} disabled={busy} onClick={run}>{action}</Button>
    </>}>
      {children}
      {trouble && <p role="alert" className="trouble">{trouble}</p>}
    </Dialog>
  )
}
