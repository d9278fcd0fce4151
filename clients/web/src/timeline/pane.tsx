import { ParleyError, type Conversation, type Message } from "@parley-im/client"
import { useMe, useParley, useReadable } from "@parley-im/client/react"
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react"
import { Boundary } from "../app/boundary"
import { Composer } from "../composer/composer"
import { Name } from "../people/person"
import { go, type Side } from "../router"
import { Spinner } from "../ui/spinner"
import { ActionsContext, type About, type Actions } from "./actions"
import { Header } from "./header"
import { Intro } from "./intro"
import { RequestBar } from "./request"
import { Timeline } from "./timeline"
import "./pane.css"

const SidePane = lazy(() => import("../side/side").then((m) => ({ default: m.SidePane })))
const AboutMessage = lazy(() => import("./about").then((m) => ({ default: m.AboutMessage })))

/** A conversation, by its id or with a person, and what stands beside it. */
export function ConversationPane({ id, user, seq, side }: { id?: string; user?: string; seq?: number; side?: Side }) {
  const parley = useParley()
  const me = useMe()
  const conversation = useMemo(() => {
    if (!me) return undefined
    try {
      return user === undefined ? parley.conversation(id!) : parley.direct(user)
    } catch (error) {
      if (error instanceof ParleyError) return null // no such id, or oneself
      throw error
    }
  }, [parley, me?.user, id, user])
  if (conversation === undefined || !me) return <div className="shell-wait"><Spinner label="Loading" /></div>
  if (conversation === null) return <div className="shell-wait">There is no such conversation.</div>
  return <Pane key={conversation.id} conversation={conversation} peer={user} me={me.user} seq={seq} side={side} />
}

function Pane({ conversation, peer, me, seq, side }: { conversation: Conversation; peer?: string; me: string; seq?: number; side?: Side }) {
  const begun = useReadable(conversation.summary) !== undefined
  // Its address is that of the person until there is a conversation.
  useEffect(() => { if (peer !== undefined && begun) go({ at: "conversation", id: conversation.id }, "replace") }, [peer, begun, conversation])
  return (
    <div className={`pane ${side ? "with-side" : ""}`}>
      <ConversationView conversation={conversation} peer={peer} me={me} seq={seq} />
      {side && (
        <Boundary name={JSON.stringify(side)}>
          <Suspense fallback={<aside className="side"><Spinner label="Loading" /></aside>}>
            <SidePane key={JSON.stringify(side)} conversation={conversation} side={side} me={me} />
          </Suspense>
        </Boundary>
      )}
    </div>
  )
}

/** Messages and the place to write; also of a thread, which has a head of its own. */
export function ConversationView({ conversation, peer, me, seq, parent, head }: {
  conversation: Conversation; peer?: string; me: string; seq?: number; parent?: Conversation; head?: React.ReactNode
}) {
  const own = useReadable(conversation.summary)
  const above = useReadable((parent ?? conversation).summary)
  const summary = own ?? above
  const [mode, setMode] = useState<{ reply?: Message; edit?: Message }>({})
  const [target, setTarget] = useState<{ seq: number; at: number } | undefined>(seq === undefined ? undefined : { seq, at: 0 })
  const [about, setAbout] = useState<About>()
  const jump = useCallback((to: number) => setTarget((t) => ({ seq: to, at: (t?.at ?? 0) + 1 })), [])
  useEffect(() => { if (seq !== undefined) jump(seq) }, [seq, jump])
  const capabilities = summary?.capabilities
  const group = summary ? summary.kind !== "direct" || above?.kind === "group" : !conversation.id.startsWith("d_")
  const actions = useMemo<Actions>(() => ({
    conversation, me, jump, group,
    thread: parent !== undefined,
    // A conversation that has not begun allows what one between two people does.
    can: new Set(capabilities ?? ["send", "react", "pin"]),
    reply: (message) => setMode({ reply: message }),
    edit: (message) => setMode({ edit: message }),
    openThread: (root) => go({ at: "conversation", id: conversation.id, side: { kind: "thread", root } }),
    about: setAbout,
  }), [conversation, me, jump, group, parent, capabilities])
  const title = summary?.title ?? peer ?? ""
  const intro = useMemo(() => (parent ? undefined : <Intro conversation={conversation} peer={peer} />), [parent, conversation, peer])
  return (
    <ActionsContext value={actions}>
      <section className="conversation" aria-label={parent ? "Thread" : `Conversation with ${title}`}>
        {head ?? <Header conversation={conversation} peer={peer} />}
        <Timeline label={parent ? "Messages of the thread" : `Messages with ${title}`} target={target} intro={intro} />
        <Typists conversation={conversation} />
        {own?.request ? <RequestBar conversation={conversation} peer={own.peer} /> : <Composer key={conversation.id} mode={mode} onMode={setMode} summary={summary} />}
      </section>
      {about && <Suspense><AboutMessage about={about} onClose={() => setAbout(undefined)} /></Suspense>}
    </ActionsContext>
  )
}

function Typists({ conversation }: { conversation: Conversation }) {
  const typists = useReadable(conversation.typists)
  const [first, second] = typists
  return (
    <div className="typists" aria-live="off">
      {first && (
        <>
          <span className="typists-dots" aria-hidden="true"><i /><i /><i /></span>
          <span>{typists.length > 2 ? `${typists.length} people are typing` : second
            ? <><Name user={first.user} /> and <Name user={second.user} /> are typing</>
            : <><Name user={first.user} /> is {first.kind === "recording" ? "recording" : "typing"}</>}</span>
        </>
      )}
    </div>
  )
}
