import type { Config } from "./config"
import { developer, developerBefore } from "./developer"

/** Somebody who is signed in. */
export interface Session {
  /** Who it is, where that is known before the server says it. */
  readonly user?: string
  /** A bearer token that is good now; "refused" asks for another than the one before. */
  token(why: "connect" | "refused"): Promise<string>
  /** Forgets what this browser has of it. */
  end(): Promise<void>
}

/** The session of before, or the one that a sign-in has just come back with; none if somebody has to sign in. */
export async function resume(config: Config): Promise<Session | undefined> {
  if (config.tokens) {
    const user = developerBefore()
    return user ? developer(config.tokens, user) : undefined
  }
  const oidc = await import("./oidc")
  return oidc.resume(config)
}
