import { Backoff } from "./backoff.js";
import { type Clock, Timer, wait } from "./clock.js";
import { ParleyError, fail } from "./error.js";
import type { LogLine, Options } from "./options.js";
import { type Cell, cell } from "./readable.js";
import { type Frame, Line } from "./socket.js";
import type { Connection } from "./summary.js";

/** A connection is replaced at a random age between these, before API Gateway cuts it after two hours. */
const rotateFrom = 90 * 60_000;
const rotateUntil = 115 * 60_000;
/** How long the old connection is kept then: what was on its way to it still arrives there. */
const drainTime = 20_000;
/** The age from which a connection counts as good, so that the wait after its loss is short again. */
const steady = 30_000;
/** How long one handshake may take, the token included. */
const dialTime = 30_000;
/** After how long without a connection it is suspended. */
const suspendTime = 2 * 60_000;

/** What connecting again does not help against. */
const final = new Set(["replaced", "forbidden", "unauthenticated", "invalid"]);

/** What Link needs to know. */
export interface Wiring {
  options: Options;
  clock: Clock;
  random: () => number;
  log: (level: LogLine["level"], message: string, details?: Record<string, unknown>) => void;
  /** The address with the name of the device. */
  address: () => Promise<string>;
  frame: (frame: Frame, line: Line) => void;
  /** A connection is open; it is in use from now on. */
  opened: (line: Line) => void;
  /** It is over for good, or until connect. */
  closed: (reason: ParleyError | undefined) => void;
}

/** Link keeps a connection. */
export class Link {
  readonly state: Cell<Connection> = cell<Connection>({ state: "idle", caughtUp: false });
  /** The connection in use; undefined while there is none. */
  line: Line | undefined;
  #life: AbortController | undefined;
  readonly #draining = new Set<Line>();
  #waiting = new Set<() => void>();
  #woken: (() => void) | undefined;
  #suspended = false;
  readonly #suspend: Timer;

