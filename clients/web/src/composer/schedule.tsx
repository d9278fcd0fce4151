import { useState } from "react"
import { attempt, tell } from "../app/notice"
import { useActions } from "../timeline/actions"
import { Button } from "../ui/button"
import { Dialog } from "../ui/dialog"
import { Field } from "../ui/field"
import type { Mode } from "./composer"
import { useContent } from "./sending"
import type { useUploads } from "./uploads"

const minute = 60_000
const farthest = 30 * 86_400_000

/** Has what is written sent later. */
export function ScheduleDialog({ text, mode, files, onDone, onClose }: { text: string; mode: Mode; files: ReturnType<typeof useUploads>; onDone(): void; onClose(): void }) {
  const { conversation } = useActions()
  const content = useContent()
  const [when, setWhen] = useState(() => local(Date.now() + 60 * minute))
  const [busy, setBusy] = useState(false)
  const at = new Date(when).getTime()
  const wrong = !Number.isFinite(at) || at < Date.now() + minute || at > Date.now() + farthest
  function schedule() {
    setBusy(true)
    attempt(async () => {
      try {
        const attachments = files.uploads.length ? await files.take() : []
        if (!attachments) return
        await conversation.schedule(at, { ...content(text), ...(attachments.length ? { attachments } : {}), ...(mode.reply?.seq ? { reply: mode.reply.seq } : {}) })
        tell(`It is sent ${new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}. Settings lists what is scheduled.`)
        onDone()
      } finally {
        setBusy(false)
      }
    })
  }
  return (
    <Dialog title="Send later" size="small" onClose={onClose} footer={<>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="main" disabled={wrong || busy} onClick={schedule}>Schedule</Button>
    </>}>
      <Field label="When" type="datetime-local" data-first value={when} min={local(Date.now() + minute)} max={local(Date.now() + farthest)} onChange={(e) => setWhen(e.target.value)}
        trouble={wrong ? "Between a minute and 30 days from now." : ""} />
      <p className="hint">It is checked now and sent by the server, also while you are away.</p>
    </Dialog>
  )
}

/** A time as the field writes it, by the clock here. */
function local(at: number): string {
  const date = new Date(at)
  return new Date(at - date.getTimezoneOffset() * minute).toISOString().slice(0, 16)
}
