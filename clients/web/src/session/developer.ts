import { ParleyError } from "@parley-im/client"
import type { Session } from "./session"

const key = "parley.developer"

/** Who was signed in here last, on a developer's machine. */
export function developerBefore(): string | undefined { return localStorage.getItem(key) ?? undefined }

/** A session of any user whom one names: for developers, whose own machine signs the tokens. */
export function developer(tokens: string, user: string): Session {
  localStorage.setItem(key, user)
  return {
    user,
    async token() {
      const answer = await fetch(tokens, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user }),
      })
      if (answer.status === 400) throw new ParleyError("unauthenticated", "there can be no such user")
      if (!answer.ok) throw new Error(`tokens: ${answer.status}`)
      return ((await answer.json()) as { token: string }).token
    },
    async end() { localStorage.removeItem(key) },
  }
}
