import type { Core } from "./core.js";
import { type Entry, time } from "./entry.js";
import type { Quote } from "./message.js";
import { Room, search } from "./room.js";
import { quoted } from "./snapshot.js";
import type { Talk } from "./talk.js";
import type { HistoryResult } from "./wire.js";

/** How many entries around goes back at most. */
const mostAround = 10_000;
/** How many pages are loaded at once where they hold little that is shown, and how much is enough. */
const mostPages = 5;
const enough = 20;

/** History loads what of a conversation is not here. */
export class History {
  #busy: Promise<boolean> | undefined;

  constructor(
    private readonly talk: Talk,
    private readonly core: Core,
  ) {}

  /** Whether older entries are being loaded. */
  get loading(): boolean {
    return this.#busy !== undefined;
  }

  /** Loads a page of older entries and tells whether there are more. Calls at the same time share one. */
  older(n: number): Promise<boolean> {
    this.#busy ??= this.#load(Math.min(Math.max(n, 1), 200)).finally(() => {
      this.#busy = undefined;
      this.talk.timeline.stale();
    });
    this.talk.timeline.stale();
    return this.#busy;
  }

  async #load(limit: number): Promise<boolean> {
    const { talk } = this;
    const before = this.#shown();
    for (let pages = 0; pages < mostPages && !talk.start; pages++) {
      const { room, first } = talk;
      if (!this.core.readable(talk.id)) return false; // a conversation in which nothing was said yet
      const { entries, more } = await this.#page({ limit, before: first > 1 ? first : undefined });
      if (talk.room !== room || talk.first !== first) continue; // it began anew meanwhile
      if (!this.core.exists(talk.id)) talk.first = (entries.at(-1)?.seq ?? 0) + 1; // nobody has told where it ends
      talk.older(entries, more);
      if (this.#shown() - before >= Math.min(limit, enough)) break;
    }
    return !talk.start;
  }

  #shown(): number {
    const { order } = this.talk.room;
    return order.length - search(order, this.talk.first);
  }

  async #page(body: { limit: number; before?: number | undefined }): Promise<{ entries: Entry[]; more: boolean }> {
    const page = await this.core.ask<HistoryResult>("history", { conversation: this.talk.id, ...body });
    return { entries: page.entries as Entry[], more: page.more };
  }

  /** Loads older entries until one is there. */
  async around(seq: number): Promise<boolean> {
    const { talk } = this;
    const from = talk.first;
    while (talk.first > seq && !talk.start && from - talk.first < mostAround) await this.older(200);
    return talk.room.get(seq) !== undefined && seq >= talk.first;
  }

  /** What a message says that is too old to be here. */
  async quote(seq: number): Promise<Quote> {
    const { entries } = await this.#page({ limit: 1, before: seq + 1 });
    const room = new Room();
    for (const e of entries) if (e.seq === seq) room.apply(e);
    const m = room.get(seq);
    return m ? quoted(seq, m) : { seq, gone: true };
  }

  async members(): Promise<void> {
    const { talk, core } = this;
    const all = await core.pages("members", { conversation: talk.id });
    if (all) talk.members.set(all.map((member) => ({ ...member, seen: time(member.seen) })));
  }

  /** Loads as far back as the oldest message that is pinned. */
  async pins(): Promise<void> {
    try {
      const { pins } = await this.core.ask<{ pins: number[] }>("pins", { conversation: this.talk.id });
      if (pins.length > 0) await this.around(Math.min(...pins));
      this.talk.pins.stale();
    } catch {
      // asked for again when somebody next watches
    }
  }

  /** Asks about messages whose timers may have started while nobody listened. */
  async timers(): Promise<void> {
    const waiting = this.talk.room.waiting();
    while (waiting.length > 0) {
      const { entries } = await this.#page({ limit: 50, before: (waiting.at(-1) as number) + 1 });
      for (const e of entries) if (waiting.includes(e.seq)) this.talk.take(e);
      const oldest = entries[0]?.seq ?? 0;
      while (waiting.length > 0 && (waiting.at(-1) as number) >= oldest) waiting.pop();
    }
    this.talk.expire();
  }
}
