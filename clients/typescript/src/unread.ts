import type { Entry, Line } from "./entry.js";
import { type ExplainResult, MaxCounted, MaxUnread } from "./wire.js";

/** From where somebody looks at a conversation. */
export interface View {
  user: string;
  /** The first seq that they may see; 0 for all. */
  from: number;
  /** Up to where they have read. */
  read: number;
  /** From where on they want everything to count as unread, 0 for none, and the last seq when they said so. */
  marked: number;
  markedAt: number;
  /** Those of the senders whom they have muted or blocked. */
  silent: ReadonlySet<string>;
}

/** Of an entry, what decides whether it counts. */
export interface Counted {
  seq: number;
  event: string;
  from?: string | undefined;
  /** Deleted or expired. */
  gone?: boolean | undefined;
  mentions?: string[] | undefined;
  everybody?: boolean | undefined;
  /** Shown in the parent of its thread, where it counts. */
  in_parent?: boolean | undefined;
  /** Written while its sender was not looking at the conversation. */
  unattended?: boolean | undefined;
}

/** How much is unread. */
export interface Count {
  count: number;
  more: boolean;
  mentions: number;
  /** Those that count, the newest first, and one more if there are more than MaxUnread. */
  seqs: number[];
  /** The seq behind which entries count. */
  since: number;
}

/** The seq behind which entries can count, as far as the cursor and the mark tell. */
const begin = (v: View) => (v.marked > 0 ? Math.max(v.marked, v.from, 1) - 1 : Math.max(v.read, Math.max(v.from, 1) - 1));

const visible = (v: View, e: Counted) => e.seq >= v.from && e.event === "message";

/** Whoever writes has read what stands before; that ends a mark which was made before. */
function since(v: View, entries: readonly Counted[]): number {
  for (let i = entries.length - 1; i >= 0; i--) {
    const e = entries[i] as Counted;
    if (!visible(v, e) || e.from !== v.user || e.unattended) continue;
    if (v.marked > 0 && e.seq <= v.markedAt) break; // the mark came later
    return Math.max(begin({ ...v, marked: 0 }), e.seq);
  }
  return begin(v);
}

/**
 * Counts what is unread among the newest entries of a conversation, oldest first and without a gap: events/unread.json is the
 * table of examples that every client and the server agree on.
 */
export function unread(v: View, entries: readonly Counted[]): Count {
  const u: Count = { count: 0, more: false, mentions: 0, seqs: [], since: since(v, entries) };
  for (let i = entries.length - 1; i >= 0; i--) {
    const e = entries[i] as Counted;
    if (e.seq <= u.since) return u;
    if (!visible(v, e) || e.from === v.user || e.gone || e.in_parent || v.silent.has(e.from ?? "")) continue;
    u.seqs.push(e.seq);
    if (u.count === MaxUnread) {
      u.more = true;
      return u;
    }
    u.count++;
    if (e.everybody || e.mentions?.includes(v.user)) u.mentions++;
  }
  u.more = entries.length > 0 && (entries[0] as Counted).seq > u.since + 1;
  return u;
}

/** What is unread, for somebody to see. */
export interface Shown {
  count: number;
  more: boolean;
  mentions: number;
}

/**
 * Account derives what is unread in one conversation from the entries that came; where those do not reach back far enough,
 * from what the server counted and what came since.
 */
export class Account {
  read = 0;
  from = 0;
  marked = 0;
  markedAt = 0;
  /** The newest, without a gap. */
  #entries: Counted[] = [];
  /** What the server counted when the last entry was baseHead; undefined if it does not hold any more. */
  #base: Shown | undefined;
  #baseHead = 0;
  /** The mark that was ended here last: the server may not know yet. */
  #ended = { from: 0, at: 0 };

