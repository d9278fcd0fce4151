import { useState, type DragEvent, type ReactNode } from "react"

/** Takes files that are dropped on what is in it. */
export function DropZone({ children, onFiles, disabled }: { children: ReactNode; onFiles(files: File[]): void; disabled: boolean }) {
  const [over, setOver] = useState(false)
  const files = (e: DragEvent) => !disabled && e.dataTransfer.types.includes("Files")
  return (
    <div className={over ? "dropzone over" : "dropzone"}
      onDragOver={(e) => { if (files(e)) { e.preventDefault(); setOver(true) } }}
      onDragLeave={(e) => { if (!e.currentTarget.contains(e.relatedTarget as Node | null)) setOver(false) }}
      onDrop={(e) => {
        if (!files(e)) return
        e.preventDefault()
        setOver(false)
        onFiles([...e.dataTransfer.files])
      }}>
      {children}
    </div>
  )
}
