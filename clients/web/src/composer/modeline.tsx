import { Hourglass, Pencil, Reply, X } from "lucide-react"
import { Name } from "../people/person"
import { Line } from "../text/line"
import { preview } from "../text/preview"
import { lasting } from "../text/time"
import { IconButton } from "../ui/button"
import type { Mode } from "./composer"

/** Says above the field what is answered or edited, and how long the message will last. */
export function ModeLine({ mode, expires, onCancel, onKeep }: { mode: Mode; expires?: number; onCancel(): void; onKeep(): void }) {
  const about = mode.edit ?? mode.reply
  return (
    <>
      {about && (
        <div className="modeline">
          {mode.edit ? <Pencil aria-hidden="true" /> : <Reply aria-hidden="true" />}
          <div className="modeline-text">
            <strong>{mode.edit ? "Edit message" : <>Reply to <Name user={about.from} /></>}</strong>
            <Line text={preview(about)} />
          </div>
          <IconButton label={mode.edit ? "Stop editing" : "Stop replying"} icon={<X />} className="small" onClick={onCancel} />
        </div>
      )}
      {expires !== undefined && (
        <div className="modeline">
          <Hourglass aria-hidden="true" />
          <div className="modeline-text">This message disappears after {lasting(expires)}.</div>
          <IconButton label="Keep it as the conversation has it" icon={<X />} className="small" onClick={onKeep} />
        </div>
      )}
    </>
  )
}
