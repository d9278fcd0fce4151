/** Milliseconds below which the first wait is, and below which every wait is. */
const base = 500;
const cap = 30_000;

/** Backoff is exponential with full jitter, so that clients that failed together do not come back together. */
export class Backoff {
  #attempts = 0;

  constructor(private readonly random: () => number) {}

  /** How many milliseconds to wait: at least so many seconds, plus a random part below twice what it was below before. */
  next(seconds = 0): number {
    const bound = Math.min(cap, base * 2 ** Math.min(this.#attempts++, 10));
    return seconds * 1000 + this.random() * bound;
  }

  reset(): void {
    this.#attempts = 0;
  }
}
