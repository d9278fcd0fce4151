import { type Entry, shown, time } from "./entry.js";
import type * as wire from "./wire.js";

/** What somebody has on a message since seq. */
interface Marked {
  seq: number;
  marks: string[];
}

/** A message, or what is known of one that has not come yet. */
export interface Said {
  seq: number;
  /** Undefined while it has not come, and when it is hidden from the user. */
  entry?: Entry | undefined;
  /** The entry of the newest edit, if there is one. */
  edit?: Entry | undefined;
  gone?: "deleted" | "expired" | undefined;
  hidden: boolean;
  thread?: string | undefined;
  pin: { seq: number; on: boolean };
  readonly marks: Map<string, Marked>;
  /** When it disappears, in milliseconds since 1970. */
  due?: number | undefined;
}

/**
 * Room is what the messages of one conversation say now. It takes entries in any order and any number of times. What it
 * shows is right when it has, from some seq on, all entries up to now: then every change of what it shows is among them. So
 * reactions are counted from their entries, with everybody's name, and not from the summary that comes with a message.
 */
export class Room {
  /** The seqs of what is shown, ascending. */
  readonly order: number[] = [];
  readonly #said = new Map<number, Said>();
  /** Entries that change what is shown, by seq; kept so that a store can have them, and a room be made smaller. */
  readonly #changes = new Map<number, Entry>();

  /** Takes an entry and returns the seq of the message that looks different now: the target of a change, or its own. */
  apply(e: Entry): number {
    const target = e.body.target;
    if (target) this.#changes.set(e.seq, e);
    const m = this.#at(target ?? e.seq);
    switch (e.event) {
      case "edited": {
        const [version, known] = [e.version ?? 0, m.edit?.version ?? 0];
        // Of two with the same version the later one counts: who edits while they are blocked has versions of their own.
        if (!m.gone && (version > known || (version === known && e.seq > (m.edit?.seq ?? 0)))) m.edit = e;
        this.#erase(m, lost(e));
        break;
      }
      case "deleted":
        this.#erase(m, "deleted");
        break;
      case "reacted":
        if (!m.gone && e.from && e.seq > (m.marks.get(e.from)?.seq ?? 0)) {
          m.marks.set(e.from, { seq: e.seq, marks: e.body.reactions ?? [] });
        }
        break;
      case "pinned":
        if (e.seq > m.pin.seq) m.pin = { seq: e.seq, on: !e.body.off };
        break;
      case "threaded":
        m.thread = e.body.thread;
        break;
      case "hidden":
        this.hide([e.seq]);
        break;
      default:
        if (e.event === "message" || shown.has(e.event)) this.#say(m, e);
    }
    return m.seq;
  }

