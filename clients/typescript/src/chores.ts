import type { Core } from "./core.js";
import { fail } from "./error.js";
import type { Talk } from "./talk.js";
import { type ExplainResult, MaxRoots, type ThreadsResult } from "./wire.js";

/** Chores are small questions that nobody waits for: they are asked one after the other, and only once all is caught up. */
export class Chores {
  readonly #open = new Map<string, () => Promise<unknown>>();
  #working = false;

  constructor(private readonly core: Core) {}

  /** The list does not tell what was said last: the newest page does. */
  peek(talk: Talk): void {
    this.#add(`peek ${talk.id}`, () => talk.history.older(20));
  }

  /** What is unread cannot be derived from what is here. */
  explain(talk: Talk): void {
    this.#add(`explain ${talk.id}`, async () => {
      talk.account.explained(await this.core.ask<ExplainResult>("explain", { conversation: talk.id }));
      talk.outline();
    });
  }

  /** Timers of messages may have started while nobody listened. */
  timers(talk: Talk): void {
    this.#add(`timers ${talk.id}`, () => talk.history.timers());
  }

  /** What became of the threads about some messages. */
  threads(talk: Talk, all: number[]): void {
    for (let i = 0; i < all.length; i += MaxRoots) {
      const roots = all.slice(i, i + MaxRoots);
      this.#add(`threads ${talk.id} ${roots[0]}`, async () => {
        const { threads } = await this.core.ask<ThreadsResult>("threads", { conversation: talk.id, roots });
        talk.threadsKnown(threads.map(({ head, at, following, ...rest }) => ({ ...rest, count: head, last: Date.parse(at), following: !!following })));
      });
    }
  }

  #add(name: string, run: () => Promise<unknown>): void {
    if (this.#open.has(name)) return;
    this.#open.set(name, run);
    void this.work();
  }

  /** Asks what is open. */
  async work(): Promise<void> {
    if (this.#working || this.core.idle || !this.core.link.state.get().caughtUp) return;
    this.#working = true;
    for (const [name, run] of this.#open) {
      try {
        await run();
      } catch (thrown) {
        this.core.log("info", "not learned", { what: name.split(" ")[0], code: fail(thrown, "internal").code });
      }
      this.#open.delete(name);
    }
    this.#working = false;
  }
}
