import type { SendOptions } from "@parley-im/client"
import { useState } from "react"
import { attempt } from "../app/notice"
import { useActions } from "../timeline/actions"
import type { Mode } from "./composer"
import { mentionsIn } from "./text"
import type { useUploads } from "./uploads"

/** What is written, with those whom it mentions. */
export function useContent() {
  const { conversation, group } = useActions()
  return (text: string, known: readonly string[] = []) => {
    const said = text.trim()
    const found = group ? mentionsIn(said, new Set([...known, ...conversation.members.get().map((m) => m.user)])) : { mentions: [], everybody: false }
    return {
      ...(said ? { text: said } : {}),
      ...(found.mentions.length ? { mentions: found.mentions } : {}),
      ...(found.everybody ? { everybody: true } : {}),
    }
  }
}

/** Sends what is written: at once, or as soon as its files are there. */
export function useSending({ text, mode, files, options, done }: {
  text: string; mode: Mode; files: ReturnType<typeof useUploads>; options: SendOptions; done(): void
}) {
  const { conversation } = useActions()
  const content = useContent()
  const [busy, setBusy] = useState(false)

  async function send() {
    if (busy || (text.trim() === "" && files.uploads.length === 0)) return
    if (mode.edit?.seq !== undefined) {
      if (text.trim() !== mode.edit.text) attempt(conversation.edit(mode.edit.seq, { text: "", ...content(text, mode.edit.mentions) }).sent)
      return done()
    }
    let attachments: Awaited<ReturnType<typeof files.take>> = []
    if (files.uploads.length > 0) {
      setBusy(true)
      attachments = await files.take()
      setBusy(false)
      if (!attachments) return
    }
    conversation.send({
      ...content(text),
      ...(attachments.length ? { attachments } : {}),
      ...(mode.reply?.seq ? { reply: mode.reply.seq } : {}),
    }, options).sent.catch(() => undefined) // the timeline shows what became of it
    done()
  }
  return { busy, send }
}
