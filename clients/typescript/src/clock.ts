/** Where the client has the time from. Tests give one that they move by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The clock of the machine. */
export const system: Clock = {
  now: () => Date.now(),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/** Above this many milliseconds setTimeout takes a delay for none: it counts in 32 bits. */
const longest = 0x7fffffff;

/** Timer is one thing that happens later; starting it again moves it. */
export class Timer {
  #handle: unknown;
  /** When it is due; undefined while it is not started. */
  due: number | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly run: () => void,
  ) {}

  start(milliseconds: number): void {
    this.stop();
    this.due = this.clock.now() + milliseconds;
    this.#handle = this.clock.setTimeout(
      () => {
        const left = milliseconds - longest;
        if (left > 0) return this.start(left);
        this.due = undefined;
        this.run();
      },
      Math.min(milliseconds, longest),
    );
  }

  stop(): void {
    if (this.due !== undefined) this.clock.clearTimeout(this.#handle);
    this.due = undefined;
  }
}

/** Waits for a time or for the end of a signal, whichever is first, and leaves nothing behind. early ends it, too. */
export function wait(clock: Clock, milliseconds: number, signal?: AbortSignal, early?: (end: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      timer.stop();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = new Timer(clock, end);
    timer.start(milliseconds);
    signal?.addEventListener("abort", end);
    early?.(end);
    if (signal?.aborted) end();
  });
}
