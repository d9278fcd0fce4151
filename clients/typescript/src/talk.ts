import { Timer } from "./clock.js";
import type { Core } from "./core.js";
import { amend, type Entry, type Line } from "./entry.js";
import { History } from "./history.js";
import type { Message, Quote, Status, ThreadSummary, Timeline } from "./message.js";
import type { Job } from "./outbox.js";
import { Cell, cell } from "./readable.js";
import { outline } from "./outline.js";
import { Room, search } from "./room.js";
import { message, pending, quoted, visible } from "./snapshot.js";
import type { ConversationSummary, Draft, Member, Receipts, Typist, Unread } from "./summary.js";
import { Account } from "./unread.js";
import type { Due } from "./wire.js";

/** How many entries a room keeps that nobody looks at, and from how many on it is made that small. */
const keptEntries = 200;
const mostEntries = 1000;

const nothing: Unread = { count: 0, capped: false, mentions: 0 };

/** Talk is what is known of one conversation. */
export class Talk {
  line: Line | undefined;
  room = new Room();
  account = new Account();
  /** The room has all entries from here on. */
  first = 1;
  /** Whether there is nothing before first that the user may see. */
  start = false;
  gone = false;
  draftNow: Draft | undefined;
  /** How many messages the user had hidden when that was last told. */
  hidden = 0;
  readonly #doing = new Map<string, { kind: Typist["kind"]; until: number }>();
  readonly #reached = new Map<string, { delivered: number; read: number }>();
  /** What was acknowledged and has not come into the room yet, because something before it is missing. */
  readonly #landed = new Map<string, Job>();
  readonly #snaps = new Map<number, Message>();
  /** Which messages answer one. */
  readonly #answers = new Map<number, Set<number>>();
  /** Quotes of what is not loaded, and threads as far as they were asked for. */
  readonly #quotes = new Map<number, Quote>();
  readonly #threads = new Map<number, ThreadSummary>();
  readonly #own = new Map<string, number>();
  #lastUnread = nothing;
  readonly #expiry: Timer;
  readonly #typing: Timer;

  readonly history: History;
  readonly summary: Cell<ConversationSummary | undefined>;
  readonly timeline: Cell<Timeline>;
  readonly typists: Cell<readonly Typist[]>;
  readonly receipts: Cell<Receipts>;
  readonly draft: Cell<Draft | undefined>;
  readonly members: Cell<readonly Member[]>;
  readonly pins: Cell<readonly Message[]>;

