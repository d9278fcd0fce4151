import { Cache } from "./cache.js";
import { Chores } from "./chores.js";
import { type Clock, Timer, system } from "./clock.js";
import { Link } from "./connection.js";
import { Drafts } from "./draft.js";
import type { Entry } from "./entry.js";
import { ParleyError, fail } from "./error.js";
import { Follower } from "./follow.js";
import { newDevice } from "./id.js";
import { Inbox } from "./inbox.js";
import { home } from "./indexeddb.js";
import { Keeper } from "./keeper.js";
import { Media } from "./media.js";
import { landed } from "./landed.js";
import type { LogLine, Options } from "./options.js";
import { type Job, Outbox, type Stored } from "./outbox.js";
import { Composing, Receipts } from "./pace.js";
import { People } from "./people.js";
import { Watch } from "./presence.js";
import { Cell } from "./readable.js";
import { receive } from "./receive.js";
import { Calls } from "./request.js";
import { Self, subject } from "./self.js";
import { visible } from "./snapshot.js";
import type { Line } from "./socket.js";
import type { ConversationSummary } from "./summary.js";
import { Talk } from "./talk.js";
import * as wire from "./wire.js";

/** The actions that answer with a page of what they are called. */
type Listing = "blocked" | "contacts" | "drafts" | "members" | "muted" | "scheduled";

