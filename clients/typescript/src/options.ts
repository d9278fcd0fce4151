import type { Clock } from "./clock.js";
import type { Store } from "./store.js";

/** What the client uses of a WebSocket. The one of browsers, of Node from version 22 on and npm's ws have it. */
export interface Socket {
  readonly protocol: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(frame: string): void;
  close(code?: number): void;
}

// Constructors differ in what they take besides the address, so this is as much as can be said of all of them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type WebSocketConstructor = new (url: string, ...rest: any[]) => any;

/** A line about what happens to the connection. It never holds content, tokens or addresses with a signature. */
export interface LogLine {
  level: "info" | "warn";
  message: string;
  [detail: string]: unknown;
}

/** Who connects where. The url and the token are required. */
export interface Options {
  /** The WebSocket API: wss://, with the stage as its path. */
  url: string;
  /**
   * Returns a bearer token. It is asked before each connect, and once more with "refused" when the server has not taken the
   * one before, or may not have: a browser does not tell. What it throws is tried again later, unless that is a ParleyError
   * that is not temporary: that one closes the client. It has 30 seconds, the handshake included.
   */
  token: (why: "connect" | "refused") => Promise<string>;
  /**
   * Who the token is for. Give it where it is known: then the client can address people before it was ever connected, and
   * a store that another user has left behind is forgotten before anybody sees it.
   */
  user?: string;
  /** Tells the devices of a user apart: 1 to 64 letters, digits, "-" and "_". By default at random, and kept in the store. */
  device?: string;
  /** What survives a restart. By default IndexedDB where there is one, and memory elsewhere. */
  store?: Store;
  /** By default the WebSocket of the platform. Node 20 has none: give it that of npm's ws. */
  socket?: WebSocketConstructor;
  /** For uploads without progress and downloads; by default that of the platform. */
  fetch?: typeof fetch;
  clock?: Clock;
  /** A number from 0 up to but not including 1, for waits. */
  random?: () => number;
  /** By default nothing is logged. */
  log?: (line: LogLine) => void;
}