  constructor(private readonly wiring: Wiring) {
    this.#suspend = new Timer(wiring.clock, () => {
      this.#suspended = true;
      const { state, ...rest } = this.state.get();
      if (state === "disconnected" || state === "connecting") this.state.set({ ...rest, state: "suspended" });
    });
  }

  /** Whether it is kept. */
  get running(): boolean {
    return this.#life !== undefined;
  }

  connect(): void {
    if (this.#life) return;
    this.#life = new AbortController();
    void this.#keep(this.#life.signal);
  }

  /** Ends it: by a person, or for a reason. */
  close(reason?: ParleyError): void {
    this.#life?.abort();
    this.#life = undefined;
    this.#suspend.stop();
    this.#suspended = false;
    for (const line of [this.line, ...this.#draining]) line?.cut(new ParleyError("closed"));
    this.line = undefined;
    this.state.set({ state: "closed", caughtUp: false, reason: reason || undefined });
    this.wiring.closed(reason);
    this.#release();
  }

  /** The network may have changed: tries at once, or finds out whether the connection works. */
  wake(): void {
    this.line?.probe();
    this.#woken?.();
  }

  /** Waits for a connection. It fails with "closed", or with the reason of the signal. */
  async open(signal?: AbortSignal): Promise<Line> {
    for (;;) {
      if (signal?.aborted) throw fail(signal.reason, "cancelled");
      const { state, reason } = this.state.get();
      if (state === "closed") throw reason ?? new ParleyError("closed");
      if (this.line && !this.line.reason) return this.line;
      await new Promise<void>((resolve) => {
        const end = () => {
          this.#waiting.delete(end);
          signal?.removeEventListener("abort", end);
          resolve();
        };
        this.#waiting.add(end);
        signal?.addEventListener("abort", end);
      });
    }
  }

  #release(): void {
    for (const end of [...this.#waiting]) end();
  }

  #show(next: Connection): void {
    const hidden = this.#suspended && (next.state === "disconnected" || next.state === "connecting");
    this.state.set(hidden ? { ...next, state: "suspended" } : next);
  }

  /** Connects again and again. */
  async #keep(life: AbortSignal): Promise<void> {
    const { clock, random, log } = this.wiring;
    const backoff = new Backoff(random);
    let why: "connect" | "refused" = "connect";
    this.#suspend.start(suspendTime);
    while (!life.aborted) {
      this.#show({ state: "connecting", caughtUp: false });
      let reason: ParleyError;
      try {
        const line = await this.#dial(life, why);
        if (life.aborted) return;
        why = "connect";
        const opened = clock.now();
        this.#adopt(line);
        reason = await this.#serve(line, life);
        if (clock.now() - opened > steady) backoff.reset();
        if (!life.aborted) this.#suspend.start(suspendTime);
      } catch (thrown) {
        reason = fail(thrown, "offline");
        // Where the status of the handshake is not told, it may have been the token: the next attempt has another one.
        why = why === "connect" && reason.code === "offline" ? "refused" : "connect";
      }
      if (life.aborted) return;
      if (final.has(reason.code)) {
        log("warn", "connection closed", { code: reason.code });
        this.close(reason);
        return;
      }
      const delay = backoff.next(reason.retryAfter);
      log("info", "disconnected", { code: reason.code, retryIn: Math.round(delay) });
      this.#show({ state: "disconnected", caughtUp: false, reason, retryAt: clock.now() + delay });
      await wait(clock, delay, life, (end) => (this.#woken = end));
      this.#woken = undefined;
    }
  }

  /** Opens a connection with a fresh token, and if the server does not take that, with another one. */
  async #dial(life: AbortSignal, why: "connect" | "refused"): Promise<Line> {
    try {
      return await this.#handshake(life, why);
    } catch (thrown) {
      if (!(thrown instanceof ParleyError) || thrown.code !== "unauthenticated" || life.aborted) throw thrown;
      this.wiring.log("info", "token refused");
      return await this.#handshake(life, "refused");
    }
  }

  async #handshake(life: AbortSignal, why: "connect" | "refused"): Promise<Line> {
    const { options, clock, frame } = this.wiring;
    let line: Line | undefined;
    let late!: (reason: ParleyError) => void;
    const over = new Promise<never>((_, reject) => (late = reject));
    over.catch(() => undefined);
    const timer = new Timer(clock, () => late(new ParleyError("timeout", "the handshake takes too long")));
    timer.start(dialTime);
    const stop = () => late(new ParleyError("closed"));
    life.addEventListener("abort", stop);
    try {
      const address = await Promise.race([this.wiring.address(), over]);
      const token = await Promise.race([askToken(options, why), over]);
      line = new Line(address, token, options, clock, frame);
      await Promise.race([line.handshake, over]);
      if (line.reason) throw line.reason;
      return line;
    } catch (thrown) {
      const reason = fail(thrown, "offline");
      line?.cut(reason);
      throw reason;
    } finally {
      timer.stop();
      life.removeEventListener("abort", stop);
    }
  }

  /** Waits until the connection is lost and says why. Meanwhile it replaces it when it gets old. */
  async #serve(line: Line, life: AbortSignal): Promise<ParleyError> {
    const backoff = new Backoff(this.wiring.random);
    let due = this.#rotation();
    for (;;) {
      await wait(this.wiring.clock, due, life, (end) => void line.ended.then(end));
      if (life.aborted) return new ParleyError("closed");
      if (line.reason) return this.#lost(line);
      let next: Line;
      try {
        next = await this.#dial(life, "connect");
      } catch (thrown) {
        due = backoff.next(fail(thrown, "offline").retryAfter);
        this.wiring.log("info", "renewal failed");
        continue;
      }
      if (life.aborted) {
        next.cut(new ParleyError("closed"));
        return new ParleyError("closed");
      }
      const old = line;
      this.#adopt(next);
      this.#drain(old);
      line = next;
      backoff.reset();
      due = this.#rotation();
    }
  }

  /** Closes a connection that was replaced, once nothing can come from it any more. */
  #drain(old: Line): void {
    this.#draining.add(old);
    const timer = new Timer(this.wiring.clock, () => old.cut(new ParleyError("closed")));
    timer.start(drainTime);
    void old.ended.then(() => {
      timer.stop();
      this.#draining.delete(old);
    });
  }

  #lost(line: Line): ParleyError {
    if (this.line === line) this.line = undefined;
    return line.reason as ParleyError;
  }

  #rotation(): number {
    return rotateFrom + this.wiring.random() * (rotateUntil - rotateFrom);
  }

  #adopt(line: Line): void {
    this.line = line;
    this.#suspend.stop();
    this.#suspended = false;
    this.#show({ state: "connected", caughtUp: false });
    this.wiring.opened(line);
    this.#release();
  }
}

async function askToken(options: Options, why: "connect" | "refused"): Promise<string> {
  try {
    return await options.token(why);
  } catch (thrown) {
    throw thrown instanceof ParleyError ? thrown : fail(thrown, "token");
  }
}
