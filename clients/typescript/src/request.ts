import { Backoff } from "./backoff.js";
import { type Clock, Timer, wait } from "./clock.js";
import type { Link } from "./connection.js";
import { ParleyError } from "./error.js";
import type { Frame, Line } from "./socket.js";
import { MaxFrame } from "./wire.js";

/** How long an answer may take before the request is repeated. */
const answerTime = 10_000;
/** What is left of that once the gateway has reported a failure without saying of which request. */
const doubtTime = 2_000;
/** How often in a row an internal error and a refused token are met before they are reported. */
const internalTries = 5;
const tokenTries = 2;

interface Call {
  line: Line;
  resolve: (answer: unknown) => void;
  timer: Timer;
}

/** What a request is repeated with until it has an answer. */
export interface Ask {
  signal?: AbortSignal | undefined;
  /** Whether it is sent again when no answer came; by default it is. */
  once?: boolean;
}

/** Calls are the requests that wait for an answer. */
export class Calls {
  #last = 0;
  readonly #waiting = new Map<string, Call>();

  constructor(
    private readonly link: Link,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly slowed: (until: number) => void,
  ) {}

  /**
   * Sends a request until it has an answer, over as many connections as it takes, and waits in between as long as the server
   * asks. All requests of Parley may be repeated. build makes the members of each attempt.
   */
  async request(action: string, build: () => object, { signal, once }: Ask = {}): Promise<unknown> {
    const backoff = new Backoff(this.random);
    const ref = this.#ref();
    let last = "";
    let same = 0;
    for (;;) {
      const line = await this.link.open(signal);
      const frame = encode(action, ref, build());
      const answer = await this.#roundTrip(line, ref, frame, signal);
      if (answer instanceof ParleyError) {
        same = answer.code === last ? same + 1 : 1;
        last = answer.code;
        if (answer.code === "unauthenticated" && same < tokenTries) {
          line.cut(new ParleyError("token", "the token has expired"));
          continue;
        }
        if (!answer.temporary || once || (answer.code === "internal" && same >= internalTries)) throw answer;
        const delay = backoff.next(answer.retryAfter);
        if (answer.code === "limited") this.slowed(this.clock.now() + delay);
        await wait(this.clock, delay, signal);
      } else if (answer !== lost) {
        return answer;
      } else if (once) {
        throw new ParleyError("timeout", "no answer came");
      } else {
        last = "";
      }
    }
  }

  /** Sends what is answered only when it fails. false: there is no connection, and it is lost. */
  tell(action: string, body: object, line = this.link.line): boolean {
    return line?.send(encode(action, this.#ref(), body)) ?? false;
  }

  /** Whether there is, or will be, a connection to send on. */
  get open(): boolean {
    return this.link.running || this.link.state.get().state === "idle";
  }

  /** Takes a reply. */
  reply(frame: Frame): void {
    this.#settle(String(frame.ref), frame.result);
  }

  /** Takes an error that names a request. */
  refused(ref: string, error: ParleyError): void {
    this.#settle(ref, error);
  }

  /**
   * A failure on a line names no request. If only one is open it was that one; otherwise those that have no answer soon are
   * taken to have failed.
   */
  doubt(line: Line, error: ParleyError): void {
    const open = [...this.#waiting].filter(([, call]) => call.line === line);
    const [only] = open;
    if (only && open.length === 1) {
      this.#settle(only[0], error);
      return;
    }
    for (const [, { timer }] of open) {
      if ((timer.due ?? 0) > this.clock.now() + doubtTime) timer.start(doubtTime);
    }
  }

  #ref(): string {
    return (++this.#last).toString(36);
  }

  #settle(ref: string, answer: unknown): void {
    this.#waiting.get(ref)?.resolve(answer);
  }

  /** Sends a frame once and waits for its answer: a result, a ParleyError, or lost. */
  async #roundTrip(line: Line, ref: string, frame: string, signal?: AbortSignal): Promise<unknown> {
    const cancel = () => this.#settle(ref, lost);
    const answer = new Promise<unknown>((resolve) => {
      const timer = new Timer(this.clock, () => {
        line.probe();
        resolve(lost);
      });
      timer.start(answerTime);
      this.#waiting.set(ref, { line, resolve, timer });
      void line.ended.then(() => resolve(lost));
      signal?.addEventListener("abort", cancel); // open finds out
      if (signal?.aborted || !line.send(frame)) resolve(lost);
    });
    try {
      return await answer;
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#waiting.get(ref)?.timer.stop();
      this.#waiting.delete(ref);
    }
  }
}

const lost = Symbol("no answer");

/** encode writes a frame. A frame that is too long would cost the connection. */
function encode(action: string, ref: string, body: object): string {
  const frame = JSON.stringify({ action, ref, ...body });
  if (size(frame) > MaxFrame) throw new ParleyError("too_large", `a frame has at most ${MaxFrame} bytes`);
  return frame;
}

/** size is the length of a text in bytes of UTF-8. */
function size(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
