import { File as FileIcon, RotateCcw, X } from "lucide-react"
import { IconButton } from "../ui/button"
import { bytes } from "../text/size"
import { oneLine } from "../text/visible"
import type { Upload } from "./uploads"
import "./tray.css"

/** The files that go with the next message, and how far they are. */
export function Tray({ uploads, onRemove, onRetry }: { uploads: readonly Upload[]; onRemove(upload: Upload): void; onRetry(upload: Upload): void }) {
  return (
    <ul className="tray" aria-label="Attachments">
      {uploads.map((u) => {
        const name = oneLine(u.file.name)
        return (
          <li key={u.id} className={u.trouble ? "tray-file failed" : "tray-file"}>
            {u.picture ? <img src={u.picture} alt="" /> : <FileIcon aria-hidden="true" />}
            <span className="tray-text">
              <bdi title={name}>{name}</bdi>
              <small role={u.trouble ? "alert" : undefined}>{u.trouble ?? bytes(u.file.size)}</small>
              {!u.attachment && !u.trouble && <progress max={1} value={u.progress} aria-label={`Uploading ${name}`} />}
            </span>
            {u.trouble && <IconButton label={`Try ${name} again`} icon={<RotateCcw />} className="small" onClick={() => onRetry(u)} />}
            <IconButton label={`Remove ${name}`} icon={<X />} className="small" onClick={() => onRemove(u)} />
          </li>
        )
      })}
    </ul>
  )
}
