import type { Options } from "./options.js";
import { MemoryStore, type Store } from "./store.js";

const table = "rows";

/** A store in the browser's IndexedDB: one database with one table. Tabs of one origin share it. */
export class IndexedDBStore implements Store {
  #opened: Promise<IDBDatabase> | undefined;

  /** The name is that of the database. */
  constructor(readonly name: string) {}

  #open(): Promise<IDBDatabase> {
    this.#opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(table);
      request.onsuccess = () => {
        const database = request.result;
        database.onversionchange = () => void this.close(); // somebody deletes it
        resolve(database);
      };
      request.onerror = () => reject(request.error);
    });
    return this.#opened;
  }

  async #transact<T>(mode: IDBTransactionMode, work: (rows: IDBObjectStore) => T): Promise<T> {
    const database = await this.#open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(table, mode);
      const result = work(transaction.objectStore(table));
      transaction.oncomplete = () => resolve(result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  async load(): Promise<Array<[string, unknown]>> {
    const [keys, values] = await this.#transact("readonly", (rows) => [rows.getAllKeys(), rows.getAll()] as const);
    return keys.result.map((key, i) => [String(key), values.result[i]]);
  }

  async write(puts: Array<[string, unknown]>, deletes: string[]): Promise<void> {
    await this.#transact("readwrite", (rows) => {
      for (const [key, value] of puts) rows.put(value, key);
      for (const key of deletes) rows.delete(key);
    });
  }

  async clear(): Promise<void> {
    await this.#transact("readwrite", (rows) => rows.clear());
  }

  async close(): Promise<void> {
    if (this.#opened) (await this.#opened).close();
    this.#opened = undefined;
  }
}

/** home is where a client keeps its rows if nobody says. */
export function home({ url, user }: Options): Store {
  return typeof indexedDB === "undefined" ? new MemoryStore() : new IndexedDBStore(`parley ${url} ${user ?? ""}`);
}
