import { lazy, Suspense, useEffect, useState } from "react"
import { ConversationList } from "../list/list"
import { ConversationPane } from "../timeline/pane"
import { onNotification } from "../notify/worker"
import { go, href, useRoute, type Route } from "../router"
import { Spinner } from "../ui/spinner"
import { Banner } from "./banner"
import { Boundary } from "./boundary"
import { Notices } from "./notice"
import { useShortcuts } from "./shortcuts"
import { useTitle } from "./title"
import { Welcome } from "./welcome"
import "./shell.css"

const SearchPage = lazy(() => import("../search/search").then((m) => ({ default: m.SearchPage })))
const SettingsPage = lazy(() => import("../settings/settings").then((m) => ({ default: m.SettingsPage })))
const JoinPage = lazy(() => import("../group/join").then((m) => ({ default: m.JoinPage })))
const Switcher = lazy(() => import("./switcher").then((m) => ({ default: m.Switcher })))
const Help = lazy(() => import("./help").then((m) => ({ default: m.Help })))
const NewConversation = lazy(() => import("../group/new").then((m) => ({ default: m.NewConversation })))

export type Overlay = "switcher" | "help" | "new" | undefined

/** What a user sees: the list of conversations beside what is open. On a phone it is one of them. */
export function Shell() {
  const route = useRoute()
  const [overlay, setOverlay] = useState<Overlay>()
  const close = () => setOverlay(undefined)
  useShortcuts(route, setOverlay)
  useTitle()
  useEffect(() => onNotification((id, seq) => go({ at: "conversation", id, ...(seq ? { seq } : {}) })), [])
  return (
    <main className={`shell ${route.at === "home" ? "at-home" : "at-pane"}`}>
      <Banner />
      <ConversationList route={route} onNew={() => setOverlay("new")} />
      <div className="shell-main">
        <Boundary name={href(route)}>
          <Suspense fallback={<div className="shell-wait"><Spinner label="Loading" /></div>}>
            <Page route={route} onNew={() => setOverlay("new")} />
          </Suspense>
        </Boundary>
      </div>
      <Boundary name={overlay ?? ""}>
        <Suspense>
          {overlay === "switcher" && <Switcher onClose={close} />}
          {overlay === "help" && <Help onClose={close} />}
          {overlay === "new" && <NewConversation onClose={close} />}
        </Suspense>
      </Boundary>
      <Notices />
    </main>
  )
}

function Page({ route, onNew }: { route: Route; onNew(): void }) {
  switch (route.at) {
    case "conversation": return <ConversationPane id={route.id} seq={route.seq} side={route.side} />
    case "user": return <ConversationPane user={route.user} />
    case "search": return <SearchPage in={route.in} />
    case "settings": return <SettingsPage />
    case "join": return <JoinPage />
    case "home": return <Welcome onNew={onNew} />
  }
}
