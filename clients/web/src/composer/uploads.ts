import type { Attachment, Conversation } from "@parley-im/client"
import { useCallback, useEffect, useRef, useState } from "react"
import { failure } from "../app/failure"
import { tell } from "../app/notice"
import { bytes } from "../text/size"
import { acceptable } from "./types"

/** A file on its way, or one that has arrived and waits to be sent. */
export interface Upload {
  readonly id: number
  readonly file: File
  /** An address in this page for its picture. */
  readonly picture?: string
  /** From 0 to 1. */
  readonly progress: number
  readonly attachment?: Attachment
  readonly trouble?: string
}

interface Running { controller: AbortController; done: Promise<Attachment | undefined> }

let last = 0

/** The files that are to go with the next message. They are uploaded at once. */
export function useUploads(conversation: Conversation, most: number, largest: number) {
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const running = useRef(new Map<number, Running>())
  const change = useCallback((id: number, what: Partial<Upload>) => {
    setUploads((all) => all.map((u) => (u.id === id ? { ...u, ...what } : u)))
  }, [])

  const start = useCallback((id: number, file: File) => {
    const controller = new AbortController()
    const done = conversation.upload(file, {
      signal: controller.signal,
      onProgress: (sent, total) => change(id, { progress: total ? sent / total : 0 }),
    }).then((attachment) => {
      change(id, { attachment, progress: 1 })
      return attachment
    }, (error: unknown) => {
      if (!controller.signal.aborted) change(id, { trouble: failure(error) })
      return undefined
    })
    running.current.set(id, { controller, done })
  }, [conversation, change])

  const add = useCallback((files: Iterable<File>) => {
    const fresh: Upload[] = []
    let room = most - running.current.size
    for (const given of files) {
      if (given.size > largest) tell(`${given.name} is larger than ${bytes(largest)}.`, true)
      else if (given.size === 0) tell(`${given.name} is empty.`, true)
      else if (room-- <= 0) { tell(`A message takes ${most} files.`, true); break }
      else {
        const file = acceptable(given)
        const upload = { id: ++last, file, progress: 0, ...(file.type.startsWith("image/") ? { picture: URL.createObjectURL(file) } : {}) }
        fresh.push(upload)
        start(upload.id, file)
      }
    }
    setUploads((all) => [...all, ...fresh])
  }, [most, largest, start])

  const remove = useCallback((upload: Upload) => {
    running.current.get(upload.id)?.controller.abort()
    running.current.delete(upload.id)
    if (upload.picture) URL.revokeObjectURL(upload.picture)
    setUploads((all) => all.filter((u) => u.id !== upload.id))
  }, [])

  const retry = useCallback((upload: Upload) => {
    setUploads((all) => all.map((u) => {
      if (u.id !== upload.id) return u
      const { trouble: _, ...rest } = u
      return { ...rest, progress: 0 }
    }))
    start(upload.id, upload.file)
  }, [start])

  /** Waits for all of them and takes them out; undefined if one has failed. */
  const take = useCallback(async (): Promise<Attachment[] | undefined> => {
    const all = await Promise.all([...running.current.values()].map((r) => r.done))
    if (all.includes(undefined)) return undefined
    running.current.clear()
    setUploads((shown) => {
      for (const u of shown) if (u.picture) URL.revokeObjectURL(u.picture)
      return []
    })
    return all as Attachment[]
  }, [])

  useEffect(() => {
    const all = running.current
    return () => { for (const { controller } of all.values()) controller.abort() }
  }, [])
  return { uploads, add, remove, retry, take }
}
