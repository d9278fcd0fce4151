import type { Clock } from "../src/clock.js";

/** Lets everything happen that waits for nothing but its turn. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A clock that is moved by hand. */
export class FakeClock implements Clock {
  private time = Date.parse("2026-11-22T00:00:00.000Z");
  private timers: Array<{ at: number; run: () => void }> = [];

  now(): number {
    return this.time;
  }

  setTimeout(run: () => void, milliseconds: number): unknown {
    const timer = { at: this.time + Math.max(0, milliseconds), run };
    this.timers.push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.timers = this.timers.filter((one) => one !== timer);
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.timers.length;
  }

  /** Moves on, and lets everything happen on the way, in its order. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settle();
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.time = next.at;
      this.timers = this.timers.filter((one) => one !== next);
      next.run();
      await settle();
    }
    this.time = end;
  }
}
