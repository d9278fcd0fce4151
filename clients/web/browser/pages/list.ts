import type { Locator, Page } from "playwright-core"

/** The list of conversations. */
export class ListPage {
  readonly nav: Locator
  constructor(private readonly page: Page) { this.nav = page.getByRole("navigation", { name: "Conversations" }) }

  /** Waits until the list has come from the server: it has a line, or says that it has none. */
  async ready(): Promise<void> {
    await this.nav.getByRole("link", { name: "Profile and settings" }).waitFor()
    await this.rows.first().or(this.nav.getByText("No conversations yet.")).waitFor()
  }

  get rows(): Locator { return this.nav.locator("a.row") }

  /** The line of a conversation, by its title. */
  row(title: string): Locator { return this.rows.filter({ has: this.page.getByText(title, { exact: true }) }) }

  open(title: string): Promise<void> { return this.row(title).click() }
}
