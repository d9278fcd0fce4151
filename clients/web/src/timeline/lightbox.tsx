import type { Attachment, Message } from "@parley-im/client"
import { Download, X } from "lucide-react"
import { useEffect, useRef } from "react"
import { IconButton } from "../ui/button"
import { Spinner } from "../ui/spinner"
import { oneLine } from "../text/visible"
import { useAddress, useSave } from "./attachments"
import "./lightbox.css"

/** A picture as large as the window. */
export function Lightbox({ message, attachment, onClose }: { message: Message; attachment: Attachment; onClose(): void }) {
  const ref = useRef<HTMLDialogElement>(null)
  const url = useAddress(message, attachment.media)
  const save = useSave(message, attachment)
  useEffect(() => {
    const dialog = ref.current!
    dialog.showModal()
    return () => dialog.close()
  }, [])
  const name = oneLine(attachment.name)
  return (
    <dialog ref={ref} className="lightbox" aria-label={name} onCancel={(e) => { e.preventDefault(); onClose() }} onKeyDown={(e) => e.stopPropagation()}
      onClick={(e) => { if (!(e.target as HTMLElement).closest("button, img")) onClose() }}>
      <header>
        <bdi>{name}</bdi>
        <IconButton label="Download" icon={<Download />} onClick={save} />
        <IconButton label="Close" icon={<X />} onClick={onClose} />
      </header>
      {url ? <img src={url} alt={name} /> : <Spinner label="Loading picture" />}
    </dialog>
  )
}
