/**
 * Where a client keeps what is to survive a restart: its name, the outbox, the list of conversations and their newest
 * messages. It is a table of rows that have a key and a value; values are what JSON can hold. One store belongs to one user
 * of one server.
 *
 * The client calls write one at a time and expects what it wrote in the next load, all of it or none. An error is logged and
 * the client goes on from memory. See MemoryStore for the shortest one.
 */
export interface Store {
  /** All rows, in the order of their keys. */
  load(): Promise<Array<[key: string, value: unknown]>>;
  /** Sets and deletes rows, all in one. Writing is done when the promise is. */
  write(puts: Array<[key: string, value: unknown]>, deletes: string[]): Promise<void>;
  /** Forgets everything. */
  clear(): Promise<void>;
  /** Gives back what it holds open; it is not used afterwards. */
  close?(): Promise<void>;
  /** A name that is the same for all stores with these rows, in other tabs of a browser as well; absent: nobody else has them. */
  readonly name?: string;
}

/** A store that lasts as long as the object. It takes copies, so that it behaves like one that writes to a disk. */
export class MemoryStore implements Store {
  readonly #rows = new Map<string, string>();

  async load(): Promise<Array<[string, unknown]>> {
    const keys = [...this.#rows.keys()].sort();
    return keys.map((key) => [key, JSON.parse(this.#rows.get(key) as string)]);
  }

  async write(puts: Array<[string, unknown]>, deletes: string[]): Promise<void> {
    for (const [key, value] of puts) this.#rows.set(key, JSON.stringify(value));
    for (const key of deletes) this.#rows.delete(key);
  }

  async clear(): Promise<void> {
    this.#rows.clear();
  }
}