/** What there is of that. */
type Listed<A extends Listing> = wire.Actions[A]["result"] extends Record<A, (infer L)[]> ? L : never;

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
  readonly self = new Self(this);
  readonly chores = new Chores(this);
  readonly cache = new Cache(this);
  readonly paced = new Receipts();
  readonly composing = new Composing();
  readonly talks = new Map<string, Talk>();
  readonly listeners = new Map<string, Set<(event: never) => void>>();
  readonly ready: Promise<void>;
  readonly conversations: Cell<readonly ConversationSummary[]>;
  #away = false;
  #known = false;
  readonly #pacing: Timer;

  constructor(readonly options: Options) {
    this.clock = options.clock ?? system;
    this.random = options.random ?? Math.random;
    this.fetch = options.fetch ?? ((...request) => fetch(...request));
    this.keeper = new Keeper(options.store ?? home(options), this.clock, (message) => this.log("warn", message));
    this.link = new Link({
      options: { ...options, token: (why) => this.#token(why) },
      clock: this.clock,
      random: this.random,
      log: (level, message, details) => this.log(level, message, details),
      address: async () => {
        await this.ready;
        return `${options.url}${options.url.includes("?") ? "&" : "?"}device=${this.self.device}`;
      },
      frame: (frame, line) => receive(this, frame, line),
      opened: (line) => this.#opened(line),
      closed: () => this.#stop(),
    });
    this.calls = new Calls(this.link, this.clock, this.random, (slowedUntil) => {
      this.link.state.set({ ...this.link.state.get(), slowedUntil });
    });
    this.inbox = new Inbox({
      entry: (e) => this.#entry(e),
      begun: (id, seq) => this.talk(id).begun(seq),
      gone: (id) => this.#gone(id),
    });
    this.follower = new Follower(this.link, this.calls, this.inbox, this.clock, this.random, {
      line: (line) => {
        this.talk(line.conversation).lined(line);
        this.#pacing.start(0); // what the server does not know may have been lost with a connection
      },
      caughtUp: () => this.#caughtUp(),
      log: (message, details) => this.log("warn", message, details),
    });
    this.outbox = new Outbox(this.calls, this.inbox, () => this.follower, this.keeper, () => this.clock.now(), {
      changed: (id, job) => {
        const { to } = job.row.body as { to?: { user?: string } };
        if (to?.user) this.#begin(id, to.user);
        this.talk(id).jobChanged(job);
      },
      landed: (job, stored) => this.#landed(job, stored),
      failed: (job, error) => this.#failed(job, error),
    });
    this.people = new People(this);
    this.watch = new Watch(this);
    this.#pacing = new Timer(this.clock, () => this.pace());
    this.conversations = new Cell(() => this.#list());
    if (options.user) this.self.become(options.user);
    this.link.state.subscribe(() => {
      const { state } = this.link.state.get();
      if (state === "disconnected" || state === "closed") this.watch.lost(); // unknown is not offline, and not online either
    });
    this.ready = this.#restore();
  }

  log(level: LogLine["level"], message: string, details: Record<string, unknown> = {}): void {
    this.options.log?.({ level, message, ...details });
  }

  /** Whether nothing can be asked before somebody connects. */
  get idle(): boolean {
    return !this.link.running;
  }

  get user(): string {
    return this.self.user;
  }

  /** What time it is for the server, in milliseconds since 1970. */
  serverNow(): number {
    return this.self.now();
  }

  ask<T>(action: keyof wire.Actions, body: object, signal?: AbortSignal): Promise<T> {
    return this.calls.request(action, () => body, { signal }) as Promise<T>;
  }

  /** Asks for all pages of something. */
  async all<A extends Listing>(action: A, body: object = {}): Promise<Listed<A>[]> {
    const all: Listed<A>[] = [];
    let next: string | undefined;
    do {
      const page = await this.ask<{ next?: string } & Record<A, Listed<A>[]>>(action, { ...body, limit: wire.MaxPage, next });
      all.push(...page[action]);
      next = page.next;
    } while (next);
    return all;
  }

  /** The same; undefined if that is not possible now. */
  async pages<A extends Listing>(action: A, body?: object): Promise<Listed<A>[] | undefined> {
    try {
      return await this.all(action, body);
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

  /** Whether there may be something to read: in a thread also for who does not follow it, and so has no line of it. */
  readable(id: string): boolean {
    const root = this.roots.get(id);
    const about = root && this.talk(root.conversation).room.get(root.seq);
    return this.exists(id) || (root !== undefined && (!about || about.thread !== undefined));
  }

  /** A conversation with somebody is in the list as soon as something is said in it, before the server has it. */
  #begin(id: string, peer: string): void {
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

  async #token(why: "connect" | "refused"): Promise<string> {
    const token = await this.options.token(why);
    if (!this.user) this.self.become(subject(token));
    return token;
  }

  #opened(line: Line): void {
    void this.self.hello(line);
    this.follower.opened();
    this.watch.opened();
    this.people.opened();
    this.outbox.resume();
    if (this.#away) void this.ask("status", { status: "away" }).catch(() => undefined);
    this.pace();
  }

  #caughtUp(): void {
    const state = this.link.state.get();
    if (state.state === "connected") this.link.state.set({ ...state, caughtUp: true });
    if (!this.#known) {
      this.#known = true;
      void this.people.loadContacts();
      this.people.profile(this.user);
    }
    void this.people.loadSilent();
    void this.pages("drafts").then((all) => {
      if (all) this.drafts.listed(all, this.talks.values());
    });
    for (const talk of this.talks.values()) {
      if (talk.room.waiting().length > 0) this.chores.timers(talk);
      talk.expire();
      talk.look();
    }
    void this.chores.work();
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
    } else if (next !== undefined) this.#pacing.start(next - now);
  }

  #stop(): void {
    this.follower.stop();
    this.#pacing.stop();
    this.watch.stop();
    this.drafts.stop();
    this.people.over.stop();
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
    this.#away = away;
    return this.ask("status", away ? { status: "away" } : { status: "online", scope: "device" });
  }

  // Who the user is.

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
    this.self.forget();
    this.#known = false;
    this.listChanged();
    await this.keeper.clear();
  }

  /** Somebody is called something else. */
  renamed(user: string): void {
    if (user === this.user) this.self.me.stale();
    for (const talk of this.talks.values()) if (talk.line?.peer === user) talk.outline();
  }

  /** Others are silent now. What the server has counted does not hold any more, if it is known who was before. */
  recount(before?: string): void {
    for (const talk of this.talks.values()) {
      if (before) talk.account.silenced();
      talk.outline();
    }
  }

  // The conversations.

  listChanged(): void {
    this.conversations.stale();
  }

  #list(): readonly ConversationSummary[] {
    const all: ConversationSummary[] = [];
    for (const talk of this.talks.values()) {
      const summary = talk.gone ? undefined : talk.summary.get();
      if (summary) all.push(summary);
    }
    return all.sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  #entry(e: Entry): void {
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

  #gone(id: string): void {
    const talk = this.talk(id);
    talk.gone = true;
    this.paced.forget(id);
    this.cache.forget(id);
    talk.outline();
  }

  /** Gives what was sent from here its place: the server does not send it to the connection that it came by. */
  #landed(job: Job, stored: Stored): void {
    if (job.row.action === "send") this.drafts.sent(this.talk(job.conversation), true);
    const entry = landed(job, stored, this);
    if (entry && this.inbox.own(entry)) this.follower.missing(0); // it comes by itself to nobody but others
  }

  #failed(job: Job, error: ParleyError): void {
    if (job.row.action === "send") this.drafts.sent(this.talk(job.conversation), false);
    this.emit("failed", { conversation: job.conversation, id: job.id, error });
  }

  /** The user has cleared a conversation up to a seq, here or elsewhere. */
  clear(id: string, seq: number): void {
    this.talk(id).clear(seq);
    this.inbox.clear(id, seq);
  }

  emit(event: string, what: unknown): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) (listener as (event: unknown) => void)(what);
  }

  // The store.

  keep(key: string, value: () => unknown): void {
    this.keeper.keep(key, value);
  }

  /** Goes on where the client was when it was last there. */
  async #restore(): Promise<void> {
    const { rows, me } = await this.cache.load(this.user);
    this.self.device = this.options.device ?? me?.device ?? newDevice();
    if (me) this.self.become(me.user);
    this.self.keep();
    this.cache.restore(rows);
    this.self.me.stale();
    await this.outbox.load(rows);
  }
}