  #say(m: Said, e: Entry): void {
    if (m.hidden) return;
    if (!m.entry) insert(this.order, e.seq);
    if (!m.entry || (e.version ?? 0) > (m.entry.version ?? 0)) m.entry = e;
    m.thread ??= e.thread;
    m.due = time(e.until) ?? m.due;
    this.#erase(m, m.gone ?? lost(e));
  }

  /** Forgets messages that the user is not to see any more, and does not take them again. */
  hide(seqs: Iterable<number>): void {
    for (const seq of seqs) {
      const i = search(this.order, seq);
      if (this.order[i] === seq) this.order.splice(i, 1);
      const m = this.#at(seq);
      m.hidden = true;
      m.entry = m.edit = undefined;
      m.marks.clear();
    }
  }

  /** The message with a seq; undefined if it has not come or is hidden. */
  get(seq: number): Said | undefined {
    const m = this.#said.get(seq);
    return m?.entry ? m : undefined;
  }

  /** When messages disappear whose timers have started. Returns those that are here. */
  start(messages: wire.Due[]): void {
    for (const { seq, until } of messages) {
      const m = this.#at(seq);
      if (!m.gone) m.due = time(until);
    }
  }

  /** Takes away what is over at a time. Returns what was, and when the next is due. */
  expire(now: number): { gone: number[]; next?: number } {
    const gone: number[] = [];
    let next: number | undefined;
    for (const seq of this.order) {
      const m = this.#at(seq);
      if (m.due === undefined) continue;
      if (m.due <= now) {
        this.#erase(m, "expired");
        gone.push(seq);
      } else if (next === undefined || m.due < next) next = m.due;
    }
    return next === undefined ? { gone } : { gone, next };
  }

  /** The messages whose timers had not started when this was last told, oldest first: they may have while nobody listened. */
  waiting(): number[] {
    return this.order.filter((seq) => {
      const m = this.#at(seq);
      return m.due === undefined && !m.gone && timer(m.entry?.timer)?.from === "read";
    });
  }

  /** The pinned messages that are here, the one that was pinned last first. */
  pinned(): Said[] {
    const all = [...this.#said.values()].filter((m) => m.pin.on && m.entry && !m.gone);
    return all.sort((a, b) => b.pin.seq - a.pin.seq);
  }

  /** All entries from a seq on as they are to be kept: nothing of what is gone is among them. */
  entries(from: number): Entry[] {
    const all: Entry[] = [];
    for (let i = search(this.order, from); i < this.order.length; i++) {
      const m = this.#at(this.order[i] as number);
      all.push({ ...now(m), ...(m.due !== undefined && { until: new Date(m.due).toISOString() }) });
    }
    for (const e of this.#changes.values()) {
      const target = this.#said.get(e.body.target as number);
      if (e.seq < from) continue;
      if (target && (target.gone || target.hidden) && e.event === "edited") {
        const { target: seq } = e.body;
        all.push({ ...e, body: { target: seq as number }, [target.gone ?? "deleted"]: true });
      } else all.push(e);
    }
    for (const m of this.#said.values()) {
      if (m.hidden && m.seq >= from) all.push({ event: "hidden", conversation: "", seq: m.seq, body: {} });
    }
    return all.sort((a, b) => a.seq - b.seq);
  }

  #at(seq: number): Said {
    let m = this.#said.get(seq);
    if (!m) {
      m = { seq, hidden: false, pin: { seq: 0, on: false }, marks: new Map() };
      this.#said.set(seq, m);
    }
    return m;
  }

  /** Keeps nothing of a message but its place. */
  #erase(m: Said, why: Said["gone"]): void {
    if (!why) return;
    m.gone = m.gone === "deleted" ? m.gone : why;
    m.edit = m.due = undefined;
    m.marks.clear();
    if (m.entry) m.entry = bare(m.entry, m.gone);
  }
}

/** lost is why an entry shows nothing of its message. */
const lost = (e: Entry): Said["gone"] => (e.deleted ? "deleted" : e.expired ? "expired" : undefined);

function bare({ event, conversation, seq, id, from, to, at }: Entry, gone: "deleted" | "expired"): Entry {
  const place = { event, conversation, seq, id: id || undefined, from: from || undefined, to: to || undefined, at: at || undefined };
  return { ...place, body: {}, [gone]: true };
}

/** now is the message with its newest text. */
export function now(m: Said): Entry {
  const e = m.entry as Entry;
  if (!m.edit || (m.edit.version ?? 0) <= (e.version ?? 0)) return e;
  const { text, mentions, everybody } = m.edit.body;
  const body = { ...e.body };
  delete body.text;
  delete body.mentions;
  delete body.everybody;
  Object.assign(body, text !== undefined && { text }, mentions && { mentions }, everybody && { everybody });
  const { version, edited } = m.edit;
  return { ...e, body, version: version || undefined, edited: edited || undefined };
}

/** timer is a timer that is set. */
export function timer(t: wire.Timer | undefined): { after: number; from: "sent" | "read" } | undefined {
  return t && "from" in t ? { after: t.after, from: t.from } : undefined;
}

/** search returns where seq is among ascending seqs, or would be. */
export function search(order: readonly number[], seq: number): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((order[middle] as number) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(order: number[], seq: number): void {
  if (order.length === 0 || (order.at(-1) as number) < seq) order.push(seq);
  else order.splice(search(order, seq), 0, seq);
}

