import type { Conversation, wire } from "@parley-im/client"
import { useCallback, useEffect, useState } from "react"
import { attempt, tell } from "../app/notice"
import { count } from "../text/time"
import { Button } from "../ui/button"
import { Field } from "../ui/field"
import "./links.css"

const until = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" })

/** The links into a group: making, copying and ending them. */
export function Links({ conversation }: { conversation: Conversation }) {
  const [links, setLinks] = useState<wire.InvitesResult["invites"]>([])
  const [made, setMade] = useState("")
  const load = useCallback(() => conversation.invites().then(setLinks), [conversation])
  useEffect(() => { load().catch(() => undefined) }, [load]) // without a connection there is nothing to show
  function make() {
    attempt(async () => {
      const { code } = await conversation.invite()
      setMade(`${location.origin}/join#${code}`)
      await load()
    })
  }
  return (
    <section aria-label="Invite links">
      <div className="side-heading"><h2>Invite links</h2><Button onClick={make}>New link</Button></div>
      {made && (
        <div className="links-made">
          <Field label="Send this link. It is shown only now." readOnly value={made} onFocus={(e) => e.target.select()} />
          <Button onClick={() => attempt(navigator.clipboard.writeText(made).then(() => tell("Copied.")))}>Copy</Button>
        </div>
      )}
      <ul>
        {links.map((l) => (
          <li key={l.invite} className="links-line">
            <span>{l.max_uses ? `${l.uses} of ${l.max_uses} uses` : count(l.uses, "use")}<small>works until {until.format(new Date(l.expires))}</small></span>
            <Button kind="quiet" onClick={() => attempt(async () => { await conversation.revoke(l.invite); await load() })}>End</Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
