import type { ConversationSummary, Message } from "@parley-im/client"
import { useMe, useReadable } from "@parley-im/client/react"
import { lazy, Suspense, useCallback, useEffect, useId, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from "react"
import { attempt, tell } from "../app/notice"
import { useActions } from "../timeline/actions"
import { Attach, Later, Send, Smile } from "./buttons"
import { DropZone } from "./dropzone"
import { ModeLine } from "./modeline"
import { Recording } from "./recording"
import { useRecorder } from "./recorder"
import { refusal } from "./refusal"
import { Suggestions } from "./suggestions"
import { mentionAt } from "./text"
import { Tray } from "./tray"
import { useSending } from "./sending"
import { useUploads } from "./uploads"
import "./composer.css"

const EmojiPicker = lazy(() => import("./emoji").then((m) => ({ default: m.EmojiPicker })))
const ScheduleDialog = lazy(() => import("./schedule").then((m) => ({ default: m.ScheduleDialog })))

export interface Mode { reply?: Message; edit?: Message }

/** Where messages are written. Reply and edit are modes of it. */
export function Composer({ mode, onMode, summary }: { mode: Mode; onMode(mode: Mode): void; summary?: ConversationSummary }) {
  const { conversation, me, group, thread, can } = useActions()
  const limits = useMe()?.limits
  const draft = useReadable(conversation.draft)
  const [text, setText] = useState(() => conversation.draft.get()?.text ?? "")
  const [caret, setCaret] = useState(0)
  const [found, setFound] = useState<string[]>([])
  const [chosen, setChosen] = useState(0)
  const [closed, setClosed] = useState<number>() // where a mention began whose suggestions were closed
  const [picking, setPicking] = useState<HTMLElement>()
  const [scheduling, setScheduling] = useState(false)
  const [expires, setExpires] = useState<number>()
  const [shared, setShared] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)
  const before = useRef("") // what was written before an edit began
  const listID = useId()
  const files = useUploads(conversation, limits?.MaxAttachments ?? 10, limits?.MaxUpload ?? 104_857_600)
  const recorder = useRecorder(() => conversation.typing("recording"))
  // What disappears is not shown in the conversation that a thread is in.
  const shareable = thread && !mode.edit && expires === undefined && !summary?.timer
  const options = { ...(expires ? { expires } : {}), ...(shareable && shared ? { inParent: true } : {}) }
  const { busy, send } = useSending({ text, mode, files, options, done: clear })
  const refused = refusal(summary, can)
  const typed = group ? mentionAt(text, caret) : undefined
  const suggesting = typed !== undefined && typed.from !== closed

  // What another device wrote is taken over, unless somebody writes here.
  useEffect(() => {
    if (document.activeElement !== area.current && !mode.edit) setText(draft?.text ?? "")
  }, [draft, mode.edit])
  useEffect(() => {
    if (mode.edit) {
      before.current = area.current?.value ?? ""
      setText(mode.edit.text ?? "")
    }
    if (mode.edit || mode.reply) area.current?.focus()
  }, [mode])
  // Who is in the group is asked when somebody begins to mention, so that a name that is typed in full counts, too.
  const mentioning = group && text.includes("@")
  useEffect(() => (mentioning ? conversation.members.subscribe(() => undefined) : undefined), [mentioning, conversation])
  // Whoever opens a conversation at a desk begins to write; on a phone that would bring up the keyboard.
  useEffect(() => { if (matchMedia("(pointer: fine)").matches) area.current?.focus({ preventScroll: true }) }, [])

  function write(next: string) {
    setText(next)
    if (mode.edit) return
    conversation.setDraft(next, mode.reply?.seq)
    conversation.typing(next ? "typing" : "nothing")
  }
  function clear() {
    setText(mode.edit ? before.current : "")
    setExpires(undefined)
    setShared(false)
    onMode({})
  }
  function cancelMode() {
    if (mode.edit) setText(before.current)
    onMode({})
  }
  /** Puts something in at the caret, in place of what begins at from. */
  const insert = useCallback((what: string, from?: number) => {
    const field = area.current!
    field.focus()
    field.setRangeText(what, from ?? field.selectionStart, field.selectionEnd, "end")
    field.dispatchEvent(new Event("input", { bubbles: true }))
  }, [])
  function pick(user: string) { insert(`@${user} `, typed!.from) }

  function onKeyDown(e: KeyboardEvent<HTMLTextAreaElement>) {
    if (e.nativeEvent.isComposing) return
    if (suggesting && found.length > 0) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[e.key]
      if (step) setChosen((chosen + step + found.length) % found.length)
      else if (e.key === "Enter" || e.key === "Tab") pick(found[chosen] ?? found[0]!)
      else if (e.key === "Escape") setClosed(typed.from)
      else return
      e.preventDefault()
      e.stopPropagation()
      return
    }
    if (e.key === "Enter" && !e.shiftKey && matchMedia("(pointer: fine)").matches) {
      e.preventDefault()
      void send()
    } else if (e.key === "ArrowUp" && !e.altKey && text === "" && !mode.edit) {
      const last = conversation.timeline.get().messages.findLast((m) => m.mine && m.kind === "message" && m.seq !== undefined && !m.forwarded && !m.of)
      if (!last) return
      e.preventDefault()
      onMode({ edit: last })
    } else if (e.key === "Escape" && (mode.edit || mode.reply)) {
      e.preventDefault()
      e.stopPropagation()
      cancelMode()
    }
  }
  function onPaste(e: ClipboardEvent) {
    const pasted = [...e.clipboardData.files]
    if (pasted.length === 0) return
    e.preventDefault()
    files.add(pasted)
  }
  async function sendVoice() {
    const file = await recorder.finish()
    if (!file) return tell("Nothing was recorded.")
    attempt(async () => {
      const attachment = await conversation.upload(file)
      conversation.send({ attachments: [attachment], ...(mode.reply?.seq ? { reply: mode.reply.seq } : {}) }, options).sent.catch(() => undefined) // the timeline shows it
      onMode({})
    })
  }

  useLayoutEffect(() => { setChosen(0) }, [typed?.typed])
  if (refused) return <p className="composer-refused">{refused}</p>
  const empty = text.trim() === "" && files.uploads.length === 0
  const over = text.length - (limits?.MaxText ?? 16_000)
  return (
    <DropZone onFiles={files.add} disabled={mode.edit !== undefined}>
      <form className="composer" onSubmit={(e) => { e.preventDefault(); void send() }}>
        <ModeLine mode={mode} expires={expires} onCancel={cancelMode} onKeep={() => setExpires(undefined)} />
        {files.uploads.length > 0 && <Tray uploads={files.uploads} onRemove={files.remove} onRetry={files.retry} />}
        {suggesting && (
          <Suggestions id={listID} conversation={conversation} me={me} typed={typed.typed} chosen={chosen} all={can.has("mention_everybody")} onList={setFound} onPick={pick} />
        )}
        {recorder.seconds !== undefined
          ? <Recording seconds={recorder.seconds} onCancel={() => { recorder.cancel(); conversation.typing("nothing") }} onSend={() => void sendVoice()} />
          : (
            <div className="composer-line">
              <Attach onFiles={files.add} disabled={mode.edit !== undefined} />
              <textarea ref={area} aria-label="Message" placeholder="Message" rows={1} dir="auto" value={text} enterKeyHint="enter" autoComplete="off"
                aria-controls={suggesting && found.length ? listID : undefined} aria-autocomplete="list"
                aria-activedescendant={suggesting && found.length ? `${listID}-${chosen}` : undefined}
                onChange={(e) => { write(e.target.value); setCaret(e.target.selectionStart) }} onSelect={(e) => setCaret(e.currentTarget.selectionStart)}
                onKeyDown={onKeyDown} onPaste={onPaste} />
              {over > -500 && <output className={over > 0 ? "composer-over bad" : "composer-over"}>{-over}</output>}
              <Smile onOpen={setPicking} />
              {!mode.edit && <Later disabled={empty} expires={expires} onSchedule={() => setScheduling(true)} onExpires={setExpires} />}
              <Send empty={empty} busy={busy || over > 0} editing={mode.edit !== undefined} onRecord={() => void recorder.start()} />
            </div>
          )}
        {shareable && (
          <label className="composer-share">
            <input type="checkbox" checked={shared} onChange={(e) => setShared(e.target.checked)} />
            Also send to the {group ? "group" : "conversation"}
          </label>
        )}
        <Suspense>
          {picking && <EmojiPicker anchor={picking} onPick={insert} onClose={() => setPicking(undefined)} />}
          {scheduling && <ScheduleDialog text={text} mode={mode} files={files} onDone={() => { setScheduling(false); conversation.setDraft(""); clear() }} onClose={() => setScheduling(false)} />}
        </Suspense>
      </form>
    </DropZone>
  )
}
