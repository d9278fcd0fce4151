import { Timer } from "./clock.js";
import type { Core } from "./core.js";
import { Cell } from "./readable.js";
import type { Presence } from "./summary.js";
import { MaxWatch, type WatchResult } from "./wire.js";

/** How long it is waited for others who are to be watched, or not any more, so that one request names all. */
const batchTime = 50;

type Told = WatchResult["presences"][number];

/** Watch is whom the user watches, while anybody subscribes, and what is known of them. */
export class Watch {
  readonly #cells = new Map<string, Cell<Presence>>();
  readonly #told = new Map<string, Told>();
  /** Whom the server is to tell of, and whom it does. */
  readonly #wanted = new Set<string>();
  readonly #watched = new Set<string>();
  readonly #batch: Timer;
  readonly #free: Timer;
  #busy = false;

  constructor(private readonly core: Core) {
    this.#batch = new Timer(core.clock, () => void this.#agree());
    this.#free = new Timer(core.clock, () => this.#ended());
  }

  of(user: string): Cell<Presence> {
    let known = this.#cells.get(user);
    if (!known) {
      known = new Cell(
        () => this.#describe(user),
        () => {
          this.#wanted.add(user);
          this.#soon();
          return () => {
            this.#wanted.delete(user);
            this.#soon();
          };
        },
      );
      this.#cells.set(user, known);
    }
    return known;
  }

  #describe(user: string): Presence {
    const told = this.#told.get(user);
    if (!told) return { user, status: "unknown" };
    const over = told.until && Date.parse(told.until) <= this.core.serverNow(); // nobody is told then
    const status = over ? "online" : told.status;
    return { user, status, ...(told.seen && { seen: Date.parse(told.seen) }) };
  }

  #soon(): void {
    if (this.#batch.due === undefined) this.#batch.start(batchTime);
  }

  /** Has the server tell of those who are wanted and of nobody else. */
  async #agree(): Promise<void> {
    if (this.#busy || this.core.idle) return;
    this.#busy = true;
    try {
      for (;;) {
        const more = [...this.#wanted].filter((user) => !this.#watched.has(user)).slice(0, MaxWatch);
        const less = [...this.#watched].filter((user) => !this.#wanted.has(user)).slice(0, MaxWatch);
        if (more.length === 0 && less.length === 0) return;
        if (more.length > 0) {
          for (const user of more) this.#watched.add(user);
          const { presences } = await this.core.ask<WatchResult>("watch", { users: more });
          for (const line of presences) this.learn(line);
        }
        if (less.length > 0) {
          for (const user of less) {
            this.#watched.delete(user);
            this.#forget(user);
          }
          await this.core.ask("unwatch", { users: less });
        }
      }
    } catch {
      // the next connection begins anew
    } finally {
      this.#busy = false;
    }
  }

  /** A new connection watches nobody. What was known before stays until it is told anew. */
  opened(): void {
    this.#watched.clear();
    this.#soon();
  }

  /** Without a connection, how present somebody is is not known any more. */
  lost(): void {
    for (const user of [...this.#told.keys()]) this.#forget(user);
  }

  #forget(user: string): void {
    this.#told.delete(user);
    this.#cells.get(user)?.stale();
  }

  /** Takes what the server tells, in any order. */
  learn(line: Told): void {
    const known = this.#told.get(line.user);
    if (!this.#wanted.has(line.user) || (known && line.at < known.at)) return;
    this.#told.set(line.user, line);
    this.#cells.get(line.user)?.stale();
    this.#ended();
  }

  /** Busy turns into online by itself. */
  #ended(): void {
    const now = this.core.serverNow();
    let next = Infinity;
    for (const { user, until } of this.#told.values()) {
      const at = until ? Date.parse(until) : Infinity;
      if (at <= now) this.#cells.get(user)?.stale();
      else next = Math.min(next, at);
    }
    if (next < Infinity) this.#free.start(next - now);
  }

  stop(): void {
    this.#batch.stop();
    this.#free.stop();
  }
}
