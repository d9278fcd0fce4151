import type { Locator, Page } from "playwright-core"

/** An open conversation. */
export class ConversationPage {
  readonly feed: Locator
  readonly composer: Locator
  constructor(private readonly page: Page) {
    this.feed = page.getByRole("feed", { name: /^Messages with/ })
    this.composer = page.getByRole("textbox", { name: "Message", exact: true }).first()
  }

  get messages(): Locator { return this.feed.getByRole("article") }

  /** The message that says exactly this. */
  message(text: string): Locator { return this.messages.filter({ has: this.page.locator(".bubble-text").getByText(text, { exact: true }) }) }

  /** How far an own message is: Waiting to be sent, Sent, Delivered, Read, Not sent. */
  tick(text: string, state: string): Locator { return this.message(text).getByRole("img", { name: state, exact: true }) }

  async send(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press("Enter")
  }

  /** Texts of the messages that are drawn, from above. */
  texts(): Promise<string[]> { return this.feed.locator(".bubble-text").evaluateAll(words) }

  /** Opens the menu of a message. */
  async menu(text: string): Promise<Locator> {
    await this.message(text).hover()
    await this.message(text).getByRole("button", { name: "More actions" }).click()
    return this.page.getByRole("menu", { name: "Message actions" })
  }

  async choose(text: string, action: string): Promise<void> {
    await (await this.menu(text)).getByRole("menuitem", { name: action, exact: true }).click()
  }

  /** Puts an emoji on a message, by its name. */
  async react(text: string, search: string): Promise<void> {
    await this.message(text).hover()
    await this.message(text).getByRole("button", { name: "React" }).click()
    const picker = this.page.getByRole("dialog", { name: "Emoji" })
    await picker.getByRole("searchbox").fill(search)
    await picker.getByRole("button").first().click()
  }

  /** What is on a message: mark and number. */
  reaction(text: string, mark: string): Locator { return this.message(text).getByRole("list", { name: "Reactions" }).getByRole("button", { name: new RegExp(`^${mark}`) }) }
}

/** What messages say, without the time that floats behind the last word. */
function words(texts: Element[]): string[] {
  return texts.map((text) => {
    const copy = text.cloneNode(true) as Element
    copy.querySelector(".bubble-meta")?.remove()
    return copy.textContent
  })
}
