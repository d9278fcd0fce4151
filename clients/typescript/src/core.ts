import { type Clock, Timer, system } from "./clock.js";
import { Link } from "./connection.js";
import { Drafts } from "./draft.js";
import type { Entry, Line as Listed } from "./entry.js";
import { ParleyError, fail } from "./error.js";
import { Follower } from "./follow.js";
import { newDevice } from "./id.js";
import { Inbox } from "./inbox.js";
import { IndexedDBStore } from "./indexeddb.js";
import { Keeper } from "./keeper.js";
import { Media } from "./media.js";
import type { LogLine, Options } from "./options.js";
import { type Job, Outbox, type Stored } from "./outbox.js";
import { Composing, Receipts } from "./pace.js";
import { People } from "./people.js";
import { Watch } from "./presence.js";
import { Cell } from "./readable.js";
import { receive } from "./receive.js";
import { Calls } from "./request.js";
import { visible } from "./snapshot.js";
import type { Line } from "./socket.js";
import { MemoryStore, type Store } from "./store.js";
import type { ConversationSummary, Me } from "./summary.js";
import { Talk } from "./talk.js";
import * as wire from "./wire.js";

/** How many conversations the store has, and of how many of them it has the newest messages, and how many entries of each. */
const keptTalks = 500;
const keptRooms = 50;
const keptEntries = 100;

/** What the store has of a conversation. */
interface Kept {
  line: Listed;
  known: number;
  epoch: number;
  peer: string;
  hidden: number;
  first?: number;
  start?: boolean;
  entries?: Entry[];
}

/** Core puts the parts of a client together. Parley and Conversation are what a program sees of it. */
export class Core {
  readonly clock: Clock;
  readonly random: () => number;
  readonly fetch: typeof fetch;
  readonly link: Link;
  readonly calls: Calls;
  readonly inbox: Inbox;
  readonly follower: Follower;
  readonly outbox: Outbox;
  readonly keeper: Keeper;
  readonly people: People;
  readonly watch: Watch;
  readonly drafts = new Drafts(this);
  readonly media = new Media(this);
  readonly paced = new Receipts();
  readonly composing = new Composing();
  readonly talks = new Map<string, Talk>();
  readonly listeners = new Map<string, Set<(event: never) => void>>();
  readonly ready: Promise<void>;
  readonly me: Cell<Me | undefined>;
  readonly conversations: Cell<readonly ConversationSummary[]>;
  user = "";
  private device = "";
  private welcome: Partial<Me> = {};
  private away = false;
  private known = false;
  private readonly pacing: Timer;
  private readonly chores = new Map<string, () => Promise<unknown>>();
  private choring = false;

  constructor(readonly options: Options) {
    this.clock = options.clock ?? system;
    this.random = options.random ?? Math.random;
    this.fetch = options.fetch ?? ((...request) => fetch(...request));
    this.keeper = new Keeper(options.store ?? home(options), this.clock, (message) => this.log("warn", message));
    this.link = new Link({
      options: { ...options, token: (why) => this.token(why) },
      clock: this.clock,
      random: this.random,
      log: (level, message, details) => this.log(level, message, details),
      address: async () => {
        await this.ready;
        return `${options.url}${options.url.includes("?") ? "&" : "?"}device=${this.device}`;
      },
      frame: (frame, line) => receive(this, frame, line),
      opened: (line) => this.opened(line),
      closed: () => this.stop(),
    });
    this.calls = new Calls(this.link, this.clock, this.random, (slowedUntil) => {
      this.link.state.set({ ...this.link.state.get(), slowedUntil });
    });
    this.inbox = new Inbox({
      entry: (e) => this.entry(e),
      begun: (id, seq) => this.talk(id).begun(seq),
      gone: (id) => this.gone(id),
    });
    this.follower = new Follower(this.link, this.calls, this.inbox, this.clock, this.random, {
      line: (line) => this.talk(line.conversation).lined(line),
      caughtUp: () => this.caughtUp(),
      log: (message, details) => this.log("warn", message, details),
    });
    this.outbox = new Outbox(this.calls, this.inbox, () => this.follower, this.keeper, () => this.clock.now(), {
      changed: (id, job) => {
        const { to } = job.row.body as { to?: { user?: string } };
        if (to?.user) this.begin(id, to.user);
        this.talk(id).jobChanged(job);
      },
      landed: (job, stored) => this.landed(job, stored),
      failed: (job, error) => this.failed(job, error),
    });
    this.people = new People(this);
    this.watch = new Watch(this);
    this.pacing = new Timer(this.clock, () => this.pace());
    this.me = new Cell(() => this.describe());
    this.conversations = new Cell(() => this.list());
    if (options.user) this.become(options.user);
    this.link.state.subscribe(() => {
      const { state } = this.link.state.get();
      if (state === "suspended" || state === "closed") this.watch.lost();
    });
    this.ready = this.restore();
  }

