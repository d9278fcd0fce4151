import { SendHorizontal, Trash2 } from "lucide-react"
import { playing } from "../text/time"
import { IconButton } from "../ui/button"
import { longest } from "./recorder"

/** What stands in place of the field while a voice note is recorded. */
export function Recording({ seconds, onCancel, onSend }: { seconds: number; onCancel(): void; onSend(): void }) {
  return (
    <div className="composer-line recording">
      <IconButton label="Discard the recording" icon={<Trash2 />} onClick={onCancel} />
      <span className="recording-dot" aria-hidden="true" />
      <span className="recording-time" role="timer">{playing(seconds)}</span>
      <span className="recording-hint">{seconds >= longest ? "That is as long as it can be." : "Recording…"}</span>
      <IconButton label="Send the recording" icon={<SendHorizontal />} className="main" onClick={onSend} />
    </div>
  )
}
