import type { Conversation, ConversationSummary } from "@parley-im/client"
import { useRef, useState } from "react"
import { attempt } from "../app/notice"
import { GroupAvatar } from "../people/person"
import { go } from "../router"
import { Line } from "../text/line"
import { count, lasting } from "../text/time"
import { Button } from "../ui/button"
import { Confirm } from "../ui/confirm"
import { Dialog } from "../ui/dialog"
import { Choice, Field, Switch } from "../ui/field"
import { Links } from "./links"
import { Members } from "./members"
import { slows } from "./rules"

/** What a group is, its rules, its members and its links. */
export function GroupInfo({ conversation, c, me, part }: { conversation: Conversation; c: ConversationSummary; me: string; part: "head" | "rest" }) {
  return part === "head" ? <Head conversation={conversation} c={c} /> : <Rest conversation={conversation} c={c} me={me} />
}

function Head({ conversation, c }: { conversation: Conversation; c: ConversationSummary }) {
  const [renaming, setRenaming] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  function choose(file: File | undefined) {
    if (!file) return
    attempt(async () => {
      const { media } = await conversation.upload(file)
      await conversation.change({ picture: { media } })
    })
  }
  return (
    <div className="side-who">
      <GroupAvatar id={c.id} title={c.title} picture={c.picture} size="huge" />
      <h2><Line text={c.title} /></h2>
      <p>{count(c.size, "member")}, you are {c.role}</p>
      {c.capabilities.includes("change") && (
        <div className="side-quick">
          <Button onClick={() => setRenaming(true)}>Rename</Button>
          <Button onClick={() => input.current?.click()}>Change picture</Button>
          {c.picture && <Button onClick={() => attempt(conversation.change({ picture: { remove: true } }))}>Remove picture</Button>}
          <input ref={input} type="file" accept="image/png,image/jpeg,image/webp,image/gif" hidden aria-hidden="true" tabIndex={-1} onChange={(e) => { choose(e.target.files?.[0]); e.target.value = "" }} />
        </div>
      )}
      {renaming && <Rename conversation={conversation} before={c.title} onClose={() => setRenaming(false)} />}
    </div>
  )
}

function Rename({ conversation, before, onClose }: { conversation: Conversation; before: string; onClose(): void }) {
  const [name, setName] = useState(before)
  return (
    <Dialog title="Rename the group" size="small" onClose={onClose} footer={
      <Button kind="main" disabled={!name.trim() || name === before} onClick={() => { attempt(conversation.change({ name: name.trim() })); onClose() }}>Rename</Button>
    }>
      <Field label="Group name" data-first maxLength={100} value={name} onChange={(e) => setName(e.target.value)} />
    </Dialog>
  )
}

function Rest({ conversation, c, me }: { conversation: Conversation; c: ConversationSummary; me: string }) {
  const [leaving, setLeaving] = useState(false)
  const mayChange = c.capabilities.includes("change")
  return (
    <>
      {mayChange && (
        <section aria-label="Rules">
          <h2>Rules</h2>
          <Switch label="Announcements only" hint="Only moderators and above write." on={c.announce} onSwitch={(announce) => attempt(conversation.change({ announce }))} />
          <Choice<number> label="Slow mode" hint="Between two messages of a member." value={c.slow} options={slows.map((s) => [s, s ? lasting(s) : "Off"] as const)}
            onChoose={(slow) => attempt(conversation.change({ slow }))} />
          <Switch label="New members see the history" on={c.history === "start"} onSwitch={(on) => attempt(conversation.change({ history: on ? "start" : "joined" }))} />
        </section>
      )}
      {c.capabilities.includes("invite") && <Links conversation={conversation} />}
      {!c.gone && <Members conversation={conversation} c={c} me={me} />}
      {!c.gone && <Button kind="danger" onClick={() => setLeaving(true)}>Leave the group</Button>}
      {leaving && (
        <Confirm title="Leave the group?" action="Leave" onClose={() => setLeaving(false)} onConfirm={async () => { await conversation.leave(); go({ at: "home" }) }}>
          <p>You hear nothing more of it{c.role === "owner" ? ", and the longest member of the highest rank becomes its owner" : ""}.</p>
        </Confirm>
      )}
    </>
  )
}
