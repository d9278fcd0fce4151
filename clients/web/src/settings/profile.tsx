import type { Me } from "@parley-im/client"
import { useParley } from "@parley-im/client/react"
import { useEffect, useRef, useState } from "react"
import { attempt, tell } from "../app/notice"
import { acceptable } from "../composer/types"
import { PersonAvatar } from "../people/person"
import { Button } from "../ui/button"
import { Field } from "../ui/field"
import "./profile.css"

/** What others see of the user. */
export function ProfileSettings({ me }: { me: Me }) {
  const parley = useParley()
  const shown = me.profile
  const [name, setName] = useState("")
  const [about, setAbout] = useState("")
  const [touched, setTouched] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (touched) return // what is being written stays
    setName(shown && shown.name !== me.user ? shown.name : "")
    setAbout(shown?.about ?? "")
  }, [shown, me.user, touched])
  const profile = (picture = shown?.picture) => ({
    ...(name.trim() ? { name: name.trim() } : {}), ...(about.trim() ? { about: about.trim() } : {}), ...(picture ? { picture } : {}),
  })
  return (
    <section className="card" aria-labelledby="profile">
      <h2 id="profile">Profile</h2>
      <div className="profile">
        <PersonAvatar user={me.user} size="huge" />
        <div className="profile-buttons">
          <Button onClick={() => input.current?.click()}>Change picture</Button>
          {shown?.picture && <Button onClick={() => attempt(parley.setProfile(profile("")))}>Remove picture</Button>}
          <input ref={input} type="file" accept="image/png,image/jpeg,image/webp,image/gif" hidden aria-hidden="true" tabIndex={-1}
            onChange={(e) => { const file = e.target.files?.[0]; if (file) attempt(parley.setPicture(acceptable(file))); e.target.value = "" }} />
        </div>
      </div>
      <form className="profile-form" onSubmit={(e) => { e.preventDefault(); attempt(parley.setProfile(profile()).then(() => { setTouched(false); tell("Saved.") })) }}>
        <Field label="Name" maxLength={64} autoComplete="name" value={name} placeholder={me.user} onChange={(e) => { setName(e.target.value); setTouched(true) }} />
        <Field label="About" maxLength={140} value={about} onChange={(e) => { setAbout(e.target.value); setTouched(true) }} />
        <div><Button type="submit" kind="main">Save</Button></div>
      </form>
    </section>
  )
}
