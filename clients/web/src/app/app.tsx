import { IndexedDBStore, Parley } from "@parley-im/client"
import { ParleyProvider } from "@parley-im/client/react"
import { useEffect, useState } from "react"
import { go } from "../router"
import type { Config } from "../session/config"
import type { Session } from "../session/session"
import { SignIn } from "../session/signin"
import { ConfigContext, SignOutContext } from "./context"
import { Shell } from "./shell"

interface SignedIn { session: Session; client: Parley }

/** The whole app: the sign-in page, or what a user sees. */
export function App({ config, before }: { config: Config; before?: Session }) {
  const [now, setNow] = useState<SignedIn | undefined>(() => before && enter(config, before))
  const [trouble, setTrouble] = useState<string>()

  const [ready, setReady] = useState<Parley>()

  useEffect(() => {
    if (!now) return
    void now.client.ready.then(() => setReady(now.client))
    now.client.connect()
    return now.client.connection.subscribe(() => {
      const { state, reason } = now.client.connection.get()
      if (state === "closed" && reason?.code === "unauthenticated") {
        setTrouble("Your sign-in has expired. Sign in again.")
        void now.session.end().catch(() => undefined) // it is over in any case
        setNow(undefined)
      }
    })
  }, [now])

  async function signOut() {
    if (!now) return
    await now.client.logout().catch(() => undefined) // without a network the server finds out when the token expires
    await now.session.end().catch(() => undefined)
    go({ at: "home" }, "replace")
    setNow(undefined)
  }

  if (!now) {
    return <SignIn config={config} trouble={trouble} onSignIn={(session) => { setTrouble(undefined); setNow(enter(config, session)) }} />
  }
  if (ready !== now.client) return null // what this browser has kept is read: an instant
  return (
    <ConfigContext value={config}>
      <SignOutContext value={signOut}>
        <ParleyProvider client={now.client}><Shell /></ParleyProvider>
      </SignOutContext>
    </ConfigContext>
  )
}

function enter(config: Config, session: Session): SignedIn {
  const client = new Parley({
    url: config.url, token: (why) => session.token(why), store: new IndexedDBStore("parley"), ...(session.user ? { user: session.user } : {}),
  })
  return { session, client }
}
