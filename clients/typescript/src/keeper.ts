import { type Clock, Timer } from "./clock.js";
import type { Store } from "./store.js";

/** How long a change may wait before it is written, so that many are written as one. */
const delay = 300;

/** Keeper writes rows to the store: the newest value of each, soon, and one write at a time. */
export class Keeper {
  readonly #dirty = new Map<string, () => unknown>();
  #writing: Promise<void> = Promise.resolve();
  readonly #timer: Timer;
  #stopped = false;

  constructor(
    readonly store: Store,
    clock: Clock,
    private readonly log: (message: string) => void,
  ) {
    this.#timer = new Timer(clock, () => void this.flush());
  }

  /** Has a row written soon. value is asked when that is done; undefined deletes the row. */
  keep(key: string, value: () => unknown): void {
    if (this.#stopped) return;
    this.#dirty.set(key, value);
    if (this.#timer.due === undefined) this.#timer.start(delay);
  }

  /** Has a row written at once. */
  now(key: string, value: unknown): void {
    this.keep(key, () => value);
    void this.flush();
  }

  /** Writes what is to be written, and waits for it. */
  flush(): Promise<void> {
    this.#timer.stop();
    const rows = [...this.#dirty];
    this.#dirty.clear();
    if (rows.length > 0) this.#writing = this.#writing.then(() => this.#write(rows));
    return this.#writing;
  }

  async #write(rows: Array<[string, () => unknown]>): Promise<void> {
    const puts: Array<[string, unknown]> = [];
    const deletes: string[] = [];
    for (const [key, value] of rows) {
      const now = value();
      if (now === undefined) deletes.push(key);
      else puts.push([key, now]);
    }
    try {
      await this.store.write(puts, deletes);
    } catch (thrown) {
      this.log(`not stored: ${thrown instanceof Error ? thrown.name : "error"}`);
    }
  }

  /** Forgets all rows, and those that were to be written. */
  async clear(): Promise<void> {
    this.#timer.stop();
    this.#dirty.clear();
    this.#writing = this.#writing.then(() => this.store.clear());
    await this.#writing.catch(() => this.log("the store was not cleared"));
  }

  async close(): Promise<void> {
    await this.flush();
    this.#stopped = true;
  }
}