  log(level: LogLine["level"], message: string, details: Record<string, unknown> = {}): void {
    this.options.log?.({ level, message, ...details });
  }

  /** Whether nothing can be asked before somebody connects. */
  get idle(): boolean {
    return !this.link.running;
  }

  /** What time it is for the server, as far as that is known. */
  serverNow(): number {
    return this.clock.now() + (this.welcome.clockOffset ?? 0);
  }

  /** A limit of the server, or what this client was built with. */
  limit(name: wire.Limit, built: number): number {
    return this.welcome.limits?.[name] ?? built;
  }

  ask<T>(action: keyof wire.Actions, body: object, signal?: AbortSignal): Promise<T> {
    return this.calls.request(action, () => body, { signal }) as Promise<T>;
  }

  /** Asks for all pages of something. */
  async all<T>(action: keyof wire.Actions, body: object, pick: (page: object) => T[]): Promise<T[]> {
    const all: T[] = [];
    let next: string | undefined;
    do {
      const page = await this.ask<{ next?: string }>(action, { ...body, limit: wire.MaxPage, next });
      all.push(...pick(page));
      next = page.next;
    } while (next);
    return all;
  }

  /** The same; undefined if that is not possible now. */
  async pages<T>(action: keyof wire.Actions, body: object, pick: (page: object) => T[]): Promise<T[] | undefined> {
    try {
      return await this.all(action, body, pick);
    } catch (thrown) {
      this.log("info", `${action} not loaded`, { code: fail(thrown, "internal").code });
      return undefined;
    }
  }

  talk(id: string): Talk {
    let talk = this.talks.get(id);
    if (!talk) {
      talk = new Talk(id, this);
      this.talks.set(id, talk);
    }
    return talk;
  }

  /** Whether the server has a conversation, as far as that is known. */
  exists(id: string): boolean {
    return this.inbox.newest(id) > 0 || (this.talk(id).line?.head ?? 0) > 0;
  }

  /** A conversation with somebody is in the list as soon as something is said in it, before the server has it. */
  private begin(id: string, peer: string): void {
    this.peers.set(id, peer);
    this.talk(id).line ??= { conversation: id, kind: "direct", peer, head: 0, size: 2, can: ["send", "react", "pin"] };
  }

  /** The other one of a direct conversation that was begun from here. */
  readonly peers = new Map<string, string>();

  peer(id: string): string | undefined {
    return this.talks.get(id)?.line?.peer ?? this.peers.get(id) ?? (this.inbox.cursor(id)?.peer || undefined);
  }

  /** The roots of threads that were opened from here. */
  readonly roots = new Map<string, { conversation: string; seq: number }>();

  /** What a message to a conversation is addressed to: it may have to begin it. */
  target(id: string): { user: string } | { conversation: string } | { thread: { conversation: string; seq: number } } {
    const peer = this.peer(id);
    const root = this.roots.get(id);
    if (id.startsWith("d_") && peer && !this.exists(id)) return { user: peer };
    if (root && !this.exists(id)) return { thread: root };
    return { conversation: id };
  }

  // The connection.

  private async token(why: "connect" | "refused"): Promise<string> {
    const token = await this.options.token(why);
    if (!this.user) this.become(subject(token));
    return token;
  }

