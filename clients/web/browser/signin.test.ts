import { createHash, randomUUID } from "node:crypto"
import type { Browser, Route } from "playwright-core"
import { afterAll, beforeAll, expect, inject, it } from "vitest"
import { launch, someone, Visitor } from "./visitor"

const issuer = "https://id.example"
const client = "the-app"

let browser: Browser
beforeAll(async () => { browser = await launch() })
afterAll(() => browser?.close())

/**
 * A small OpenID Connect provider in the place of the network: code flow with PKCE for a public client, as RFC 6749, RFC 7636 and
 * OpenID Connect Core say it. Its access tokens are those of the stack, which has to take them.
 */
class Provider {
  /** What was asked for, in order. */
  readonly asked: string[] = []
  private readonly codes = new Map<string, URLSearchParams>()
  private refresh = ""

  constructor(private readonly user: string, private readonly web: string) {}

  async answer(route: Route): Promise<void> {
    const url = new URL(route.request().url())
    const json = (body: unknown, status = 200) => route.fulfill({ status, json: body, headers: { "access-control-allow-origin": "*" } })
    if (url.pathname === "/.well-known/openid-configuration") {
      return json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, revocation_endpoint: `${issuer}/revoke` })
    }
    if (url.pathname === "/authorize") {
      const code = randomUUID()
      this.codes.set(code, url.searchParams)
      const back = new URL(url.searchParams.get("redirect_uri")!)
      back.search = new URLSearchParams({ code, state: url.searchParams.get("state")! }).toString()
      // A redirect would not pass the routes of this page again.
      return route.fulfill({ contentType: "text/html", body: `<meta http-equiv="refresh" content="0;url=${back.href.replaceAll("&", "&amp;")}">` })
    }
    const form = new URLSearchParams(route.request().postData() ?? "")
    this.asked.push(url.pathname === "/revoke" ? "revoke" : form.get("grant_type")!)
    if (form.get("client_id") !== client) return json({ error: "invalid_client" }, 400)
    if (url.pathname === "/revoke") return form.get("token") === this.refresh ? json({}) : json({ error: "invalid_request" }, 400)
    let nonce: string | undefined
    if (form.get("grant_type") === "authorization_code") {
      const begun = this.codes.get(form.get("code")!)
      this.codes.delete(form.get("code")!)
      const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url")
      if (begun?.get("code_challenge") !== challenge || begun.get("code_challenge_method") !== "S256") return json({ error: "invalid_grant" }, 400)
      nonce = begun.get("nonce")!
    } else if (form.get("refresh_token") !== this.refresh) return json({ error: "invalid_grant" }, 400)
    this.refresh = randomUUID()
    const now = Math.floor(Date.now() / 1000)
    const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString("base64url")
    const identity = [part({ alg: "RS256" }), part({ iss: issuer, aud: client, sub: this.user, iat: now, exp: now + 300, nonce }), part({})].join(".")
    const answer = await fetch(`${this.web}/dev/token`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: this.user }),
    })
    const { token } = (await answer.json()) as { token: string }
    return json({ access_token: token, token_type: "bearer", expires_in: 300, refresh_token: this.refresh, id_token: identity })
  }
}

it("who comes from an OpenID Connect issuer is signed in, stays so over a reload, and is signed out everywhere", async () => {
  const { web } = inject("stack")
  const user = someone("iris")
  const provider = new Provider(user, web)
  const iris = await Visitor.open(browser, user, {
    // A page that comes from a route is of no network, so it has to be let into this one.
    serviceWorkers: "block", permissions: ["local-network-access"],
  })
  const { page, list } = iris
  await page.route(`${issuer}/**`, (route) => provider.answer(route))
  await page.route(`${web}/config.json`, async (route) => {
    const { tokens: _, ...config } = (await (await route.fetch()).json()) as { url: string; tokens: string }
    await route.fulfill({ json: { ...config, issuer, clientId: client } })
  })
  // A deployment names its issuer in the policy; this stack has none.
  await page.route((url) => url.origin === web && !url.pathname.includes("."), async (route) => {
    if (!route.request().isNavigationRequest()) return route.continue()
    const page = await route.fetch()
    const headers = page.headers()
    headers["content-security-policy"] = headers["content-security-policy"]!.replace("connect-src 'self'", `connect-src 'self' ${issuer}`)
    await route.fulfill({ response: page, headers })
  })
  await page.goto(`${web}/settings`)
  await page.getByText("id.example").waitFor()
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { name: "Settings" }).waitFor() // where one was going
  expect(page.url()).toBe(`${web}/settings`) // without the code
  await page.reload()
  await page.getByRole("heading", { name: "Settings" }).waitFor()
  await list.ready()
  await page.getByRole("button", { name: "Sign out" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click()
  await page.getByRole("button", { name: "Sign in" }).waitFor()
  await expect.poll(() => provider.asked).toEqual(["authorization_code", "refresh_token", "revoke"])
  await page.reload()
  await page.getByRole("button", { name: "Sign in" }).waitFor()
  expect(await page.evaluate(() => Object.entries({ ...localStorage, ...sessionStorage }).filter(([, text]) => /ey[A-Za-z0-9]/.test(String(text))))).toEqual([])
  expect(iris.troubles.filter((line) => line !== `request: ${new URL(issuer).host}`)).toEqual([])
})
