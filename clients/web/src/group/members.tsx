import type { Conversation, ConversationSummary, Member } from "@parley-im/client"
import { useReadable } from "@parley-im/client/react"
import { Ellipsis, UserPlus } from "lucide-react"
import { useState } from "react"
import { attempt, tell } from "../app/notice"
import { PersonLine } from "../people/person"
import { PeoplePicker } from "../people/picker"
import { go } from "../router"
import { Button, IconButton } from "../ui/button"
import { Confirm } from "../ui/confirm"
import { Dialog } from "../ui/dialog"
import { MenuButton } from "../ui/menubutton"

const ranks = ["owner", "admin", "moderator", "member", "guest"] as const
const shown = 100

type Asking = { what: "remove" | "ban" | "transfer"; user: string }

/** Who is in a group, from most to least entitled, and what one can do about them. */
export function Members({ conversation, c, me }: { conversation: Conversation; c: ConversationSummary; me: string }) {
  const members = useReadable(conversation.members)
  const [adding, setAdding] = useState(false)
  const [asking, setAsking] = useState<Asking>()
  const [most, setMost] = useState(shown)
  const ranked = [...members].sort((a, b) => ranks.indexOf(a.role) - ranks.indexOf(b.role))
  return (
    <section aria-label="Members">
      <div className="side-heading">
        <h2>Members</h2>
        {c.capabilities.includes("add") && <IconButton label="Add members" icon={<UserPlus />} onClick={() => setAdding(true)} />}
      </div>
      <ul>
        {ranked.slice(0, most).map((m) => (
          <li key={m.user}>
            <PersonLine user={m.user} present={members.length <= 50} actions={m.user !== me && <MemberMenu conversation={conversation} c={c} member={m} onAsk={setAsking} />}>
              {m.user === me ? `you, ${m.role}` : m.role}
            </PersonLine>
          </li>
        ))}
      </ul>
      {ranked.length > most && <Button onClick={() => setMost(most + shown)}>Show more</Button>}
      {adding && <AddMembers conversation={conversation} already={members.map((m) => m.user)} onClose={() => setAdding(false)} />}
      {asking && <Ask conversation={conversation} asking={asking} onClose={() => setAsking(undefined)} />}
    </section>
  )
}

function MemberMenu({ conversation, c, member: { user, role }, onAsk }: { conversation: Conversation; c: ConversationSummary; member: Member; onAsk(asking: Asking): void }) {
  const can = new Set(c.capabilities)
  const above = ranks.indexOf(c.role) < ranks.indexOf(role)
  const below = ranks.slice(ranks.indexOf(c.role) + 1) as Exclude<(typeof ranks)[number], "owner">[]
  return (
    <MenuButton label={`Actions for ${user}`} icon={<Ellipsis />} className="small" items={[
      { label: "Message", run: () => go({ at: "user", user }) },
      ...(can.has("rank") && above ? below.map((rank) => ({ label: `Make ${rank}`, chosen: rank === role, run: () => attempt(conversation.setRole(rank, user)) })) : []),
      can.has("transfer") && { label: "Hand the group over", run: () => onAsk({ what: "transfer", user }) },
      can.has("remove") && above && { label: "Remove", danger: true, run: () => onAsk({ what: "remove", user }) },
      can.has("remove") && above && { label: "Ban", danger: true, run: () => onAsk({ what: "ban", user }) },
    ]} />
  )
}

const questions = {
  remove: ["Remove this member?", "Remove", "They hear nothing more of the group. A link may bring them back."],
  ban: ["Ban this member?", "Ban", "They are removed, and no link brings them back."],
  transfer: ["Hand the group over?", "Hand over", "They are its owner from then on, and you an admin."],
} as const

function Ask({ conversation, asking: { what, user }, onClose }: { conversation: Conversation; asking: Asking; onClose(): void }) {
  const [title, action, text] = questions[what]
  return (
    <Confirm title={title} action={action} onClose={onClose} onConfirm={() => what === "transfer" ? conversation.transfer(user) : conversation[what](user)}>
      <PersonLine user={user} />
      <p>{text}</p>
    </Confirm>
  )
}

function AddMembers({ conversation, already, onClose }: { conversation: Conversation; already: readonly string[]; onClose(): void }) {
  const [chosen, setChosen] = useState<string[]>([])
  function add() {
    attempt(async () => {
      const declined = await conversation.add(...chosen)
      if (declined.length) tell(`Not added, because they do not want to be: ${declined.join(", ")}. Send them a link.`)
    })
    onClose()
  }
  return (
    <Dialog title="Add members" onClose={onClose} footer={<Button kind="main" disabled={chosen.length === 0} onClick={add}>Add</Button>}>
      <PeoplePicker chosen={chosen} onChoose={setChosen} without={already} />
    </Dialog>
  )
}
