import { CalendarClock, Hourglass, Mic, Paperclip, SendHorizontal, Smile as SmileIcon, Check, Ellipsis } from "lucide-react"
import { useRef } from "react"
import { lasting } from "../text/time"
import { IconButton } from "../ui/button"
import { MenuButton } from "../ui/menubutton"

const lives = [30, 300, 3600, 86_400, 604_800]

/** Chooses files to attach. */
export function Attach({ onFiles, disabled }: { onFiles(files: File[]): void; disabled: boolean }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <IconButton label="Attach files" icon={<Paperclip />} disabled={disabled} onClick={() => input.current?.click()} />
      <input ref={input} type="file" multiple hidden aria-hidden="true" tabIndex={-1} data-attach
        onChange={(e) => { onFiles([...(e.target.files ?? [])]); e.target.value = "" }} />
    </>
  )
}

/** Opens the choice of emoji. */
export function Smile({ onOpen }: { onOpen(anchor: HTMLElement): void }) {
  return <IconButton label="Emoji" icon={<SmileIcon />} aria-haspopup="dialog" onClick={(e) => onOpen(e.currentTarget)} />
}

/** What else can be done with what is written: later, or not for ever. */
export function Later({ disabled, expires, onSchedule, onExpires }: { disabled: boolean; expires?: number; onSchedule(): void; onExpires(seconds?: number): void }) {
  return (
    <MenuButton label="Sending options" icon={<Ellipsis />} items={[
      !disabled && { label: "Send later…", icon: <CalendarClock />, run: onSchedule },
      ...lives.map((seconds) => ({ label: `Disappears after ${lasting(seconds)}`, icon: <Hourglass />, chosen: expires === seconds, run: () => onExpires(seconds) })),
      { label: "As the conversation has it", icon: <Hourglass />, chosen: expires === undefined, run: () => onExpires(undefined) },
    ]} />
  )
}

/** Sends what is written; where nothing is, it records. */
export function Send({ empty, busy, editing, onRecord }: { empty: boolean; busy: boolean; editing: boolean; onRecord(): void }) {
  if (empty && !editing) return <IconButton label="Record a voice message" icon={<Mic />} onClick={onRecord} />
  return <IconButton type="submit" label={editing ? "Save" : "Send"} icon={editing ? <Check /> : <SendHorizontal />} className="main" disabled={empty || busy} />
}
