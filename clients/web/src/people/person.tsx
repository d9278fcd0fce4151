import { useParley, usePresence, useProfile } from "@parley-im/client/react"
import { useEffect, useState, type ReactNode } from "react"
import { Line } from "../text/line"
import { Avatar } from "../ui/avatar"
import "./person.css"

/** The address of somebody's picture; undefined while it is not known, or if they have none. */
function usePicture(user: string): string | undefined {
  const parley = useParley()
  const { picture } = useProfile(user)
  const [found, setFound] = useState<{ picture: string; url: string }>()
  useEffect(() => {
    if (!picture) return
    let left = false
    parley.pictureURL(user).then((url) => { if (url && !left) setFound({ picture, url }) }, () => undefined) // the letters stay
    return () => { left = true }
  }, [parley, user, picture])
  return picture && found?.picture === picture ? found.url : undefined
}

type Size = "small" | "medium" | "large" | "huge"

/** The picture of a person, with a dot that says whether they are there if asked for. */
export function PersonAvatar({ user, size, present }: { user: string; size?: Size; present?: boolean }) {
  return present ? <WithPresence user={user} size={size} /> : <Plain user={user} size={size} />
}

function Plain({ user, size, presence }: { user: string; size?: Size; presence?: string }) {
  const { name } = useProfile(user)
  return <Avatar id={user} name={name} src={usePicture(user)} size={size} presence={presence} />
}

function WithPresence({ user, size }: { user: string; size?: Size }) {
  return <Plain user={user} size={size} presence={usePresence(user).status} />
}

/** The picture of a group. */
export function GroupAvatar({ id, title, picture, size }: { id: string; title: string; picture?: string; size?: Size }) {
  const parley = useParley()
  const [found, setFound] = useState<{ picture: string; url: string }>()
  useEffect(() => {
    if (!picture) return
    let left = false
    parley.conversation(id).pictureURL().then((url) => { if (url && !left) setFound({ picture, url }) }, () => undefined) // the letters stay
    return () => { left = true }
  }, [parley, id, picture])
  return <Avatar id={id} name={title} group size={size} src={picture && found?.picture === picture ? found.url : undefined} />
}

/** What a person is called. */
export function Name({ user, className }: { user: string; className?: string }) {
  return <Line text={useProfile(user).name} className={className} />
}

/** A line about a person: picture, name, what else is to be said, and what can be done. */
export function PersonLine({ user, children, actions, present }: { user: string; children?: ReactNode; actions?: ReactNode; present?: boolean }) {
  const { name } = useProfile(user)
  return (
    <div className="person">
      <PersonAvatar user={user} size="small" present={present} />
      <div className="person-text">
        <Name user={user} />
        {(children || name !== user) && <small>{children ?? <Line text={user} />}</small>}
      </div>
      {actions}
    </div>
  )
}
