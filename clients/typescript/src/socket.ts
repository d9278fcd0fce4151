import { type Clock, Timer } from "./clock.js";
import { type Failure, ParleyError } from "./error.js";
import type { Options, Socket, WebSocketConstructor } from "./options.js";

/** After how long without a frame one is sent: API Gateway cuts a connection after ten minutes. */
const keepAlive = 9 * 60_000;
/** How long the answer to a ping may take. */
const pongTime = 10_000;

const subprotocol = "parley.v1";

/** A frame from the server. */
export interface Frame {
  event?: string;
  ref?: string;
  [member: string]: unknown;
}

/** Line is one WebSocket from the handshake to its end. */
export class Line {
  /** Why it has ended; undefined while it has not. */
  reason: ParleyError | undefined;
  /** Settled when it has ended. */
  readonly ended: Promise<void>;
  readonly #raw: Socket;
  readonly #idle: Timer;
  readonly #pong: Timer;
  #traffic: number;
  #heard: number;
  #asked = 0;
  #end!: () => void;
  #opened!: () => void;
  /** Settled when the handshake is over; then it is open, or has a reason. */
  readonly handshake: Promise<void>;
  #status = "";

  constructor(
    url: string,
    token: string,
    options: Pick<Options, "socket">,
    private readonly clock: Clock,
    frame: (frame: Frame, line: Line) => void,
  ) {
    this.#traffic = this.#heard = clock.now();
    this.ended = new Promise((resolve) => (this.#end = resolve));
    const open = new Promise<void>((resolve) => (this.#opened = resolve));
    this.handshake = Promise.race([open, this.ended]);
    this.#idle = new Timer(clock, () => this.#quiet());
    this.#pong = new Timer(clock, () => {
      if (this.#heard < this.#asked) this.cut(new ParleyError("timeout", "the server does not answer"));
    });
    this.#raw = dial(url, token, options.socket);
    this.#raw.onopen = () => {
      if (this.#raw.protocol !== subprotocol) {
        this.cut(new ParleyError("invalid", `the server does not speak ${subprotocol}`));
        return;
      }
      this.isOpen = true;
      this.#idle.start(keepAlive);
      this.#opened();
    };
    this.#raw.onmessage = (event: { data: unknown }) => {
      this.#traffic = this.#heard = this.clock.now();
      const read = parse(event.data);
      if (read && !this.reason) frame(read, this);
    };
    this.#raw.onerror = (event: { message?: string }) => {
      this.#status = /\b(401|403|429|5\d\d)\b/.exec(event?.message ?? "")?.[1] ?? "";
    };
    this.#raw.onclose = (event: { code?: number }) => this.cut(this.isOpen ? closed(event?.code) : refused(this.#status));
  }

  /** Whether frames can be sent. */
  isOpen = false;

  /** Sends one frame, as JSON that was made before; false means that it is lost with the connection. */
  send(frame: string): boolean {
    if (this.reason || !this.isOpen) return false;
    try {
      this.#raw.send(frame);
    } catch {
      this.cut(new ParleyError("offline", "the frame was not written"));
      return false;
    }
    this.#traffic = this.clock.now();
    return true;
  }

  /** Finds out whether the server still answers, unless it was heard of just now. */
  probe(): void {
    if (this.#pong.due !== undefined || this.clock.now() - this.#heard < 1_000) return;
    this.#asked = this.clock.now();
    if (this.send('{"action":"ping"}')) this.#pong.start(pongTime);
  }

  #quiet(): void {
    const left = this.#traffic + keepAlive - this.clock.now();
    if (left <= 0) this.probe();
    this.#idle.start(left > 0 ? left : keepAlive);
  }

  /** Ends the connection. What comes from it afterwards is dropped. */
  cut(reason: ParleyError): void {
    if (this.reason) return;
    this.reason = reason;
    this.isOpen = false;
    this.#idle.stop();
    this.#pong.stop();
    try {
      this.#raw.close(1000);
    } catch {
      // one that never opened, in an implementation that minds
    }
    this.#end();
  }
}

function parse(data: unknown): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null ? (frame as Frame) : undefined;
  } catch {
    return undefined;
  }
}

/** closed is the reason for which an open connection was lost. */
function closed(code: number | undefined): ParleyError {
  if (code === 1009) return new ParleyError("offline", "a frame was too long for the gateway");
  return new ParleyError("offline", `the connection was lost${code ? ` (${code})` : ""}`);
}

/** What the status of a handshake means, where it is told; every other one is temporary. */
const refusals: { [status: string]: Failure | undefined } = { "401": "unauthenticated", "403": "forbidden", "429": "limited", "": "offline" };

const refused = (status: string) =>
  new ParleyError(refusals[status] ?? "unavailable", status ? `the handshake was answered ${status}` : "no connection");

/**
 * dial begins the handshake. A browser can send a token only as a subprotocol; everything else sends it as a header, because
 * without an Origin the server takes it from nowhere else.
 */
function dial(url: string, token: string, given: WebSocketConstructor | undefined): Socket {
  const Constructor = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (!Constructor) throw new ParleyError("invalid", "there is no WebSocket here: give the option socket");
  const headers = { Authorization: `Bearer ${token}` };
  const native = typeof navigator !== "undefined" && (navigator as { product?: string }).product === "ReactNative";
  const node = typeof process !== "undefined" && !!process.versions?.node && typeof window === "undefined";
  if (native || (node && given)) return new Constructor(url, [subprotocol], { headers });
  if (node) return new Constructor(url, { protocols: [subprotocol], headers });
  return new Constructor(url, [subprotocol, `bearer.${token}`]);
}