  private opened(line: Line): void {
    void this.hello(line);
    this.follower.opened();
    this.watch.opened();
    this.people.opened();
    this.outbox.resume();
    if (this.away) void this.ask("status", { status: "away" }).catch(() => undefined);
    this.pace();
  }

  private async hello(line: Line): Promise<void> {
    const said = this.clock.now();
    try {
      const hello = (await this.calls.request("hello", () => ({}), { once: true })) as wire.HelloResult;
      if (line.reason) return;
      this.become(hello.user);
      this.welcome = {
        ...this.welcome,
        limits: hello.limits,
        version: hello.version,
        clockOffset: Date.parse(hello.now) - (said + this.clock.now()) / 2,
      };
      this.me.stale();
    } catch (thrown) {
      this.log("info", "hello not answered", { code: fail(thrown, "internal").code }); // nothing depends on it
    }
  }

  private caughtUp(): void {
    const state = this.link.state.get();
    if (state.state === "connected") this.link.state.set({ ...state, caughtUp: true });
    if (!this.known) {
      this.known = true;
      void this.people.loadContacts();
      this.people.profile(this.user);
    }
    void this.pages<wire.DraftEvent>("drafts", {}, (page) => (page as { drafts: wire.DraftEvent[] }).drafts).then((all) => {
      if (all) this.drafts.listed(all, this.talks.values());
    });
    for (const talk of this.talks.values()) {
      if (talk.room.waiting().length > 0) this.chore(`timers ${talk.id}`, () => talk.refreshTimers());
    }
    void this.work();
  }

  /** Says how far the user is when that is due. */
  pace(): void {
    const { line } = this.link;
    if (!line || line.reason) return; // it is said after the next list, as far as the server does not know it
    const now = this.clock.now();
    const { cursors, next } = this.paced.due(now);
    if (cursors.length > 0) {
      this.calls.tell("receipts", { cursors });
      this.pace();
    } else if (next !== undefined) this.pacing.start(next - now);
  }

  private stop(): void {
    this.follower.stop();
    this.pacing.stop();
    this.watch.stop();
    this.drafts.stop();
    for (const talk of this.talks.values()) talk.stop();
  }

  async close(): Promise<void> {
    for (let cursors = this.paced.flush(); cursors.length > 0; cursors = this.paced.flush()) this.calls.tell("receipts", { cursors });
    this.link.close();
    await this.ready;
    await this.keeper.flush();
    this.outbox.close();
  }

  setAway(away: boolean): Promise<void> {
    this.away = away;
    return this.ask("status", away ? { status: "away" } : { status: "online", scope: "device" });
  }

  // Who the user is.

  /** The user is who this says. What there is of another one is forgotten. */
  private become(user: string): void {
    if (!user || user === this.user) return;
    if (this.user) void this.forget();
    this.user = this.inbox.user = user;
    if (this.device) this.keep("me", () => (this.user ? { user: this.user, device: this.device } : undefined));
    this.me.stale();
  }

  know(part: Partial<Me>): void {
    this.welcome = { ...this.welcome, ...part };
    this.me.stale();
  }

  private describe(): Me | undefined {
    if (!this.user) return undefined;
    const profile = this.people.profile(this.user).get();
    return { limits: {}, clockOffset: 0, status: "online", ...this.welcome, user: this.user, device: this.device, ...(profile.known && { profile }) };
  }

  /** Forgets everything that is known, here and in the store. */
  async forget(): Promise<void> {
    this.outbox.forget();
    this.follower.forget();
    this.media.forget();
    for (const talk of this.talks.values()) {
      this.inbox.leave(talk.id);
      talk.line = undefined;
      talk.begun(0);
    }
    this.user = this.inbox.user = "";
    this.welcome = {};
    this.known = false;
    this.me.stale();
    this.listChanged();
    await this.keeper.clear();
  }

  /** Somebody is called something else. */
  renamed(user: string): void {
    if (user === this.user) this.me.stale();
    for (const talk of this.talks.values()) if (talk.line?.peer === user) talk.outline();
  }

  /** Others are silent now, so what the server has counted does not hold. */
  recount(): void {
    for (const talk of this.talks.values()) {
      if (talk.line && talk.unread().count > 0) {
        talk.account.silenced();
        talk.outline();
      }
    }
  }

