import { Timer } from "./clock.js";
import type { Core } from "./core.js";
import { type Entry, type Line, time } from "./entry.js";
import { threadID } from "./id.js";
import type { Message, Quote, Status, ThreadSummary, Timeline } from "./message.js";
import type { Job } from "./outbox.js";
import { Cell, cell } from "./readable.js";
import { Room, search, timer } from "./room.js";
import { message, pending, quoted, visible } from "./snapshot.js";
import type { ConversationSummary, Draft, Member, Receipts, Typist, Unread } from "./summary.js";
import { Account } from "./unread.js";
import type { Due, HistoryResult, Setup } from "./wire.js";

/** How many entries a room keeps that nobody looks at, and from how many on it is made that small. */
const keptEntries = 200;
const mostEntries = 1000;
/** How many entries loadAround goes back at most. */
const mostAround = 10_000;

/** The year in which a mute ends that has no end. */
const forGood = "9999";

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
  private loading: Promise<boolean> | undefined;
  private readonly doing = new Map<string, { kind: Typist["kind"]; until: number }>();
  private readonly reached = new Map<string, { delivered: number; read: number }>();
  /** What was acknowledged and has not come into the room yet, because something before it is missing. */
  private readonly landed = new Map<string, Job>();
  private readonly snaps = new Map<number, Message>();
  /** Which messages answer one. */
  private readonly answers = new Map<number, Set<number>>();
  /** Quotes of what is not loaded, and threads as far as they were asked for. */
  private readonly quotes = new Map<number, Quote>();
  private readonly threads = new Map<number, ThreadSummary>();
  private readonly own = new Map<string, number>();
  private lastUnread: Unread = { count: 0, capped: false, mentions: 0 };
  private readonly expiry: Timer;
  private readonly typing: Timer;

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
    this.expiry = new Timer(clock, () => this.expire());
    this.typing = new Timer(clock, () => this.typingOver());
    this.summary = new Cell(() => this.summarise());
    this.timeline = new Cell(
      () => this.compose(),
      () => {
        if (this.room.order.length === 0 && !this.start) void this.loadOlder(50).catch(() => undefined);
        return () => this.trim();
      },
    );
    this.typists = new Cell(() => [...this.doing].map(([user, { kind }]) => ({ user, kind })).sort((a, b) => (a.user < b.user ? -1 : 1)));
    this.receipts = new Cell(() => Object.fromEntries([...this.reached].map(([user, at]) => [user, { ...at }])));
    this.draft = new Cell(() => this.draftNow);
    this.members = cell<readonly Member[]>([], () => {
      void this.loadMembers();
      return () => undefined;
    });
    this.pins = new Cell<readonly Message[]>(
      () => this.room.pinned().map((m) => this.snap(m.seq) as Message),
      () => {
        void this.loadPins();
        return () => undefined;
      },
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
    for (const known of [this.snaps, this.answers, this.quotes, this.threads, this.own, this.reached]) known.clear();
    if (this.line) this.account.line(this.line);
    if (this.timeline.watched && seq > 0) void this.loadOlder(50).catch(() => undefined);
    this.touch();
  }

  /** The next entry. */
  entry(e: Entry): void {
    this.account.entry(e);
    this.take(e);
    if (this.line && this.line.head < e.seq) this.line.head = e.seq;
    if (e.event === "message" && e.from && e.from !== this.core.user) {
      this.receipt(e.from, { read: e.seq, delivered: e.seq });
      this.quiet(e.from);
    }
    if (e.body.setup) this.amend(e.body.setup);
    if (this.members.watched && ["added", "joined", "removed", "left", "ranked"].includes(e.event)) void this.loadMembers();
    if (!this.timeline.watched && this.core.inbox.known(this.id) - this.first > mostEntries) this.trim();
    this.touch();
  }

  /** Takes an entry into the room, whether it is the next or an old one. */
  private take(e: Entry): void {
    const seq = this.room.apply(e);
    this.changed(seq);
    if (e.event === "message" && e.from === this.core.user && e.id) {
      this.own.set(e.id, e.seq);
      this.landed.delete(e.id);
    }
    if (e.event === "threaded" && e.body.target) this.threads.delete(e.body.target);
    const due = this.room.get(seq)?.due;
    if (due !== undefined && (this.expiry.due ?? Number.POSITIVE_INFINITY) > due) this.expiry.start(due - this.core.serverNow());
  }

  /** A change of a group that the list will tell, too. */
  private amend(setup: Setup): void {
    const { line } = this;
    if (!line) return;
    const { picture, timer, ...rest } = setup;
    Object.assign(line, rest, picture !== undefined && { picture: picture || undefined }, timer && { timer });
  }

  /** The line of the list. */
  lined(line: Line): void {
    const { core } = this;
    this.line = line;
    this.gone = false;
    this.account.line(line);
    core.paced.again(this.id, line.read ?? 0, core.clock.now());
    core.paced.known(this.id, line.read ?? 0);
    if (line.peer) {
      this.receipt(line.peer, { read: line.peer_read ?? 0, delivered: Math.max(line.peer_delivered ?? 0, line.peer_read ?? 0) });
    }
    if (line.hides) this.hide(line.hides);
    if (!this.lastShown() && line.last && !visible(line.last as Entry)) core.peek(this);
    this.touch();
  }

  /** Messages that the user has hidden from themselves. */
  hide({ count, seqs }: { count: number; seqs: number[] }): void {
    if (count > 0 && count === this.hidden) return;
    this.hidden = Math.max(this.hidden, count);
    this.conceal(seqs);
  }

  conceal(seqs: number[]): void {
    this.room.hide(seqs);
    for (const seq of seqs) this.changed(seq);
    this.touch();
  }

  /** How far somebody else is: it only grows. */
  receipt(user: string, { read = 0, delivered = 0 }: { read?: number | undefined; delivered?: number | undefined }): void {
    const known = this.reached.get(user) ?? { read: 0, delivered: 0 };
    const next = { read: Math.max(known.read, read), delivered: Math.max(known.delivered, delivered, read) };
    if (next.read === known.read && next.delivered === known.delivered) return;
    this.reached.set(user, next);
    this.receipts.stale();
    if (!this.id.startsWith("d_")) return;
    const { order } = this.room;
    for (let i = order.length - 1; i >= 0 && (order[i] as number) > Math.min(known.read, known.delivered); i--) {
      this.snaps.delete(order[i] as number);
    }
    this.redraw();
  }

  typed(user: string, kind: "text" | "audio" | "none", seconds: number): void {
    if (kind === "none") return this.quiet(user);
    this.doing.set(user, { kind: kind === "text" ? "typing" : "recording", until: this.core.clock.now() + seconds * 1000 });
    this.typingOver();
  }

  private quiet(user: string): void {
    if (this.doing.delete(user)) this.typingOver();
  }

  private typingOver(): void {
    const now = this.core.clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [user, { until }] of this.doing) {
      if (until <= now) this.doing.delete(user);
      else next = Math.min(next, until);
    }
    if (next < Number.POSITIVE_INFINITY) this.typing.start(next - now);
    else this.typing.stop();
    this.typists.stale();
    this.outline();
  }

  timers(messages: Due[]): void {
    this.room.start(messages);
    for (const { seq } of messages) this.changed(seq);
    this.expire();
  }

  private expire(): void {
    const now = this.core.serverNow();
    const { gone, next } = this.room.expire(now);
    for (const seq of gone) this.changed(seq);
    if (next !== undefined) this.expiry.start(next - now);
    this.touch();
  }

  /** Something of a job is different. */
  jobChanged(job: Job): void {
    const target = (job.row.body as { seq?: number }).seq;
    if (target && job.row.action !== "send") this.changed(target);
    if (job.row.action === "send" && job.stored && !this.own.has(job.id)) this.landed.set(job.id, job);
    this.redraw();
  }

  /** The message with a seq looks different, and so does what answers it. */
  private changed(seq: number): void {
    this.snaps.delete(seq);
    this.quotes.delete(seq);
    for (const at of this.answers.get(seq) ?? []) this.snaps.delete(at);
  }

  private redraw(): void {
    this.timeline.stale();
    this.pins.stale();
    this.outline();
  }

  private touch(): void {
    this.redraw();
    this.core.keepTalk(this);
  }

  /** The line in the list looks different. */
  outline(): void {
    this.summary.stale();
    this.core.listChanged();
  }

  stop(): void {
    this.expiry.stop();
    this.typing.stop();
  }

  // What is shown.

  /** A message of the room as it is shown now. */
  snap(seq: number): Message | undefined {
    const known = this.snaps.get(seq);
    if (known) return known;
    const m = this.room.get(seq);
    if (!m) return undefined;
    const { core } = this;
    const changes = core.outbox.of(this.id).filter(({ row, error }) => !error && row.action !== "send" && row.body.seq === seq);
    const shown = message(m, {
      user: core.user,
      changes,
      quote: (target) => this.quote(target),
      thread: (root, conversation) => this.threads.get(root) ?? { conversation },
      status: (of) => this.status(of),
    });
    this.snaps.set(seq, shown);
    if (shown.reply) this.answers.set(shown.reply.seq, (this.answers.get(shown.reply.seq) ?? new Set()).add(seq));
    return shown;
  }

  private status(seq: number): Status {
    const peer = this.line?.peer;
    const at = peer ? this.reached.get(peer) : undefined;
    if (!at) return "sent";
    return at.read >= seq ? "read" : at.delivered >= seq ? "delivered" : "sent";
  }

  private quote(seq: number): Quote {
    const m = this.room.get(seq);
    if (m) return quoted(seq, m);
    const known = this.quotes.get(seq);
    if (known) return known;
    const quote = { seq };
    this.quotes.set(seq, quote);
    if (seq < this.first) void this.loadQuote(seq);
    return quote;
  }

  /** Messages that are on their way, or have just landed, in their order. */
  private pending(): Message[] {
    const jobs = new Map(this.landed);
    for (const job of this.core.outbox.of(this.id)) {
      if (job.row.action === "send" && !this.own.has(job.id)) jobs.set(job.id, job);
    }
    return [...jobs.values()].map((job) => pending(job, this.core.user, (seq) => this.quote(seq)));
  }

  private compose(): Timeline {
    const { order } = this.room;
    const messages: Message[] = [];
    for (let i = search(order, this.first); i < order.length; i++) messages.push(this.snap(order[i] as number) as Message);
    messages.push(...this.pending());
    return { messages, start: this.start, loading: this.loading !== undefined };
  }

  private lastShown(): Message | undefined {
    const waits = this.pending().at(-1);
    if (waits) return waits;
    const seq = this.room.order.at(-1);
    return seq !== undefined && seq >= this.first ? this.snap(seq) : undefined;
  }

  /** The last message that the list has told, where none is loaded. */
  private lastListed(): Message | undefined {
    const e = this.line?.last as Entry | undefined;
    if (!e || !visible(e)) return undefined;
    const room = new Room();
    room.apply(e);
    const m = room.get(e.seq);
    const quote = (seq: number) => ({ seq });
    const thread = (_: number, conversation: string) => ({ conversation });
    return m && message(m, { user: this.core.user, changes: [], quote, thread, status: (seq) => this.status(seq) });
  }

  unread(): Unread {
    const count = this.account.count(this.core.user, this.core.people.silent);
    if (!count) this.core.explain(this);
    else if (count.count !== this.lastUnread.count || count.more !== this.lastUnread.capped || count.mentions !== this.lastUnread.mentions) {
      this.lastUnread = { count: count.count, capped: count.more, mentions: count.mentions };
    }
    return this.lastUnread;
  }

  private summarise(): ConversationSummary | undefined {
    const { line, core } = this;
    const last = this.lastShown() ?? this.lastListed();
    if (!line) return undefined;
    const peer = line.peer;
    const set = timer(line.timer);
    const until = time(line.muted);
    const draft = this.draftNow?.text ?? line.draft?.text;
    return {
      id: this.id,
      kind: line.kind,
      title: line.name ?? (peer ? core.people.profile(peer).get().name : ""),
      peer: peer || undefined,
      ...(line.picture && { picture: line.picture }),
      ...(line.parent && line.root && { root: { conversation: line.parent, seq: line.root } }),
      last: last || undefined,
      at: last?.at ?? time((line.last as Entry | undefined)?.at) ?? 0,
      unread: this.gone ? { count: 0, capped: false, mentions: 0 } : this.unread(),
      ...(this.account.marked > 0 && { marked: this.account.marked }),
      read: this.account.read,
      ...(until !== undefined && until > core.serverNow() && { mute: { ...(!line.muted?.startsWith(forGood) && { until }), mentions: !!line.mentions_only } }),
      archived: !!line.archived,
      pinned: !!line.pinned,
      draft: draft || undefined,
      request: !!line.request,
      typing: this.typists.get().map(({ user }) => user),
      role: line.role ?? "member",
      capabilities: line.can ?? [],
      size: line.size ?? 2,
      announce: !!line.announce,
      slow: line.slow ?? 0,
      history: line.history ?? "joined",
      ...(set && { timer: set }),
      gone: this.gone,
    };
  }

  // What is loaded.

  /** Loads a page of older entries. Calls at the same time share one. */
  loadOlder(n: number): Promise<boolean> {
    this.loading ??= this.load(n).finally(() => {
      this.loading = undefined;
      this.timeline.stale();
    });
    this.timeline.stale();
    return this.loading;
  }

  private async load(n: number): Promise<boolean> {
    const before = this.shownCount();
    const limit = Math.min(Math.max(n, 1), 200);
    for (let pages = 0; pages < 5 && !this.start; pages++) {
      const { room, first } = this;
      if (!this.core.exists(this.id)) return false; // a conversation in which nothing was said yet
      const page = await this.core.ask<HistoryResult>("history", { conversation: this.id, limit, ...(first > 1 && { before: first }) });
      if (this.room !== room || this.first !== first) continue; // it began anew meanwhile
      this.older(page.entries as Entry[], page.more);
      if (this.shownCount() - before >= Math.min(limit, 20)) break;
    }
    return !this.start;
  }

  private shownCount(): number {
    return this.room.order.length - search(this.room.order, this.first);
  }

  /** Takes a page of what is before first. */
  private older(entries: Entry[], more: boolean): void {
    for (const e of entries) if (e.seq < this.first) this.take(e);
    const [oldest] = entries;
    if (oldest && oldest.seq < this.first) this.first = oldest.seq;
    this.start = !more || !oldest;
    this.core.wantThreads(this, entries);
    this.touch();
  }

  async loadAround(seq: number): Promise<boolean> {
    const from = this.first;
    while (this.first > seq && !this.start && from - this.first < mostAround) await this.loadOlder(200);
    return this.room.get(seq) !== undefined && seq >= this.first;
  }

  private async loadQuote(seq: number): Promise<void> {
    try {
      const body = { conversation: this.id, before: seq + 1, limit: 1 };
      const { entries } = await this.core.ask<HistoryResult>("history", body);
      const room = new Room();
      for (const e of entries as Entry[]) if (e.seq === seq) room.apply(e);
      const m = room.get(seq);
      this.quotes.set(seq, m ? quoted(seq, m) : { seq, gone: true });
      for (const at of this.answers.get(seq) ?? []) this.snaps.delete(at);
      this.redraw();
    } catch {
      this.quotes.delete(seq); // asked for again when it is next drawn
    }
  }

  threadsKnown(threads: Array<{ root: number } & ThreadSummary>): void {
    for (const { root, ...of } of threads) {
      this.threads.set(root, of);
      this.snaps.delete(root);
    }
    this.redraw();
  }

  private async loadMembers(): Promise<void> {
    const all = await this.core.pages<Member>("members", { conversation: this.id }, (page) => {
      const { members } = page as { members: Array<Omit<Member, "seen"> & { seen?: string }> };
      return members.map(({ seen, ...rest }) => ({ ...rest, ...(seen && { seen: Date.parse(seen) }) }));
    });
    if (all) this.members.set(all);
  }

  private async loadPins(): Promise<void> {
    try {
      const { pins } = await this.core.ask<{ pins: number[] }>("pins", { conversation: this.id });
      const oldest = Math.min(...pins);
      if (pins.length > 0 && oldest < this.first) await this.loadAround(oldest);
      this.pins.stale();
    } catch {
      // asked for again when somebody next watches
    }
  }

  /** Asks about messages whose timers may have started while nobody listened. */
  async refreshTimers(): Promise<void> {
    const waiting = this.room.waiting();
    while (waiting.length > 0) {
      const last = waiting.at(-1) as number;
      const { entries } = await this.core.ask<HistoryResult>("history", { conversation: this.id, before: last + 1, limit: 50 });
      for (const e of entries as Entry[]) if (waiting.includes(e.seq)) this.take(e);
      const oldest = entries[0]?.seq ?? 0;
      while (waiting.length > 0 && ((waiting.at(-1) as number) >= oldest || oldest === 0)) waiting.pop();
    }
    this.expire();
  }

  // What is kept.

  /** Makes the room small: nobody looks at it. */
  private trim(): void {
    const known = this.core.inbox.known(this.id);
    if (known - this.first < mostEntries) return;
    const from = known - keptEntries + 1;
    const kept = this.room.entries(from);
    this.room = new Room();
    this.restore(kept, from, false);
  }

  restore(entries: Entry[], first: number, start: boolean): void {
    this.snaps.clear();
    this.own.clear();
    this.first = first;
    this.start = start;
    for (const e of entries) this.take({ ...e, conversation: this.id });
    this.timeline.stale();
  }

  /** The thread about a message of this conversation. */
  threadOf(seq: number): string {
    return threadID(this.id, seq);
  }
}
