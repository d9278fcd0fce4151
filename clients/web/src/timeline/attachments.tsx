import type { Attachment, Message } from "@parley-im/client"
import { Download, File as FileIcon } from "lucide-react"
import { lazy, Suspense, useEffect, useState } from "react"
import { attempt } from "../app/notice"
import { bytes } from "../text/size"
import { oneLine } from "../text/visible"
import { useActions } from "./actions"
import { VoiceNote } from "./voice"
import "./attachments.css"

const Lightbox = lazy(() => import("./lightbox").then((m) => ({ default: m.Lightbox })))

/** Types that browsers show as pictures; others, HEIC for one, are files. */
const shown = /^image\/(png|jpeg|gif|webp|avif)$/

/** The files of a message. */
export function Attachments({ message }: { message: Message }) {
  const pictures = message.attachments.filter((a) => shown.test(a.type))
  const rest = message.attachments.filter((a) => !shown.test(a.type))
  const [open, setOpen] = useState<Attachment>()
  return (
    <div className="attachments">
      {pictures.length > 0 && (
        <div className={pictures.length > 1 ? "pictures many" : "pictures"}>
          {pictures.map((a) => <Picture key={a.media} message={message} attachment={a} onOpen={() => setOpen(a)} />)}
        </div>
      )}
      {rest.map((a) => a.type.startsWith("audio/")
        ? <VoiceNote key={a.media} message={message} attachment={a} />
        : a.type.startsWith("video/")
          ? <Video key={a.media} message={message} attachment={a} />
          : <FileLine key={a.media} message={message} attachment={a} />)}
      {open && <Suspense><Lightbox message={message} attachment={open} onClose={() => setOpen(undefined)} /></Suspense>}
    </div>
  )
}

/** The address of an attachment for the next minutes. */
export function useAddress(message: Message, media: string): string | undefined {
  const { conversation } = useActions()
  const [url, setURL] = useState<string>()
  useEffect(() => {
    if (message.seq === undefined) return
    let left = false
    conversation.url(message.seq, media).then((found) => { if (!left) setURL(found) }, () => undefined) // its place stays empty
    return () => { left = true }
  }, [conversation, message.seq, media])
  return url
}

function Picture({ message, attachment, onOpen }: { message: Message; attachment: Attachment; onOpen(): void }) {
  const url = useAddress(message, attachment.media)
  return (
    <button type="button" className="picture" aria-label={`Picture ${oneLine(attachment.name)}`} onClick={onOpen}>
      {url && <img src={url} alt={oneLine(attachment.name)} decoding="async" draggable={false} />}
    </button>
  )
}

function Video({ message, attachment }: { message: Message; attachment: Attachment }) {
  const url = useAddress(message, attachment.media)
  return <video className="video" src={url} controls preload="metadata" aria-label={oneLine(attachment.name)} />
}

/** Saves an attachment under its name; it is never opened as a page. */
export function useSave(message: Message, attachment: Attachment): () => void {
  const { conversation } = useActions()
  return () => attempt(async () => {
    const blob = await conversation.download(message.seq!, attachment.media)
    const url = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }))
    const a = document.createElement("a")
    a.href = url
    a.download = attachment.name
    a.click()
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  })
}

function FileLine({ message, attachment }: { message: Message; attachment: Attachment }) {
  const save = useSave(message, attachment)
  return (
    <button type="button" className="file" disabled={message.seq === undefined} onClick={save}>
      <span className="file-icon"><FileIcon className="is-file" aria-hidden="true" /><Download className="is-download" aria-hidden="true" /></span>
      <span className="file-text"><span className="unseen">Download </span><bdi>{oneLine(attachment.name)}</bdi><small>{bytes(attachment.size)}</small></span>
    </button>
  )
}
