import type { Attachment, Message } from "@parley-im/client"
import { Pause, Play } from "lucide-react"
import { useRef, useState } from "react"
import { tell } from "../app/notice"
import { playing } from "../text/time"
import { IconButton } from "../ui/button"
import { useAddress } from "./attachments"
import "./voice.css"

/** Plays a voice note or another sound. */
export function VoiceNote({ message, attachment }: { message: Message; attachment: Attachment }) {
  const url = useAddress(message, attachment.media)
  const audio = useRef<HTMLAudioElement>(null)
  const [on, setOn] = useState(false)
  const [at, setAt] = useState(0)
  const [length, setLength] = useState(0)
  function toggle() {
    if (on) audio.current?.pause()
    else audio.current?.play().catch(() => tell("This cannot be played here.", true))
  }
  return (
    <div className="voice">
      <audio ref={audio} src={url} preload="metadata" onPlay={() => setOn(true)} onPause={() => setOn(false)} onEnded={() => setAt(0)}
        // What MediaRecorder writes does not say how long it is until somebody has looked for its end.
        onLoadedMetadata={(e) => { if (e.currentTarget.duration === Infinity) e.currentTarget.currentTime = Number.MAX_SAFE_INTEGER }}
        onDurationChange={(e) => {
          if (!Number.isFinite(e.currentTarget.duration)) return
          setLength(e.currentTarget.duration)
          if (e.currentTarget.paused) e.currentTarget.currentTime = 0
        }}
        onTimeUpdate={(e) => { if (Number.isFinite(e.currentTarget.duration)) setAt(e.currentTarget.currentTime) }} />
      <IconButton label={on ? "Pause" : "Play voice message"} icon={on ? <Pause /> : <Play />} className="main" disabled={!url} onClick={toggle} />
      <input type="range" aria-label="Position" min={0} max={length || Math.max(at, 1)} step={0.1} value={at}
        onChange={(e) => { if (audio.current) audio.current.currentTime = Number(e.target.value) }} />
      <span className="voice-time">{playing(on || at > 0 ? at : length)}</span>
    </div>
  )
}