  // The conversations.

  listChanged(): void {
    this.conversations.stale();
  }

  private list(): readonly ConversationSummary[] {
    const all: ConversationSummary[] = [];
    for (const talk of this.talks.values()) {
      const summary = talk.gone ? undefined : talk.summary.get();
      if (summary) all.push(summary);
    }
    return all.sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  private entry(e: Entry): void {
    const talk = this.talk(e.conversation);
    const { user } = this;
    if (e.event === "message" && e.from === user) this.paced.said(e.conversation, e.seq);
    else if (e.event === "message") {
      this.paced.came(e.conversation);
      this.paced.delivered(e.conversation, e.seq, this.clock.now());
      this.pace();
    }
    if (visible(e) && talk.line?.archived && !talk.line.muted) delete talk.line.archived;
    const listed = (talk.line?.head ?? 0) > 0;
    talk.entry(e);
    if (!listed || (visible(e) && e.event !== "message")) this.follower.renew(); // the list has the rest
    const { parent, root } = talk.line ?? {};
    if (parent && root && e.event === "message") {
      const of = { root, conversation: e.conversation, count: e.seq, last: Date.parse(e.at ?? ""), from: e.from ?? "", following: true };
      this.talk(parent).threadsKnown([of]);
    }
  }

  private gone(id: string): void {
    const talk = this.talk(id);
    talk.gone = true;
    this.paced.forget(id);
    this.keep(`c:${id}`, () => undefined);
    talk.outline();
  }

  /** Gives what was sent from here its place: the server does not send it to the connection that it came by. */
  private landed(job: Job, stored: Stored): void {
    const { row } = job;
    if (row.action === "send") this.drafts.sent(this.talk(row.conversation), true);
    const { conversation, seq, at, until, timer } = stored;
    if (!seq || !conversation) return;
    const request = row.body as { body?: Entry["body"] & { forward?: unknown }; seq?: number; reactions?: string[]; off?: true; to?: { user?: string } };
    const { forward, ...said } = request.body ?? {};
    const { seq: target, reactions, off } = request;
    const body: Entry["body"] = row.action === "send" ? { ...said, forwarded: forward ? true : undefined } : { target, reactions, off };
    const to = request.to?.user ?? (conversation.startsWith("d_") ? this.peer(conversation) : undefined);
    const event = kinds[row.action] ?? "governed";
    const entry = { event, conversation, seq, id: row.id, from: this.user, body, at, to, until, timer };
    if (this.inbox.own(entry)) this.follower.missing(0); // it comes by itself to nobody but others
  }

  private failed(job: Job, error: ParleyError): void {
    if (job.row.action === "send") this.drafts.sent(this.talk(job.conversation), false);
    this.emit("failed", { conversation: job.conversation, id: job.id, error });
  }

  emit(event: string, what: unknown): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) (listener as (event: unknown) => void)(what);
  }

  // Small questions, one after the other.

  /** The list does not tell what was said last: the newest page does. */
  peek(talk: Talk): void {
    this.chore(`peek ${talk.id}`, () => talk.loadOlder(20));
  }

  /** What is unread cannot be derived from what is here. */
  explain(talk: Talk): void {
    this.chore(`explain ${talk.id}`, async () => {
      talk.account.explained(await this.ask<wire.ExplainResult>("explain", { conversation: talk.id }));
      talk.outline();
    });
  }

  /** What became of the threads about some messages. */
  wantThreads(talk: Talk, entries: Entry[]): void {
    const roots = entries.filter((e) => e.thread).map((e) => e.seq);
    for (let i = 0; i < roots.length; i += wire.MaxRoots) {
      const some = roots.slice(i, i + wire.MaxRoots);
      this.chore(`threads ${talk.id} ${some[0]}`, async () => {
        const { threads } = await this.ask<wire.ThreadsResult>("threads", { conversation: talk.id, roots: some });
        talk.threadsKnown(
          threads.map(({ root, conversation, head, at, from, following }) => {
            return { root, conversation, count: head, last: Date.parse(at), following: !!following, from: from || undefined };
          }),
        );
      });
    }
  }

  private chore(name: string, run: () => Promise<unknown>): void {
    if (this.chores.has(name)) return;
    this.chores.set(name, run);
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.choring || this.idle || !this.link.state.get().caughtUp) return;
    this.choring = true;
    for (const [name, run] of this.chores) {
      try {
        await run();
      } catch (thrown) {
        this.log("info", "not learned", { what: name.split(" ")[0], code: fail(thrown, "internal").code });
      }
      this.chores.delete(name);
    }
    this.choring = false;
  }

  // The store.

  keep(key: string, value: () => unknown): void {
    this.keeper.keep(key, value);
  }

  keepTalk(talk: Talk): void {
    if (talk.line) this.keep(`c:${talk.id}`, () => this.kept(talk));
  }

  private kept(talk: Talk): Kept | undefined {
    const cursor = this.inbox.cursor(talk.id);
    const place = this.conversations.get().findIndex(({ id }) => id === talk.id);
    if (!cursor || !talk.line || place < 0 || place >= keptTalks) return undefined;
    const { count, capped, mentions } = talk.unread();
    const { read, marked, markedAt } = talk.account;
    const unread = { count, ...(capped && { more: true }), mentions: mentions || undefined };
    const { known, epoch, peer } = cursor;
    const line = { ...talk.line, head: known, read, unread, marked, marked_at: markedAt };
    const base = { line, known, epoch, peer, hidden: talk.hidden };
    const last = talk.room.entries(talk.room.order.at(-1) ?? Number.POSITIVE_INFINITY).find(visible);
    if (last) line.last = last as wire.Entry;
    if (place >= keptRooms) return base;
    const first = Math.max(talk.first, known - keptEntries + 1);
    return { ...base, first, start: talk.start && first === talk.first, entries: talk.room.entries(first) };
  }

  private async restore(): Promise<void> {
    let rows: Array<[string, unknown]> = [];
    try {
      rows = await this.keeper.store.load();
    } catch {
      this.log("warn", "the store cannot be read");
    }
    const of = <T>(key: string) => rows.find(([name]) => name === key)?.[1] as T | undefined;
    const me = of<{ user: string; device: string }>("me");
    if (me && this.user && me.user !== this.user) {
      await this.keeper.clear();
      rows = [];
    }
    this.device = this.options.device ?? (rows.length > 0 ? me?.device : undefined) ?? newDevice();
    if (me && rows.length > 0) this.become(me.user);
    this.keep("me", () => (this.user ? { user: this.user, device: this.device } : undefined));
    this.people.restore(of("profiles"), of("names"), of("muted"));
    for (const [key, value] of rows) {
      if (key.startsWith("c:")) this.revive(key.slice(2), value as Kept);
      if (key.startsWith("d:")) {
        const draft = value as { text: string; reply?: number; peer?: string };
        if (draft.peer) this.peers.set(key.slice(2), draft.peer);
        this.drafts.restore(this.talk(key.slice(2)), draft);
      }
    }
    this.me.stale();
    await this.outbox.load(rows);
  }

  private revive(id: string, { line, known, epoch, peer, hidden, first, start, entries }: Kept): void {
    const talk = this.talk(id);
    this.inbox.restore(id, known, epoch, peer);
    talk.hidden = hidden;
    talk.restore(entries ?? [], first ?? known + 1, start ?? false);
    talk.lined(line);
    this.paced.read(id, talk.account.read, this.clock.now());
  }
}

/** The kinds of entries that the actions of an outbox make. */
const kinds: Record<string, string> = { send: "message", edit: "edited", delete: "deleted", react: "reacted", pin: "pinned" };

/** home is where a client keeps its rows if nobody says. */
function home({ url, user }: Options): Store {
  return typeof indexedDB === "undefined" ? new MemoryStore() : new IndexedDBStore(`parley ${url} ${user ?? ""}`);
}

/** subject reads whom a token is for; "" if it is of another shape. The server says it again. */
function subject(token: string): string {
  try {
    const claims = JSON.parse(atob((token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"))) as { sub?: unknown };
    return typeof claims.sub === "string" ? claims.sub : "";
  } catch {
    return "";
  }
}