  #view(user: string, silent: ReadonlySet<string>): View {
    return { user, from: this.from, read: this.read, marked: this.marked, markedAt: this.markedAt, silent };
  }

  /** Takes the next entry. */
  entry(e: Entry): void {
    if (this.#entries.length > 0 && e.seq !== (this.#entries.at(-1) as Counted).seq + 1) this.#entries = [];
    const { mentions, everybody, in_parent } = e.body;
    const gone = !!(e.deleted || e.expired) && e.event === "message";
    this.#entries.push({ seq: e.seq, event: e.event, from: e.from, gone, mentions, everybody, in_parent, unattended: e.unattended });
    if (this.#entries.length > 2 * MaxCounted) this.#entries = this.#entries.slice(MaxCounted);
    if (e.event === "deleted" || e.event === "edited") this.#change(e);
  }

  /** Applies an edit or a deletion to what is counted. */
  #change(e: Entry): void {
    const seq = e.body.target ?? 0;
    const target = this.#entries[seq - (this.#entries[0] as Counted).seq];
    if (!target) {
      const begins = begin(this.#view("", new Set()));
      if (e.seq > this.#baseHead && seq > begins) this.#base = undefined; // it may have counted
      return;
    }
    const gone = e.deleted || e.expired || e.event === "deleted";
    target.gone ||= gone;
    if (!gone) Object.assign(target, { mentions: e.body.mentions, everybody: e.body.everybody });
    if (e.seq > this.#baseHead && seq <= this.#baseHead) this.#base = undefined;
  }

  /** Takes what the server says in the list, or when it explains. */
  line(l: Pick<Line, "head" | "from" | "read" | "marked" | "marked_at"> & { unread?: Line["unread"] }): void {
    const local = this.read;
    let [marked, markedAt] = [l.marked ?? 0, l.marked_at ?? 0];
    const ended = marked > 0 && marked === this.#ended.from && markedAt === this.#ended.at;
    if (ended) marked = markedAt = 0;
    this.from = l.from ?? 0;
    this.marked = marked;
    this.markedAt = markedAt;
    this.read = Math.max(local, l.read ?? 0);
    const { count = 0, more = false, mentions = 0 } = l.unread ?? {};
    this.#base = local > (l.read ?? 0) || ended ? undefined : { count, more, mentions }; // or the server does not know it yet
    this.#baseHead = l.head;
  }

  /**
   * Takes what the server says when it is asked. Where it does not know yet how far the user is here, what it counted is
   * reduced to what is behind that: so this always suffices to count.
   */
  explained(x: ExplainResult): void {
    const { count, more, mentions, seqs = [] } = x;
    this.line({ ...x, unread: { count, more, mentions } });
    if (this.#base) return;
    const left = seqs.filter((seq) => seq > this.read).length;
    this.#base = { count: Math.min(left, count), more: !!more && left >= count, mentions: Math.min(left, mentions ?? 0) };
  }

  /**
   * Notes that everything up to an entry is read, and returns the newest message of others up to there, which a receipt is
   * about; 0 if there is none that was not read. unmarks means that it ends a mark, which the server is to know although
   * the cursor may not move.
   */
  reach(user: string, seq: number): { newest: number; unmarks: boolean } {
    const unmarks = this.marked > 0;
    const nothing = { newest: 0, unmarks: false };
    if (seq < this.read || (seq === this.read && !unmarks)) return nothing;
    const newest = this.#message(user, seq);
    if (newest === 0 || newest < this.read) return nothing;
    if (newest < this.#baseHead || this.marked > 0) this.#base = undefined;
    if (unmarks) this.#ended = { from: this.marked, at: this.markedAt };
    this.read = newest;
    this.marked = this.markedAt = 0;
    if (newest >= this.#baseHead) {
      this.#base = { count: 0, more: false, mentions: 0 };
      this.#baseHead = newest;
    }
    return { newest, unmarks };
  }

  /** The newest message of others up to a seq; the seq itself if it is not among what came. */
  #message(user: string, seq: number): number {
    const last = this.#entries.at(-1);
    if (!last || last.seq < seq) return seq;
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const e = this.#entries[i] as Counted;
      if (e.seq <= seq && e.event === "message" && e.from !== user) return e.seq;
    }
    return (this.#entries[0] as Counted).seq === 1 ? 0 : seq;
  }

  /** Takes a mark. */
  mark(marked: number, markedAt: number): void {
    this.marked = marked;
    this.markedAt = markedAt;
    this.#base = undefined;
    this.#ended = { from: 0, at: 0 };
  }

  /** The user has cleared everything up to an entry. */
  clear(seq: number): void {
    if (seq < this.from) return;
    this.from = seq + 1;
    this.#base = seq < this.#baseHead ? undefined : { count: 0, more: false, mentions: 0 };
    this.#baseHead = Math.max(this.#baseHead, seq);
  }

  /** Somebody else is silent now: what the server counted does not hold any more, but if everything was read. */
  silenced(): void {
    if (this.marked || this.read < this.#baseHead) this.#base = undefined;
  }

  /** Counts; undefined if what is here does not suffice. */
  count(user: string, silent: ReadonlySet<string>): Shown | undefined {
    const view = this.#view(user, silent);
    const newest = this.#entries.slice(-MaxCounted);
    const got = unread(view, newest);
    const reaches = newest.length > 0 && (newest[0] as Counted).seq <= got.since + 1;
    if (reaches || got.seqs.length > MaxUnread || newest.length === MaxCounted) return got;
    if (!this.#base) return undefined;
    // What the server counted, and what came since. A message of one's own among that would have been reached.
    const later = this.#entries.filter((e) => e.seq > this.#baseHead);
    if (later.length > 0 && (later[0] as Counted).seq > this.#baseHead + 1) return undefined;
    const more = unread({ ...view, read: this.#baseHead, marked: 0 }, later);
    const sum = {
      count: this.#base.count + more.count,
      more: this.#base.more || more.more,
      mentions: this.#base.mentions + more.mentions,
    };
    return sum.count > MaxUnread ? { ...sum, count: MaxUnread, more: true } : sum;
  }
}
