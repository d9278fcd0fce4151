import { Backoff } from "./backoff.js";
import { type Clock, Timer, wait } from "./clock.js";
import type { Link } from "./connection.js";
import type { Entry, Line } from "./entry.js";
import { ParleyError, fail } from "./error.js";
import type { Cursor, Inbox } from "./inbox.js";
import type { Calls } from "./request.js";
import { type ConversationsResult, MaxCursors, MaxPage, type SyncResult } from "./wire.js";

/** How long a missing entry may take to arrive by itself before it is fetched: frames posted together overtake each other. */
const gapTime = 150;
/**
 * When, after it has caught up, the client looks at the heads once more: the server reads who is connected eventually, so a
 * message that was sent while this client connected may have been posted to everybody but it.
 */
const settleTime = 5_000;
/** How soon the list is asked for again when an entry tells of something that only the list has all of. */
const renewTime = 300;
/** After how many syncs that brought nothing a conversation is left alone until something new arrives. */
const fruitless = 5;
/** After how long the whole list is asked for again: what changes without an entry is not among what has changed. */
const wholeEvery = 3_600_000;

/** What Follower tells. */
export interface Followed {
  /** A line of the list came. */
  line(line: Line): void;
  /** Everything that there was when the connection was opened has been delivered. all are the ids of the list. */
  caughtUp(): void;
  log(message: string, details?: Record<string, unknown>): void;
}

/** Follower keeps the inbox complete: it catches up after each connect, looks again when that has settled, and fetches gaps. */
export class Follower {
  readonly #lines = new Map<string, { head: number; epoch: number }>();
  #since = "";
  #whole = 0;
  #wanted: { list: boolean; missing: boolean; fresh: boolean } = { list: false, missing: false, fresh: false };
  #working = false;
  readonly #settled: Timer;
  readonly #gap: Timer;
  readonly #renewal: Timer;

  constructor(
    private readonly link: Link,
    private readonly calls: Calls,
    private readonly inbox: Inbox,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly tell: Followed,
  ) {
    this.#settled = new Timer(clock, () => this.#want("list"));
    this.#renewal = new Timer(clock, () => this.#want("list"));
    this.#gap = new Timer(clock, () => this.#want("missing"));
  }

  /** A connection was opened: everything may have happened meanwhile. */
  opened(): void {
    this.#wanted.fresh = true;
    this.#want("list");
  }

  /** An entry is missing, and may still come by itself within a time. */
  missing(within = gapTime): void {
    if (this.#gap.due === undefined || within === 0) this.#gap.start(within);
  }

  /** Only the list has all of what has happened. */
  renew(): void {
    if (this.#renewal.due === undefined) this.#renewal.start(renewTime);
  }

  /** The log of a conversation ends before what is known of it: the list says why. */
  doubt(): void {
    this.#since = "";
    this.#want("list");
  }

  stop(): void {
    for (const timer of [this.#settled, this.#gap, this.#renewal]) timer.stop();
    this.#wanted = { list: false, missing: false, fresh: false };
  }

  /** Forgets what it knows of the list, with everything else. */
  forget(): void {
    this.#lines.clear();
    this.#since = "";
  }

  #want(what: "list" | "missing"): void {
    this.#wanted[what] = true;
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    let { fresh } = this.#wanted;
    try {
      while (this.#wanted.list || this.#wanted.missing) {
        if (!this.#wanted.list) {
          this.#wanted.missing = false;
          await this.#fetch();
          continue;
        }
        fresh = this.#wanted.fresh;
        this.#wanted = { list: false, missing: false, fresh: false };
        await this.#catchUp();
        if (this.#wanted.fresh || !fresh) continue;
        this.tell.caughtUp();
        this.#settled.start(settleTime);
      }
    } catch (thrown) {
      this.tell.log("not caught up", { code: fail(thrown, "internal").code });
      if (this.link.running) {
        this.#wanted.fresh ||= fresh;
        this.#settled.start(settleTime);
      }
    } finally {
      this.#working = false;
    }
  }

  /** Learns what there is and fetches what is lacking. What arrives in the meantime goes to the inbox as well. */
  async #catchUp(): Promise<void> {
    const came = await this.#relist();
    const changed = new Map(came.map((line) => [line.conversation, line]));
    const heads = (id: string) => {
      const line = changed.get(id);
      if (line) return { head: line.head, epoch: line.epoch ?? 0 };
      const listed = this.#lines.get(id);
      return listed && { head: this.inbox.newest(id), epoch: listed.epoch }; // of what has not changed nothing is doubtful
    };
    await this.#audit(heads);
    for (const line of came) {
      this.inbox.clear(line.conversation, line.cleared ?? 0);
      this.inbox.announce(line.conversation, line.epoch ?? 0, line.from ?? 0, line.head, line.peer);
      this.tell.line(line);
    }
    await this.#fetch();
  }

  /** Brings the list up to date and returns the lines that came. After a short absence they are few. */
  async #relist(): Promise<Line[]> {
    const now = this.clock.now();
    if (this.#since && now - this.#whole < wholeEvery) {
      const page = await this.#list(this.#since);
      this.#note(page.lines);
      if (page.of === this.#lines.size) {
        this.#since = page.since;
        return page.lines;
      }
    }
    const page = await this.#list("");
    this.#lines.clear();
    this.#note(page.lines);
    this.#since = page.since;
    this.#whole = now;
    return page.lines;
  }

  #note(lines: Line[]): void {
    for (const { conversation, head, epoch } of lines) this.#lines.set(conversation, { head, epoch: epoch ?? 0 });
  }

  /** Asks for all pages of the list, or of what has changed since a time. */
  async #list(since: string): Promise<{ lines: Line[]; since: string; of: number | undefined }> {
    const lines: Line[] = [];
    let first: ConversationsResult | undefined;
    let of: number | undefined;
    let next: string | undefined;
    do {
      const body = { limit: MaxPage, since: since || undefined, next };
      const page = (await this.calls.request("conversations", () => body)) as ConversationsResult;
      first ??= page;
      if (page.of !== undefined) of = (of ?? 0) + page.of;
      lines.push(...(page.conversations as Line[]));
      next = page.next;
    } while (next);
    return { lines, since: first.since ?? "", of };
  }

