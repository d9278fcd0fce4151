import { type Entry, ends } from "./entry.js";

/** How many entries of one conversation wait for those before them; beyond it they are fetched again instead. */
const maxHeld = 1000;
/** How many entries are fetched one by one after an absence. Beyond it the conversation begins anew at its end. */
const maxMissed = 500;

/** What is known of one log. */
interface Log {
  /** The seq up to which everything has been delivered. */
  known: number;
  /** The highest seq that is known to exist. */
  head: number;
  /** Entries beyond known+1. */
  held: Map<number, Entry>;
  /** The other one of a direct conversation, once that is known. */
  peer: string;
  epoch: number;
}

/** Where the entries of the inbox go. For each conversation they come in the order of their seq, none missing and none twice. */
export interface Deliver {
  entry(entry: Entry): void;
  /** What was known of a conversation is void. Entries follow that begin behind seq. */
  begun(conversation: string, seq: number): void;
  /** The user is not in it any more. */
  gone(conversation: string): void;
}

/** What follows one cursor. */
export interface Cursor {
  conversation: string;
  after: number;
}

/**
 * Inbox puts the entries of each conversation into order. They reach it from the socket, from sync and from
 * acknowledgements, in any order and any number of times. A conversation that it does not know begins at its end: what is
 * before is history, to be loaded when somebody looks.
 */
export class Inbox {
  user = "";
  readonly #logs = new Map<string, Log>();

  constructor(private readonly deliver: Deliver) {}

  /** Goes on where a store says. */
  restore(conversation: string, known: number, epoch: number, peer: string): void {
    this.#logs.set(conversation, { known, head: known, held: new Map(), peer, epoch });
  }

  /** Takes one entry. It tells whether the conversation now lacks something. */
  offer(e: Entry): boolean {
    if (!(e.seq > 0)) return false;
    return this.#put(this.#log(e.conversation, e.seq - 1), e);
  }

  /**
   * Takes an entry that was made up from an acknowledgement. It leaves it to be fetched if that cannot tell all of it: an
   * edit has the whole message and its version, a forwarded message what it says, a change of a group what of it was done.
   */
  own(e: Entry): boolean {
    const log = this.#log(e.conversation, e.seq - 1);
    const alone = e.conversation.startsWith("d_") && !e.to;
    const whole = ["message", "deleted", "reacted", "pinned"].includes(e.event);
    if (!whole || e.body.forwarded || (alone && !log.peer)) {
      log.head = Math.max(log.head, e.seq);
      return log.head > log.known;
    }
    return this.#put(log, alone ? { ...e, to: log.peer } : e);
  }

  #put(log: Log, e: Entry): boolean {
    log.head = Math.max(log.head, e.seq);
    if (e.seq === log.known + 1) this.#pass(log, e);
    else if (e.seq > log.known && log.held.size < maxHeld) log.held.set(e.seq, e);
    return log.head > log.known;
  }

  /** Delivers e and what was waiting for it. */
  #pass(log: Log, first: Entry): void {
    for (let e: Entry | undefined = first; e; e = log.held.get(log.known + 1)) {
      log.held.delete(e.seq);
      log.known = e.seq;
      if (e.to) log.peer = e.to === this.user ? (e.from ?? "") : e.to;
      this.deliver.entry(e);
      if (ends(e, this.user)) {
        this.#logs.delete(e.conversation);
        this.deliver.gone(e.conversation);
        return;
      }
    }
  }

  #log(id: string, start: number): Log {
    let log = this.#logs.get(id);
    if (!log) {
      log = { known: start, head: start, held: new Map(), peer: "", epoch: 0 };
      this.#logs.set(id, log);
      this.deliver.begun(id, start);
    }
    return log;
  }

  /**
   * Tells that a conversation has entries up to head, of which the user may see those from a seq on. What is known of
   * another epoch is void; so is what was known before the user was away from a group, and what is too far behind.
   */
  announce(id: string, epoch: number, from: number, head: number, peer = ""): void {
    const known = this.#logs.get(id);
    if (known && (known.epoch !== epoch || known.known + 1 < from || head - known.known > maxMissed)) this.#logs.delete(id);
    const log = this.#log(id, head);
    log.epoch = epoch;
    log.head = Math.max(log.head, head);
    if (peer) log.peer = peer;
  }

  /** The user has cleared a conversation up to a seq: what is lacking up to there does not come any more. */
  clear(id: string, seq: number): void {
    const log = this.#logs.get(id);
    if (!log || seq <= log.known) return;
    for (const held of log.held.keys()) if (held <= seq) log.held.delete(held);
    log.known = seq;
    log.head = Math.max(log.head, seq);
    const next = log.held.get(seq + 1);
    if (next) this.#pass(log, next);
  }

  /** Forgets a conversation that the user is not in any more. */
  leave(id: string): void {
    if (this.#logs.delete(id)) this.deliver.gone(id);
  }

  /** Up to which seq everything was delivered; 0 if it is new. */
  known(id: string): number {
    return this.#logs.get(id)?.known ?? 0;
  }

  /** The highest seq that is known to exist, delivered or not. */
  newest(id: string): number {
    const log = this.#logs.get(id);
    return log ? Math.max(log.known, log.head) : 0;
  }

  /** What a store keeps of a conversation. */
  cursor(id: string): { known: number; epoch: number; peer: string } | undefined {
    return this.#logs.get(id);
  }

  /** The cursors of up to limit conversations that lack entries. */
  behind(limit: number): Cursor[] {
    const cursors: Cursor[] = [];
    for (const [conversation, log] of this.#logs) {
      if (log.head > log.known && cursors.length < limit) cursors.push({ conversation, after: log.known });
    }
    return cursors;
  }

  /** Stops asking for what a conversation lacks, until another entry of it arrives. */
  giveUp(id: string): void {
    const log = this.#logs.get(id);
    if (log) {
      log.head = log.known;
      log.held.clear();
    }
  }

  /**
   * The conversations of which more is known than heads, a complete list, say there is. Those of another epoch are not in
   * doubt: announce begins them anew.
   */
  doubtful(line: (id: string) => { head: number; epoch: number } | undefined): Cursor[] {
    const doubts: Cursor[] = [];
    for (const [conversation, log] of this.#logs) {
      const listed = line(conversation);
      if (log.known > (listed?.head ?? 0) && (!listed || listed.epoch === log.epoch)) {
        doubts.push({ conversation, after: log.known });
      }
    }
    return doubts;
  }

  /** Begins a conversation anew at its end, unless something was delivered since known. */
  restart(id: string, known: number, head: number): void {
    if (this.#logs.get(id)?.known !== known) return;
    this.#logs.delete(id);
    this.#log(id, head);
  }
}
