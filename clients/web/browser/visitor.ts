import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core"
import { inject } from "vitest"
import { ConversationPage } from "./pages/conversation"
import { ListPage } from "./pages/list"

/** A Chromium for one story. Connections to the gateway go to another port if one is given. */
export function launch(gateway?: { from: number; to: number }): Promise<Browser> {
  const args = gateway ? [`--host-resolver-rules=MAP 127.0.0.1:${gateway.from} 127.0.0.1:${gateway.to}`] : []
  return chromium.launch({ executablePath: inject("chromium"), args })
}

let visitors = 0

/** A name that nobody else in the stack has: stories share it and must not meet. */
export function someone(name: string): string { return `${name}-${process.pid.toString(36)}${(visitors++).toString(36)}` }

/** A person who uses the app in a browser of their own. What the browser complains about is kept, see troubles. */
export class Visitor {
  readonly list: ListPage
  readonly conversation: ConversationPage
  /** What no story may see: errors, violations of the policy, dialogs, requests to foreign hosts. */
  readonly troubles: string[] = []

  private constructor(readonly user: string, readonly page: Page, readonly context: BrowserContext, private readonly web: string) {
    this.list = new ListPage(page)
    this.conversation = new ConversationPage(page)
  }

  /** Opens the app in a new context, not signed in. */
  static async open(browser: Browser, user: string, options: BrowserContextOptions & { web?: string } = {}): Promise<Visitor> {
    const { web = inject("stack").web, ...rest } = options
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "UTC", ...rest })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const visitor = new Visitor(user, page, context, web)
    visitor.watch()
    await page.goto(web)
    return visitor
  }

  /** Opens the app and signs in. */
  static async join(browser: Browser, user: string, options: BrowserContextOptions & { web?: string } = {}): Promise<Visitor> {
    const visitor = await Visitor.open(browser, user, options)
    await visitor.signIn()
    return visitor
  }

  async signIn(): Promise<void> {
    await this.page.getByLabel("User name").fill(this.user)
    await this.page.getByRole("button", { name: "Sign in" }).click()
    await this.list.ready()
  }

  /** Opens the conversation with a person, which may not have begun. */
  async write(user: string): Promise<void> {
    await this.page.keyboard.press("Control+k")
    await this.page.getByRole("combobox", { name: "Conversation or person" }).fill(user)
    await this.page.getByRole("listbox", { name: "Found" }).getByRole("option").first().click()
    await this.conversation.composer.waitFor()
  }

  /** Goes to an address of the app without loading the page, as a link of its does. */
  go(path: string): Promise<void> {
    return this.page.evaluate((to) => {
      history.pushState(null, "", to)
      dispatchEvent(new PopStateEvent("popstate"))
    }, path)
  }

  /** Goes to an address of the app by loading it. */
  goto(path: string) { return this.page.goto(this.web + path) }

  private watch(): void {
    const { page, troubles } = this
    page.on("console", (line) => { if (line.type() === "error" && !expected.test(line.text())) troubles.push(`console: ${line.text()}`) })
    page.on("pageerror", (error) => troubles.push(`error: ${error.message}`))
    page.on("dialog", (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on("request", (request) => {
      const url = new URL(request.url())
      if (/^(https?|wss?):$/.test(url.protocol) && url.hostname !== "127.0.0.1") troubles.push(`request: ${url.host}`)
    })
    this.context.on("page", (other) => troubles.push(`page: ${other.url()}`))
  }
}

// That the network fails is what some stories are about; the browser says so in its own words.
const expected = /net::ERR_|WebSocket connection to .* failed/