  constructor(
    readonly id: string,
    private readonly core: Core,
  ) {
    const { clock } = core;
    this.history = new History(this, core);
    this.#expiry = new Timer(clock, () => this.expire());
    this.#typing = new Timer(clock, () => this.#typingOver());
    this.summary = new Cell(() => outline(this, core));
    this.timeline = new Cell(
      () => this.#compose(),
      () => {
        this.look();
        return () => this.#trim();
      },
    );
    this.typists = new Cell(() => [...this.#doing].map(([user, { kind }]) => ({ user, kind })).sort((a, b) => (a.user < b.user ? -1 : 1)));
    this.receipts = new Cell(() => Object.fromEntries([...this.#reached].map(([user, at]) => [user, { ...at }])));
    this.draft = new Cell(() => this.draftNow);
    this.members = cell<readonly Member[]>([], () => void this.history.members());
    this.pins = new Cell<readonly Message[]>(
      () => this.room.pinned().map((m) => this.snap(m.seq) as Message),
      () => void this.history.pins(),
    );
  }

  // What comes.

  /** The conversation begins anew behind a seq. */
  begun(seq: number): void {
    this.room = new Room();
    this.account = new Account();
    this.first = seq + 1;
    this.start = seq === 0;
    this.gone = false;
    for (const known of [this.#snaps, this.#answers, this.#quotes, this.#threads, this.#own, this.#reached]) known.clear();
    if (this.line) this.account.line(this.line);
    this.look();
    this.#touch();
  }

  /** Loads what somebody looks at and is not here. Before the list has come that cannot be done. */
  look(): void {
    if (this.timeline.watched && this.room.order.length === 0 && !this.start) void this.history.older(50).catch(() => undefined);
  }

  /** The next entry. */
  entry(e: Entry): void {
    this.account.entry(e);
    this.take(e);
    if (this.line && this.line.head < e.seq) this.line.head = e.seq;
    if (e.event === "message" && e.from && e.from !== this.core.user) this.#quiet(e.from);
    if (e.body.setup && this.line) amend(this.line, e.body.setup);
    if (e.event === "threaded" && e.body.target) this.core.chores.threads(this, [e.body.target]);
    if (this.members.watched && ["added", "joined", "removed", "left", "ranked"].includes(e.event)) void this.history.members();
    if (!this.timeline.watched && this.core.inbox.known(this.id) - this.first > mostEntries) this.#trim();
    this.#touch();
  }

  /** Takes an entry into the room, whether it is the next or an old one. */
  take(e: Entry): void {
    if ((e.body.target ?? e.seq) <= (this.line?.cleared ?? 0)) return;
    const seq = this.room.apply(e);
    this.#changed(seq);
    // Whoever writes has read what stands before, if they were looking.
    if (e.event === "message" && e.from && e.from !== this.core.user && !e.unattended) this.receipt(e.from, { read: e.seq });
    if (e.event === "message" && e.from === this.core.user && e.id) {
      this.#own.set(e.id, e.seq);
      this.#landed.delete(e.id);
    }
    if (e.event === "threaded" && e.body.target) this.#threads.delete(e.body.target);
    const due = this.room.get(seq)?.due;
    if (due !== undefined && (this.#expiry.due ?? Infinity) > due) this.#expiry.start(due - this.core.serverNow());
  }

  /** The line of the list. */
  lined(line: Line): void {
    const { core } = this;
    const { cleared = 0, epoch } = this.line ?? {};
    this.line = line;
    this.gone = false;
    this.account.line(line);
    this.clear(Math.max(line.cleared ?? 0, line.epoch === epoch ? cleared : 0)); // a line that is late may not tell
    core.paced.again(this.id, line.read ?? 0, core.clock.now());
    core.paced.known(this.id, line.read ?? 0);
    if (line.peer) {
      this.receipt(line.peer, { read: line.peer_read ?? 0, delivered: Math.max(line.peer_delivered ?? 0, line.peer_read ?? 0) });
    }
    if (line.hides) this.hide(line.hides);
    if (!this.lastShown() && line.last && !visible(line.last as Entry)) core.chores.peek(this);
    this.#touch();
  }

  /** Everything up to a seq is out of the user's sight. */
  clear(seq: number): void {
    const { line, account } = this;
    if (!line || seq <= 0) return;
    line.cleared = Math.max(line.cleared ?? 0, seq);
    if ((line.last?.seq ?? Infinity) <= seq) delete line.last;
    account.clear(seq);
    for (const [id, { stored }] of this.#landed) if ((stored?.seq ?? 0) <= seq) this.#landed.delete(id);
    if (this.first > seq) return;
    this.#quotes.clear();
    this.restore(this.room.entries(seq + 1), seq + 1, true);
    this.#touch();
  }

  /** Messages that the user has hidden from themselves. */
  hide({ count, seqs }: { count: number; seqs: number[] }): void {
    if (count > 0 && count === this.hidden) return;
    if (this.hidden < count - seqs.length) this.#reload(); // others that are here may be hidden, too
    this.hidden = Math.max(this.hidden, count);
    this.conceal(seqs);
  }

  conceal(seqs: number[]): void {
    this.room.hide(seqs);
    for (const seq of seqs) this.#changed(seq);
    this.#touch();
  }

  /** How far somebody else is: it only grows. */
  receipt(user: string, { read = 0, delivered = 0 }: { read?: number | undefined; delivered?: number | undefined }): void {
    const known = this.#reached.get(user) ?? { read: 0, delivered: 0 };
    const next = { read: Math.max(known.read, read), delivered: Math.max(known.delivered, delivered, read) };
    if (next.read === known.read && next.delivered === known.delivered) return;
    this.#reached.set(user, next);
    this.receipts.stale();
    if (!this.id.startsWith("d_")) return;
    const { order } = this.room;
    for (let i = order.length - 1; i >= 0 && (order[i] as number) > Math.min(known.read, known.delivered); i--) {
      this.#snaps.delete(order[i] as number);
    }
    this.#redraw();
  }

  typed(user: string, kind: "text" | "audio" | "none", seconds: number): void {
    if (kind === "none") return this.#quiet(user);
    this.#doing.set(user, { kind: kind === "text" ? "typing" : "recording", until: this.core.clock.now() + seconds * 1000 });
    this.#typingOver();
  }

  #quiet(user: string): void {
    if (this.#doing.delete(user)) this.#typingOver();
  }

  #typingOver(): void {
    const now = this.core.clock.now();
    let next = Infinity;
    for (const [user, { until }] of this.#doing) {
      if (until <= now) this.#doing.delete(user);
      else next = Math.min(next, until);
    }
    if (next < Infinity) this.#typing.start(next - now);
    else this.#typing.stop();
    this.typists.stale();
    this.outline();
  }

  timers(messages: Due[]): void {
    this.room.start(messages);
    for (const { seq } of messages) this.#changed(seq);
    this.expire();
  }

  expire(): void {
    const now = this.core.serverNow();
    const { gone, next } = this.room.expire(now);
    for (const seq of gone) this.#changed(seq);
    if (next !== undefined) this.#expiry.start(next - now);
    this.#touch();
  }

  /** Something of a job is different. */
  jobChanged(job: Job): void {
    const target = (job.row.body as { seq?: number }).seq;
    if (target && job.row.action !== "send") this.#changed(target);
    if (job.row.action === "send" && (job.stored?.seq ?? 0) > this.core.inbox.known(this.id)) this.#landed.set(job.id, job);
    this.#redraw();
  }

  /** The message with a seq looks different, and so does what answers it. */
  #changed(seq: number): void {
    this.#snaps.delete(seq);
    this.#quotes.delete(seq);
    for (const at of this.#answers.get(seq) ?? []) this.#snaps.delete(at);
  }

  #redraw(): void {
    this.timeline.stale();
    this.pins.stale();
    this.outline();
  }

  #touch(): void {
    this.#redraw();
    this.core.cache.keep(this);
  }

  /** The line in the list looks different. */
  outline(): void {
    this.summary.stale();
    this.core.listChanged();
  }

  stop(): void {
    this.#expiry.stop();
    this.#typing.stop();
  }

  // What is shown.

  /** A message of the room as it is shown now. */
  snap(seq: number): Message | undefined {
    const known = this.#snaps.get(seq);
    if (known) return known;
    const m = this.room.get(seq);
    if (!m) return undefined;
    const changes = this.core.outbox.of(this.id).filter(({ row, error }) => !error && row.action !== "send" && row.body.seq === seq);
    const shown = message(m, {
      user: this.core.user,
      changes,
      quote: (target) => this.#quote(target),
      thread: (root, conversation) => this.#threads.get(root) ?? { conversation },
      status: (of) => this.status(of),
    });
    this.#snaps.set(seq, shown);
    if (shown.reply) this.#answers.set(shown.reply.seq, (this.#answers.get(shown.reply.seq) ?? new Set()).add(seq));
    return shown;
  }

  status(seq: number): Status {
    const peer = this.line?.peer;
    const { read = 0, delivered = 0 } = (peer && this.#reached.get(peer)) || {};
    return read >= seq ? "read" : delivered >= seq ? "delivered" : "sent";
  }

  #quote(seq: number): Quote {
    if (seq < this.account.from) return { seq, gone: true };
    const m = this.room.get(seq);
    if (m) return quoted(seq, m);
    const known = this.#quotes.get(seq);
    if (known) return known;
    const quote = { seq };
    this.#quotes.set(seq, quote);
    if (seq < this.first) void this.#loadQuote(seq);
    return quote;
  }

  /** Messages that are on their way, or have just landed, in their order. */
  #pending(): Message[] {
    const jobs = new Map(this.#landed);
    for (const job of this.core.outbox.of(this.id)) {
      if (job.row.action === "send" && !this.#own.has(job.id)) jobs.set(job.id, job);
    }
    return [...jobs.values()].map((job) => pending(job, this.core.user, (seq) => this.#quote(seq)));
  }

  #compose(): Timeline {
    const { order } = this.room;
    const placed = order.slice(search(order, this.first)).map((seq) => this.snap(seq) as Message);
    const messages = [...placed, ...this.#pending()];
    return { messages, start: this.start, loading: this.history.loading };
  }

  lastShown(): Message | undefined {
    const waits = this.#pending().at(-1);
    if (waits) return waits;
    const seq = this.room.order.at(-1);
    return seq !== undefined && seq >= this.first ? this.snap(seq) : undefined;
  }

  unread(): Unread {
    if (this.gone) return nothing;
    const count = this.account.count(this.core.user, this.core.people.silent);
    if (!count) this.core.chores.explain(this);
    else if (count.count !== this.#lastUnread.count || count.more !== this.#lastUnread.capped || count.mentions !== this.#lastUnread.mentions) {
      this.#lastUnread = { count: count.count, capped: count.more, mentions: count.mentions };
    }
    return this.#lastUnread;
  }

  // What is loaded.

  /** Takes a page of what is before first. */
  older(entries: Entry[], more: boolean): void {
    for (const e of entries) if (e.seq < this.first) this.take(e);
    const [oldest] = entries;
    if (oldest && oldest.seq < this.first) this.first = oldest.seq;
    this.start = !more || !oldest;
    this.core.chores.threads(this, entries.filter((e) => e.thread).map((e) => e.seq));
    this.#touch();
  }

  async #loadQuote(seq: number): Promise<void> {
    try {
      this.#quotes.set(seq, await this.history.quote(seq));
      for (const at of this.#answers.get(seq) ?? []) this.#snaps.delete(at);
      this.#redraw();
    } catch {
      this.#quotes.delete(seq); // asked for again when it is next drawn
    }
  }

  threadsKnown(threads: Array<{ root: number } & ThreadSummary>): void {
    for (const { root, ...of } of threads) {
      if ((this.#threads.get(root)?.count ?? 0) > (of.count ?? 0)) continue; // an answer that is late
      this.#threads.set(root, of);
      this.#snaps.delete(root);
    }
    this.#redraw();
  }

  // What is kept.

  /** Makes the room small: nobody looks at it. */
  #trim(): void {
    const known = this.core.inbox.known(this.id);
    if (known - this.first < mostEntries) return;
    const from = known - keptEntries + 1;
    this.restore(this.room.entries(from), from, false);
  }

  /** Shows what the server says now in place of what is here. */
  #reload(): void {
    this.restore([], this.core.inbox.known(this.id) + 1, false);
    if (this.timeline.watched) void this.history.older(50).catch(() => undefined);
  }

  /** Has the room begin with some entries. */
  restore(entries: Entry[], first: number, start: boolean): void {
    this.room = new Room();
    this.#snaps.clear();
    this.#own.clear();
    this.first = first;
    this.start = start;
    for (const e of entries) this.take({ ...e, conversation: this.id });
    this.timeline.stale();
  }
}
