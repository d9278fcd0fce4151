/**
 * A value that changes and can be watched. What get returns is never changed afterwards, and is the same object until
 * something is different: so it fits useSyncExternalStore, and a few lines make it a store of Svelte or a ref of Vue.
 */
export interface Readable<T> {
  /** The value now. */
  get(): T;
  /** Calls changed after each change, until the function that it returns is called. It may be called twice. */
  subscribe(changed: () => void): () => void;
}

/**
 * Cell is a Readable that is set, or that is worked out by make when somebody looks after it was made stale. Who watches is
 * told once for all that happens in one turn of the event loop.
 */
export class Cell<T> implements Readable<T> {
  readonly #watchers = new Set<() => void>();
  #value: T | undefined;
  #fresh = false;
  #telling = false;

  /** kept is told when the first begins to watch, and what it returns, if anything, is called when the last has stopped. */
  constructor(
    private readonly make: () => T,
    private readonly kept?: () => (() => void) | undefined,
  ) {}

  #release?: (() => void) | undefined;

  get(): T {
    if (!this.#fresh) {
      this.#value = this.make();
      this.#fresh = true;
    }
    return this.#value as T;
  }

  /** Whether anybody watches. */
  get watched(): boolean {
    return this.#watchers.size > 0;
  }

  /** stale says that the value has to be worked out again. */
  stale(): void {
    this.#fresh = false;
    this.#tell();
  }

  set(value: T): void {
    if (this.#fresh && this.#value === value) return;
    this.#value = value;
    this.#fresh = true;
    this.#tell();
  }

  #tell(): void {
    if (this.#telling || this.#watchers.size === 0) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      for (const watcher of [...this.#watchers]) watcher();
    });
  }

  subscribe(changed: () => void): () => void {
    const watcher = () => changed();
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#release = this.kept?.();
    return () => {
      if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return;
      this.#release?.();
      this.#release = undefined;
    };
  }
}

/** cell makes a Cell that begins with a value. */
export function cell<T>(value: T, kept?: () => (() => void) | undefined): Cell<T> {
  return new Cell(() => value, kept);
}
