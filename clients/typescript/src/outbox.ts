import type { Entry } from "./entry.js";
import { type Failure, ParleyError, fail } from "./error.js";
import type { Follower } from "./follow.js";
import { newID } from "./id.js";
import type { Inbox } from "./inbox.js";
import type { Keeper } from "./keeper.js";
import type { LocalMessage, Sent } from "./message.js";
import type { Calls } from "./request.js";
import { owned } from "./tabs.js";
import type { HistoryResult, SyncResult } from "./wire.js";

/** How many the outbox holds. What comes on top fails at once. */
export const maxOutbox = 1000;

/** What the outbox keeps in the store. */
interface Row {
  /** Where it is in the order of all. */
  n: number;
  id: string;
  conversation: string;
  action: string;
  body: Record<string, unknown>;
  /** The newest entry of the conversation that was known when it was made: where to look for it when it is repeated. */
  after: number;
  at: number;
  failed?: { code: Failure; message: string };
  /** Which client sends it, of those that share the store. */
  owner: string;
}

/** What the server answers when something was stored. */
export interface Stored {
  conversation: string;
  seq?: number;
  id?: string;
  at?: string;
  until?: string;
  timer?: Entry["timer"];
  declined?: string[];
}

/** Job is a message, or a change, on its way. */
export class Job implements LocalMessage {
  error?: ParleyError;
  readonly sent: Promise<Sent>;
  /** The whole answer. */
  readonly result: Promise<Stored>;
  stored: Stored | undefined;
  readonly abort = new AbortController();
  tried = false;
  #resolve!: (stored: Stored) => void;
  #reject!: (error: ParleyError) => void;

  constructor(
    readonly row: Row,
    /** Whether it is in the store. */
    readonly kept: boolean,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.sent = this.result.then(({ conversation, seq, at }) => ({
      conversation,
      seq: seq ?? 0,
      id: row.id,
      at: Date.parse(at ?? ""),
    }));
    this.sent.catch(() => undefined); // whoever does not look at it looks at the status
    this.result.catch(() => undefined);
    if (row.failed) this.error = new ParleyError(row.failed.code, row.failed.message);
  }

  get id(): string {
    return this.row.id;
  }

  get conversation(): string {
    return this.row.conversation;
  }

  get status(): LocalMessage["status"] {
    return this.stored ? "sent" : this.error ? "failed" : "pending";
  }

  settle(outcome: Stored | ParleyError): void {
    if (outcome instanceof ParleyError) {
      this.error = outcome;
      this.#reject(outcome);
    } else {
      this.stored = outcome;
      this.#resolve(outcome);
    }
  }
}

/** What the outbox tells. */
export interface Sending {
  /** Something in a conversation is on its way, or not any more. */
  changed(conversation: string, job: Job): void;
  /** A job was stored. */
  landed(job: Job, stored: Stored): void;
  failed(job: Job, error: ParleyError): void;
}

/**
 * Outbox holds what has no acknowledgement yet, one lane for each conversation. One of a lane is under way at a time: API
 * Gateway runs the frames of a connection concurrently, so a second one could overtake the first.
 */
export class Outbox {
  readonly #lanes = new Map<string, Job[]>();
  readonly #working = new Set<string>();
  readonly #owner = newID();
  #last = 0;
  #loaded = false;
  #held = 0;
  #release: (() => void) | undefined;

  constructor(
    private readonly calls: Calls,
    private readonly inbox: Inbox,
    private readonly follower: () => Follower,
    private readonly keeper: Keeper,
    private readonly now: () => number,
    private readonly tell: Sending,
  ) {}

