import * as oauth from "oauth4webapi"
import { ParleyError } from "@parley-im/client"
import type { Config } from "./config"
import type { Session } from "./session"

// OpenID Connect, authorization code flow with PKCE. The access token stays in memory; the refresh token is kept, so that a
// reload does not sign anybody out. What a sign-in needs to come back is kept in the tab.
const kept = "parley.refresh"
const begun = "parley.signin"

interface Begun { verifier: string; state: string; nonce: string; to: string }

/** Leaves for the issuer's page; it comes back to this app. */
export async function signIn(config: Config): Promise<void> {
  const server = await discover(config)
  const state: Begun = {
    verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(),
    to: location.pathname + location.search + location.hash,
  }
  sessionStorage.setItem(begun, JSON.stringify(state))
  const url = new URL(server.authorization_endpoint!)
  url.search = new URLSearchParams({
    client_id: config.clientId!, redirect_uri: redirect(), response_type: "code", scope: config.scope ?? "openid",
    code_challenge: await oauth.calculatePKCECodeChallenge(state.verifier), code_challenge_method: "S256",
    state: state.state, nonce: state.nonce,
  }).toString()
  location.assign(url)
}

/** The session that a sign-in has come back with, or the one of before. */
export async function resume(config: Config): Promise<Session | undefined> {
  const here = new URL(location.href)
  const before = sessionStorage.getItem(begun)
  if (before && here.pathname === "/" && here.searchParams.has("state")) {
    sessionStorage.removeItem(begun)
    return come(config, here, JSON.parse(before) as Begun)
  }
  const refresh = localStorage.getItem(kept)
  return refresh ? new OIDCSession(config, refresh) : undefined
}

async function come(config: Config, here: URL, state: Begun): Promise<Session> {
  history.replaceState(null, "", state.to.startsWith("/") && !state.to.startsWith("//") ? state.to : "/")
  const server = await discover(config)
  const client = { client_id: config.clientId! }
  const params = oauth.validateAuthResponse(server, client, here, state.state)
  const answer = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), params, redirect(), state.verifier)
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce: state.nonce, requireIdToken: true })
  if (tokens.refresh_token) localStorage.setItem(kept, tokens.refresh_token)
  return new OIDCSession(config, tokens.refresh_token, tokens)
}

class OIDCSession implements Session {
  private access: { token: string; until: number } | undefined
  readonly user?: string

  constructor(private readonly config: Config, private refresh: string | undefined, tokens?: oauth.TokenEndpointResponse) {
    if (tokens) {
      this.take(tokens)
      const user = oauth.getValidatedIdTokenClaims(tokens)?.sub
      if (user) this.user = user
    }
  }

  async token(why: "connect" | "refused"): Promise<string> {
    if (why === "refused") this.access = undefined
    if (this.access && this.access.until > Date.now()) return this.access.token
    if (!this.refresh) throw new ParleyError("unauthenticated", "sign in again")
    const server = await discover(this.config)
    const client = { client_id: this.config.clientId! }
    try {
      const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), this.refresh)
      this.take(await oauth.processRefreshTokenResponse(server, client, answer))
    } catch (error) {
      if (!(error instanceof oauth.ResponseBodyError)) throw error // the network: later
      localStorage.removeItem(kept)
      throw new ParleyError("unauthenticated", error.error)
    }
    return this.access!.token
  }

  private take(tokens: oauth.TokenEndpointResponse): void {
    // A minute less than it lasts, so that none expires on its way.
    this.access = { token: tokens.access_token, until: Date.now() + ((tokens.expires_in ?? 300) - 60) * 1000 }
    if (tokens.refresh_token) {
      this.refresh = tokens.refresh_token
      localStorage.setItem(kept, this.refresh)
    }
  }

  async end(): Promise<void> {
    localStorage.removeItem(kept)
    const server = await discover(this.config)
    if (!this.refresh || !server.revocation_endpoint) return
    const answer = await oauth.revocationRequest(server, { client_id: this.config.clientId! }, oauth.None(), this.refresh)
    await oauth.processRevocationResponse(answer)
  }
}

let discovered: Promise<oauth.AuthorizationServer> | undefined

function discover(config: Config): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(config.issuer!)
  discovered ??= oauth.discoveryRequest(issuer).then((answer) => oauth.processDiscoveryResponse(issuer, answer))
  discovered.catch(() => { discovered = undefined }) // the next who asks tries again
  return discovered
}

function redirect(): string { return location.origin + "/" }
