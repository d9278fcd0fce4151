import { type Code, temporary } from "./wire.js";

/**
 * Why something failed: a code of the server, which are a closed set, or one of the client:
 *
 * - offline: it needs a connection and there is none, or there was none in time
 * - timeout: the server did not answer in time; it may have done what was asked
 * - cancelled: the AbortSignal, withdraw or close ended it; it may have been done
 * - closed: the Parley was closed
 * - transfer: a file could not be sent or fetched
 * - token: the token provider failed
 */
export type Failure = Code | "offline" | "timeout" | "cancelled" | "closed" | "transfer" | "token";

/** The page that says what each code means and what to do about it. */
const page = "https://github.com/parley-im/parley/blob/main/events/protocol.md#errors";

const passing = new Set<string>(["offline", "timeout", "transfer", "token"]);

/** The only error that the methods of this package fail with. Go by the code: the message is for developers. */
export class ParleyError extends Error {
  override readonly name = "ParleyError";
  readonly code: Failure;
  /** Whether the same may succeed later, at the earliest after retryAfter. */
  readonly temporary: boolean;
  /** Seconds to wait, if the server says so. */
  readonly retryAfter?: number;
  /** Where the code is explained. */
  readonly doc = page;

  constructor(code: Failure, message?: string, retryAfter?: number) {
    super(message ? `${code}: ${message}` : code);
    this.code = code;
    this.temporary = retryAfter !== undefined || code in temporary || passing.has(code);
    const wait = retryAfter ?? temporary[code];
    if (wait !== undefined) this.retryAfter = wait;
  }
}

/** fail makes a ParleyError of whatever was thrown. */
export function fail(thrown: unknown, code: Failure): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  return new ParleyError(code, thrown instanceof Error ? thrown.message : String(thrown));
}