  /** Takes over what the store has, but for what belongs to another client that is there, in another tab of the browser. */
  async load(rows: Array<[string, unknown]>): Promise<void> {
    const mine = rows.filter(([key]) => key.startsWith("o:")).map(([, value]) => value as Row);
    const owners = new Set(mine.map((row) => row.owner));
    this.#release = await owned(this.keeper.store.name, this.#owner, owners, async (owner, late) => {
      const found = late ? (await this.keeper.store.load()).map(([, value]) => value as Row) : mine;
      this.#adopt(found.filter((row) => row.owner === owner));
    });
    this.#loaded = true;
    this.resume();
  }

  #adopt(rows: Row[]): void {
    for (const row of rows.sort((a, b) => a.n - b.n)) {
      const job = new Job({ ...row, owner: this.#owner }, true);
      job.tried = true;
      this.#last = Math.max(this.#last, row.n);
      this.#put(job);
      this.keeper.now(`o:${row.id}`, job.row);
    }
    if (this.#loaded) this.resume();
  }

  #put(job: Job): void {
    const lane = this.#lanes.get(job.conversation) ?? [];
    lane.push(job);
    lane.sort((a, b) => a.row.n - b.row.n);
    this.#lanes.set(job.conversation, lane);
    this.#held++;
    this.tell.changed(job.conversation, job);
  }

  /** Puts something at the end of its lane. What is kept survives a restart. */
  add(conversation: string, action: string, body: Record<string, unknown>, kept = true): Job {
    const at = this.now();
    this.#last = Math.max(this.#last + 1, at);
    const id = newID();
    const row: Row = { n: this.#last, id, conversation, action, body: { id, ...body }, after: this.inbox.newest(conversation), at, owner: this.#owner };
    const job = new Job(row, kept);
    if (this.#held >= maxOutbox) {
      job.settle(new ParleyError("too_large", `the outbox holds at most ${maxOutbox}`));
      return job;
    }
    if (kept) this.keeper.now(`o:${id}`, row);
    this.#put(job);
    this.#work(conversation);
    return job;
  }

  /** Everything of a conversation that is not stored yet, in order. */
  of(conversation: string): readonly Job[] {
    return this.#lanes.get(conversation) ?? [];
  }

  /** The conversations in which something is on its way. */
  conversations(): string[] {
    return [...this.#lanes.keys()];
  }

  /** Sends what waits. */
  resume(): void {
    for (const conversation of this.#lanes.keys()) this.#work(conversation);
  }

  /** Puts a failed job back at the end of its lane, under its old id. */
  retry(conversation: string, id: string): void {
    const job = this.#find(conversation, id);
    if (!job?.error) return;
    this.#drop(job);
    this.#last = Math.max(this.#last + 1, this.now());
    const { failed: _, ...row } = job.row;
    const again = new Job({ ...row, n: this.#last }, job.kept);
    again.tried = true;
    if (job.kept) this.keeper.now(`o:${id}`, again.row);
    this.#put(again);
    this.#work(conversation);
  }

  /** Gives a job up. */
  withdraw(conversation: string, id: string): void {
    const job = this.#find(conversation, id);
    if (!job) return;
    const error = new ParleyError("cancelled", "withdrawn");
    job.abort.abort(error);
    if (!job.error) job.settle(error);
    this.#drop(job);
  }

  /** Forgets everything: another user is here. */
  forget(): void {
    for (const lane of this.#lanes.values()) {
      for (const job of lane) job.abort.abort(new ParleyError("cancelled", "logged out"));
    }
    this.#lanes.clear();
    this.#held = 0;
  }

  /** Leaves what waits to whoever shares the store. */
  close(): void {
    this.#release?.();
  }

  #find(conversation: string, id: string): Job | undefined {
    return this.#lanes.get(conversation)?.find((job) => job.id === id);
  }

  #drop(job: Job): void {
    const lane = this.#lanes.get(job.conversation);
    const i = lane?.indexOf(job) ?? -1;
    if (!lane || i < 0) return;
    lane.splice(i, 1);
    this.#held--;
    if (lane.length === 0) this.#lanes.delete(job.conversation);
    if (job.kept) this.keeper.now(`o:${job.id}`, undefined);
    this.tell.changed(job.conversation, job);
  }

  #work(conversation: string): void {
    if (!this.#loaded || this.#working.has(conversation)) return;
    this.#working.add(conversation);
    void this.#workOff(conversation).finally(() => this.#working.delete(conversation));
  }

  /** Delivers the jobs of a lane one after the other. It stops where the client is closed. */
  async #workOff(conversation: string): Promise<void> {
    for (;;) {
      const job = this.#lanes.get(conversation)?.find((one) => !one.error);
      if (!job) return;
      try {
        const stored = await this.#deliver(job);
        if (job.abort.signal.aborted) continue;
        job.settle(stored);
        this.tell.landed(job, stored);
        this.#drop(job);
      } catch (thrown) {
        const error = fail(thrown, "internal");
        if (job.abort.signal.aborted) continue;
        if (error.code === "closed" || !this.calls.open) return;
        job.row.failed = { code: error.code, message: error.message };
        job.settle(error);
        if (job.kept) this.keeper.now(`o:${job.id}`, job.row);
        else this.#drop(job);
        this.tell.changed(conversation, job);
        this.tell.failed(job, error);
      }
    }
  }

  /** Sends a job until there is an outcome. */
  async #deliver(job: Job): Promise<Stored> {
    const { signal } = job.abort;
    for (;;) {
      let first = false;
      try {
        const build = () => {
          first = !job.tried;
          job.tried = true;
          return after(job.row);
        };
        return (await this.calls.request(job.row.action, build, { signal })) as Stored;
      } catch (thrown) {
        if (!(thrown instanceof ParleyError) || thrown.code !== "behind") throw thrown;
        const stored = first ? await this.#skip(job) : await this.#search(job);
        if (stored) return stored;
      }
    }
  }

  /** The only attempt was refused, so there is nothing to look for but the end of the log. */
  async #skip({ row, abort }: Job): Promise<undefined> {
    const body = { conversation: row.conversation, limit: 1 };
    const { head } = (await this.calls.request("history", () => body, abort)) as HistoryResult;
    if (head < row.after) this.follower().doubt(); // the log has lost entries: the list says of which epoch it is
    row.after = head;
  }

  /** Looks for a job in what was said since it was made, and raises after to the end of that. */
  async #search({ row, abort }: Job): Promise<Stored | undefined> {
    for (let first = true; ; first = false) {
      const cursors = [{ conversation: row.conversation, after: row.after }];
      const { conversations } = (await this.calls.request("sync", () => ({ cursors }), abort)) as SyncResult;
      const [missed] = conversations;
      if (!missed || "gone" in missed) {
        if (first && !missed) {
          row.after = 0; // the log ends before it, so it has lost entries
          this.follower().doubt();
        }
        return undefined;
      }
      for (const e of missed.entries as Entry[]) {
        if (e.from === this.inbox.user && e.id === row.id) return e as Stored;
        row.after = e.seq;
      }
      if (row.after >= missed.head) return undefined;
    }
  }
}

/** Which actions know a repetition by where to look for the others. */
const sequenced = new Set(["send", "edit", "delete", "react", "pin", "add", "remove", "leave", "role", "change"]);

const after = ({ action, body, after }: Row): object => (sequenced.has(action) ? { ...body, after } : body);
