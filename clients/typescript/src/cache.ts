import type { Core } from "./core.js";
import type { Entry, Line } from "./entry.js";
import { visible } from "./snapshot.js";
import type { Draft } from "./summary.js";
import type { Talk } from "./talk.js";
import type * as wire from "./wire.js";

/** How many conversations the store has, and of how many of them it has the newest messages, and how many entries of each. */
const keptTalks = 500;
const keptRooms = 50;
const keptEntries = 100;

type Rows = Array<[key: string, value: unknown]>;

/** What the store has of a conversation. */
interface Kept {
  line: Line;
  known: number;
  epoch: number;
  peer: string;
  hidden: number;
  first?: number;
  start?: boolean;
  entries?: Entry[];
}

/** Cache keeps in the store what paints before the network answers. */
export class Cache {
  constructor(private readonly core: Core) {}

  keep(talk: Talk): void {
    if (talk.line) this.core.keep(`c:${talk.id}`, () => this.#row(talk));
  }

  forget(id: string): void {
    this.core.keep(`c:${id}`, () => undefined);
  }

  #row(talk: Talk): Kept | undefined {
    const { core } = this;
    const cursor = core.inbox.cursor(talk.id);
    const place = core.conversations.get().findIndex(({ id }) => id === talk.id);
    if (!cursor || !talk.line || place < 0 || place >= keptTalks) return undefined;
    const { count, capped, mentions } = talk.unread();
    const { read, marked, markedAt } = talk.account;
    const { known, epoch, peer } = cursor;
    const unread = { count, more: capped, mentions };
    const line = { ...talk.line, head: known, read, unread, marked, marked_at: markedAt };
    const row = { line, known, epoch, peer, hidden: talk.hidden };
    const last = talk.room.entries(talk.room.order.at(-1) ?? Infinity).find(visible);
    if (last) line.last = last as wire.Entry;
    if (place >= keptRooms) return row;
    const first = Math.max(talk.first, known - keptEntries + 1);
    return { ...row, first, start: talk.start && first === talk.first, entries: talk.room.entries(first) };
  }

  /** Loads all rows, unless another user than the one who is known has left them: those are forgotten. */
  async load(user: string): Promise<{ rows: Rows; me: { user: string; device: string } | undefined }> {
    const { keeper } = this.core;
    const rows = await keeper.store.load().catch((): Rows => {
      this.core.log("warn", "the store cannot be read");
      return [];
    });
    const me = rows.find(([key]) => key === "me")?.[1] as { user: string; device: string } | undefined;
    if (!user || !me || me.user === user) return { rows, me };
    await keeper.clear();
    return { rows: [], me: undefined };
  }

  restore(rows: Rows): void {
    const { people, peers, drafts } = this.core;
    const of = <T>(key: string) => rows.find(([name]) => name === key)?.[1] as T | undefined;
    people.restore(of("profiles"), of("names"), of("silent"));
    for (const [key, value] of rows) {
      const id = key.slice(2);
      if (key.startsWith("c:")) this.#revive(id, value as Kept);
      if (key.startsWith("d:")) {
        const draft = value as Draft & { peer?: string };
        if (draft.peer) peers.set(id, draft.peer);
        drafts.restore(this.core.talk(id), draft);
      }
    }
  }

  /** Goes on where a row says. */
  #revive(id: string, { line, known, epoch, peer, hidden, first, start, entries }: Kept): void {
    const { core } = this;
    const talk = core.talk(id);
    core.inbox.restore(id, known, epoch, peer);
    talk.hidden = hidden;
    talk.restore(entries ?? [], first ?? known + 1, start ?? false);
    talk.lined(line);
    core.paced.read(id, talk.account.read, core.clock.now());
  }
}
