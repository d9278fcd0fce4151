import { useConfig, useSignOut } from "../app/context"
import { useMe } from "@parley-im/client/react"
import { ArrowLeft } from "lucide-react"
import { useState } from "react"
import { setTheme, useTheme } from "../app/theme"
import { go } from "../router"
import { Button, IconButton } from "../ui/button"
import { Confirm } from "../ui/confirm"
import { Choice } from "../ui/field"
import { Spinner } from "../ui/spinner"
import { Notifications } from "./notifications"
import { PeopleSettings } from "./people"
import { Privacy } from "./privacy"
import { ProfileSettings } from "./profile"
import { Scheduled } from "./scheduled"
import { Status } from "./status"

/** What a user can choose for themselves. */
export function SettingsPage() {
  const me = useMe()
  const config = useConfig()
  const signOut = useSignOut()
  const theme = useTheme()
  const [leaving, setLeaving] = useState(false)
  return (
    <div className="page">
      <header className="page-header">
        <IconButton label="Back" icon={<ArrowLeft />} onClick={() => go({ at: "home" })} />
        <h1>Settings</h1>
      </header>
      {!me ? <div className="shell-wait"><Spinner label="Loading" /></div> : (
        <div className="page-body">
          <ProfileSettings me={me} />
          <Status me={me} />
          <section className="card" aria-labelledby="looks">
            <h2 id="looks">Looks</h2>
            <Choice label="Theme" value={theme} options={[["system", "as the system"], ["light", "light"], ["dark", "dark"]]} onChoose={setTheme} />
          </section>
          {config.vapidKey && <Notifications vapidKey={config.vapidKey} />}
          <Privacy me={me} />
          <Scheduled />
          <PeopleSettings />
          <section className="card" aria-labelledby="device">
            <h2 id="device">This device</h2>
            <p className="hint">You are {me.user}. {me.version && `The server is ${me.version}.`}</p>
            <div><Button kind="danger" onClick={() => setLeaving(true)}>Sign out</Button></div>
          </section>
        </div>
      )}
      {leaving && (
        <Confirm title="Sign out?" action="Sign out" onClose={() => setLeaving(false)} onConfirm={signOut}>
          <p>This browser forgets your conversations and what was not sent yet.</p>
        </Confirm>
      )}
    </div>
  )
}
