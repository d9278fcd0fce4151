import { useContacts, useParley, usePresence, useProfile, useReadable } from "@parley-im/client/react"
import { useState } from "react"
import { attempt } from "../app/notice"
import { Line } from "../text/line"
import { Button } from "../ui/button"
import { Confirm } from "../ui/confirm"
import { Dialog } from "../ui/dialog"
import { Field } from "../ui/field"
import { PersonAvatar } from "./person"
import { presenceText } from "./presence"

/** All about a person, and what one can do about them. */
export function PersonInfo({ user }: { user: string }) {
  const parley = useParley()
  const profile = useProfile(user)
  const presence = usePresence(user)
  const contact = useContacts().find((c) => c.user === user)
  const blocked = useReadable(parley.blocked).some((b) => b.user === user)
  const muted = useReadable(parley.muted).some((m) => m.user === user)
  const [asking, setAsking] = useState<"block" | "contact">()
  return (
    <>
      <div className="side-who">
        <PersonAvatar user={user} size="huge" />
        <h2><Line text={profile.name} /></h2>
        <p><Line text={user} />{presenceText(presence) && ` · ${presenceText(presence)}`}</p>
        {profile.about && <p><Line text={profile.about} /></p>}
      </div>
      <div className="side-quick">
        <Button onClick={() => setAsking("contact")}>{contact ? "Edit contact" : "Add to contacts"}</Button>
        <Button onClick={() => attempt(muted ? parley.unmuteUser(user) : parley.muteUser(user))}>{muted ? "Unmute" : "Mute"}</Button>
        {blocked
          ? <Button onClick={() => attempt(parley.unblock(user))}>Unblock</Button>
          : <Button kind="danger" onClick={() => setAsking("block")}>Block</Button>}
      </div>
      {asking === "block" && (
        <Confirm title={`Block ${profile.name}?`} action="Block" onClose={() => setAsking(undefined)} onConfirm={() => parley.block(user)}>
          <p>They cannot write to you or see whether you are there. They are not told.</p>
        </Confirm>
      )}
      {asking === "contact" && <ContactDialog user={user} name={contact?.name ?? ""} known={contact !== undefined} onClose={() => setAsking(undefined)} />}
    </>
  )
}

function ContactDialog({ user, name: before, known, onClose }: { user: string; name: string; known: boolean; onClose(): void }) {
  const parley = useParley()
  const [name, setName] = useState(before)
  const done = (what: Promise<unknown>) => { attempt(what); onClose() }
  return (
    <Dialog title={known ? "Edit contact" : "Add to contacts"} size="small" onClose={onClose} footer={<>
      {known && <Button kind="danger" onClick={() => done(parley.removeContact(user))}>Remove</Button>}
      <Button kind="main" onClick={() => done(parley.setContact(user, name.trim() || undefined))}>Save</Button>
    </>}>
      <Field label="Your name for them" data-first maxLength={64} value={name} placeholder={user} hint="Only you see it. Without one you see what they call themselves." onChange={(e) => setName(e.target.value)} />
    </Dialog>
  )
}
