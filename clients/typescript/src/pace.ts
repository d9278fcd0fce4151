import { MaxReceipts, TypingTime } from "./wire.js";

// When a client tells what others want to know but nobody has to: how far the user is, and that the user is typing. Every
// frame saved is a frame nobody pays for, so what can wait waits for something to travel with. The times are those of
// pkg/client/pace, which a test of the server's costs holds to.

/** The least time between two frames of receipts: what is due by then rides in one. */
const every = 1_000;
/** How long a message has been read before a frame of its own says so: most are answered by then. */
const readDelay = 3_000;
/** How long a message has been there, unread, before a frame says so; in groups, where nobody hears of it live, longer. */
const deliveredDelay = 2_000;
const groupDelay = 10_000;
/** How long a receipt waits at most while the other one goes on typing, or an answer is on its way. */
const patience = 15_000;
/** How often others are told that the user is still typing. */
const typingEvery = 9_000;

/** One conversation. What is told is at most what is so. */
interface Row {
  read: number;
  toldRead: number;
  delivered: number;
  toldDelivered: number;
  /** When the oldest of what is not told was so, and when the newest was read. */
  readSince: number;
  deliveredSince: number;
  readLast: number;
  /** The newest message of the user's own. */
  said: number;
  /** Until when something may come that makes a receipt needless, or one do for two. */
  waits: number;
}

/** How far a device is, as a frame says it. */
export interface Reached {
  conversation: string;
  read?: number;
  delivered?: number;
}

/** Receipts is how far a device is in its conversations, and what of that the server knows. It keeps no clock. */
export class Receipts {
  readonly #rows = new Map<string, Row>();
  #last = -Infinity;

  #row(id: string): Row {
    let r = this.#rows.get(id);
    if (!r) {
      r = { read: 0, toldRead: 0, delivered: 0, toldDelivered: 0, readSince: 0, deliveredSince: 0, readLast: 0, said: 0, waits: 0 };
      this.#rows.set(id, r);
    }
    return r;
  }

  /** The device has everything up to a message. */
  delivered(id: string, seq: number, now: number): void {
    const r = this.#row(id);
    if (!tellsDelivered(r)) r.deliveredSince = now;
    r.delivered = Math.max(r.delivered, seq);
  }

  /** The user was shown everything up to a message. */
  read(id: string, seq: number, now: number): void {
    const r = this.#row(id);
    if (!tellsRead(r)) r.readSince = now;
    if (seq > r.read) {
      r.read = seq;
      r.readLast = now;
    }
    r.delivered = Math.max(r.delivered, seq);
  }

  /** More is to come soon: the other one types, or the user's answer is on its way. */
  expect(id: string, now: number): void {
    this.#row(id).waits = now + patience;
  }

  /** What was expected has come, or will not. */
  came(id: string): void {
    this.#row(id).waits = 0;
  }

  /** A message of the user's own: everybody knows from it that what stands before was read. */
  said(id: string, seq: number): void {
    const r = this.#row(id);
    r.said = Math.max(r.said, seq);
    r.toldRead = Math.max(r.toldRead, seq);
    r.toldDelivered = Math.max(r.toldDelivered, seq);
  }

  /** What the server knows of the user. */
  known(id: string, read: number): void {
    const r = this.#row(id);
    r.toldRead = Math.max(r.toldRead, read);
    r.toldDelivered = Math.max(r.toldDelivered, read);
  }

  /** Takes for untold what the server does not know by its list: told frames may have been lost with a connection. */
  again(id: string, known: number, now: number): void {
    const r = this.#row(id);
    const read = Math.max(known, r.said);
    if (r.read <= read || r.toldRead <= read) return;
    r.toldRead = read;
    r.toldDelivered = Math.min(read, r.toldDelivered);
    r.readSince = r.readLast = now;
  }

  forget(id: string): void {
    this.#rows.delete(id);
  }

  /** The read cursor that something else which goes out now can carry, 0 for none; it is taken for told. */
  carry(id: string): number {
    const r = this.#row(id);
    if (!tellsRead(r)) return 0;
    r.toldRead = r.read;
    r.toldDelivered = Math.max(r.toldDelivered, r.read);
    return r.read;
  }

  /** What is to be said now, all in one frame, and taken for told; with nothing, when to ask again, if ever. */
  due(now: number): { cursors: Reached[]; next?: number } {
    const at = this.#next();
    if (at === undefined) return { cursors: [] };
    const next = Math.max(at, this.#last + every);
    if (now < next) return { cursors: [], next };
    this.#last = now;
    return { cursors: this.#take((id, r) => (due(id, r) ?? Infinity) <= now) };
  }

  /** Everything that was to be said later, at the end. */
  flush(): Reached[] {
    return this.#take(() => true);
  }

  #take(chosen: (id: string, r: Row) => boolean): Reached[] {
    const cursors: Reached[] = [];
    for (const [conversation, r] of this.#rows) {
      if (cursors.length === MaxReceipts) break;
      if (!(tellsRead(r) || tellsDelivered(r)) || !chosen(conversation, r)) continue;
      const cursor: Reached = { conversation };
      if (tellsRead(r)) {
        cursor.read = r.toldRead = r.read;
        r.toldDelivered = Math.max(r.toldDelivered, r.read);
      }
      if (tellsDelivered(r)) cursor.delivered = r.toldDelivered = r.delivered;
      cursors.push(cursor);
    }
    return cursors.sort((a, b) => (a.conversation < b.conversation ? -1 : 1));
  }

  #next(): number | undefined {
    let next: number | undefined;
    for (const [id, r] of this.#rows) {
      const at = due(id, r);
      if (at !== undefined && (next === undefined || at < next)) next = at;
    }
    return next;
  }
}

const tellsRead = (r: Row) => r.read > r.toldRead;
const tellsDelivered = (r: Row) => r.delivered > Math.max(r.toldDelivered, r.read);

/** due is when a frame is to say it. What waits for more waits no longer than patience. */
function due(id: string, r: Row): number | undefined {
  let at = Infinity;
  if (tellsDelivered(r)) at = r.deliveredSince + (id.startsWith("g_") ? groupDelay : deliveredDelay);
  if (tellsRead(r)) at = Math.min(at, r.readSince + patience, Math.max(r.readLast + readDelay, r.waits));
  return at === Infinity ? undefined : at;
}

/** What the user is doing, as a frame says it. */
export type Doing = "text" | "audio" | "none";

/** Composing is what others were told of what the user is doing. It keeps no clock. */
export class Composing {
  readonly #told = new Map<string, { kind: Doing; at: number }>();

  /** Whether others are to be told; it is taken for told. */
  due(id: string, kind: Doing, now: number): boolean {
    const last = this.#told.get(id);
    const holds = last !== undefined && now - last.at < TypingTime * 1000;
    if (kind === "none") {
      this.#told.delete(id);
      return holds;
    }
    if (holds && last.kind === kind && now - last.at < typingEvery) return false;
    this.#told.set(id, { kind, at: now });
    return true;
  }

  /** A message ends it. */
  said(id: string): void {
    this.#told.delete(id);
  }
}
