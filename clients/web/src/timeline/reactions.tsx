import type { Message } from "@parley-im/client"
import { useProfile } from "@parley-im/client/react"
import { attempt } from "../app/notice"
import { useActions } from "./actions"
import "./reactions.css"

/** What members have on a message; pressing one adds or takes back the user's own. */
export function Reactions({ message }: { message: Message }) {
  const { conversation, can } = useActions()
  return (
    <ul className="reactions" aria-label="Reactions">
      {message.reactions.map((r) => (
        <li key={r.mark}>
          <button type="button" aria-pressed={r.mine} disabled={message.seq === undefined || !can.has("react")}
            onClick={() => attempt(conversation.toggle(message.seq!, r.mark).sent)}>
            <Label mark={r.mark} users={r.users} />
          </button>
        </li>
      ))}
    </ul>
  )
}

function Label({ mark, users }: { mark: string; users: string[] }) {
  const { name } = useProfile(users[0] ?? "")
  const who = users.length > 1 ? `${name} and ${users.length - 1} more` : name
  return <><bdi>{mark}</bdi><span title={who}>{users.length}</span><span className="unseen"> by {who}</span></>
}
