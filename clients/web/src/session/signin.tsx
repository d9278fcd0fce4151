import { MessageCircle } from "lucide-react"
import { useState, type FormEvent } from "react"
import { Button } from "../ui/button"
import { Field } from "../ui/field"
import type { Config } from "./config"
import { developer } from "./developer"
import type { Session } from "./session"
import "./signin.css"

const suggestions = ["ann", "bob", "chloe"]
const userID = /^[A-Za-z0-9][A-Za-z0-9._@:|+-]{0,127}$/

/** The first page of who is not signed in. */
export function SignIn({ config, onSignIn, trouble }: { config: Config; onSignIn(session: Session): void; trouble?: string }) {
  return (
    <main className="signin">
      <div className="signin-card">
        <span className="signin-mark" aria-hidden="true"><MessageCircle /></span>
        <h1>Welcome to Parley</h1>
        {config.tokens ? <Developer tokens={config.tokens} onSignIn={onSignIn} /> : <Issuer config={config} />}
        {trouble && <p role="alert" className="trouble">{trouble}</p>}
      </div>
    </main>
  )
}

function Developer({ tokens, onSignIn }: { tokens: string; onSignIn(session: Session): void }) {
  const [user, setUser] = useState("")
  const [trouble, setTrouble] = useState("")
  function submit(e: FormEvent) {
    e.preventDefault()
    const id = user.trim()
    if (!userID.test(id)) setTrouble("Letters, digits and . _ @ : | + - only, beginning with a letter or a digit.")
    else onSignIn(developer(tokens, id))
  }
  return (
    <form onSubmit={submit}>
      <Field label="User name" autoFocus autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={128} value={user} trouble={trouble}
        hint="This is your own machine: any name will do." onChange={(e) => { setUser(e.target.value); setTrouble("") }} />
      <Button type="submit" kind="main" disabled={!user.trim()}>Sign in</Button>
      <div className="signin-or"><span>or as</span></div>
      <div className="signin-others">
        {suggestions.map((name) => <Button key={name} onClick={() => onSignIn(developer(tokens, name))}>{name}</Button>)}
      </div>
    </form>
  )
}

function Issuer({ config }: { config: Config }) {
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  async function leave() {
    setBusy(true)
    try {
      const oidc = await import("./oidc")
      await oidc.signIn(config)
    } catch {
      setTrouble("The sign-in page cannot be reached. Try again in a moment.")
      setBusy(false)
    }
  }
  if (!config.issuer || !config.clientId) return <p role="alert" className="trouble">This deployment names nobody who signs in its users.</p>
  return (
    <>
      <p className="hint">You sign in with your account at {new URL(config.issuer).hostname}.</p>
      <Button kind="main" disabled={busy} onClick={leave}>Sign in</Button>
      {trouble && <p role="alert" className="trouble">{trouble}</p>}
    </>
  )
}