  /**
   * Finds the conversations that the user is not in any more, and those that begin again. The list may be late, so it only
   * raises the suspicion; sync reads consistently and proves it.
   */
  async #audit(heads: (id: string) => { head: number; epoch: number } | undefined): Promise<void> {
    for (const { conversation, after } of this.inbox.doubtful(heads)) {
      const [found] = await this.sync([{ conversation, after: after - 1 }]);
      if (found && "gone" in found) {
        this.inbox.leave(conversation);
      } else if (!found) {
        this.tell.log("conversation begins again", { conversation });
        this.inbox.restart(conversation, after, heads(conversation)?.head ?? 0);
      }
    }
  }

  /** Asks for missing entries until there are none. */
  async #fetch(): Promise<void> {
    const backoff = new Backoff(this.random);
    for (let tries = 0; ; ) {
      const cursors = this.inbox.behind(MaxCursors);
      if (cursors.length === 0) return;
      if (await this.#advance(cursors)) {
        backoff.reset();
        tries = 0;
        continue;
      }
      if (++tries === fruitless) {
        this.#abandon(cursors);
        return;
      }
      await wait(this.clock, backoff.next());
      if (!this.link.running || this.#wanted.list) return; // what is missing is asked for again, after the heads
    }
  }

  /** Fetches once for all cursors and tells whether that brought something. */
  async #advance(cursors: Cursor[]): Promise<boolean> {
    let found: SyncResult["conversations"];
    try {
      found = await this.sync(cursors);
    } catch (thrown) {
      if (!(thrown instanceof ParleyError) || thrown.code === "closed" || !this.link.running) throw thrown;
      if (cursors.length === 1) {
        this.#abandon(cursors);
        return true;
      }
      for (const cursor of cursors) await this.#advance([cursor]); // one of them spoils it for all
      return true;
    }
    let progress = false;
    for (const missed of found) {
      if ("gone" in missed) {
        this.inbox.leave(missed.conversation);
        progress = true;
        continue;
      }
      this.inbox.announce(missed.conversation, missed.epoch ?? 0, missed.from ?? 0, missed.head);
      for (const entry of missed.entries) this.inbox.offer(entry as Entry);
    }
    return progress || cursors.some(({ conversation, after }) => this.inbox.known(conversation) > after);
  }

  /** Stops asking for what the server does not give. */
  #abandon(cursors: Cursor[]): void {
    for (const { conversation } of cursors) {
      this.tell.log("gap not filled", { conversation });
      this.inbox.giveUp(conversation);
    }
  }

  /** Asks what follows some cursors. */
  async sync(cursors: Cursor[], signal?: AbortSignal): Promise<SyncResult["conversations"]> {
    const result = (await this.calls.request("sync", () => ({ cursors }), { signal })) as SyncResult;
    return result.conversations;
  }
}
