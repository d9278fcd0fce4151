import { type Entry, shown, time } from "./entry.js";
import type { Message, Quote, Reaction, Status, System, ThreadSummary } from "./message.js";
import type { Job } from "./outbox.js";
import { type Said, now, timer } from "./room.js";

/** What a message needs to know besides itself. */
export interface Around {
  user: string;
  /** Changes of it that are on their way, in order. */
  changes: readonly Job[];
  quote(seq: number): Quote;
  thread(seq: number, conversation: string): ThreadSummary;
  status(seq: number): Status;
}

/** message is what a message of a room is now, with the changes that are on their way. */
export function message(m: Said, around: Around): Message {
  const e = now(m);
  const mine = e.from === around.user;
  const system = e.event !== "message";
  let kind: Message["kind"] = m.gone ?? (system ? "system" : "message");
  let { text, mentions = [], everybody = false } = e.body;
  let edited = time(e.edited);
  let pinned = m.pin.on;
  let marks = m.marks;
  const changing: Array<NonNullable<Message["changing"]>[number]> = [];
  for (const { row } of around.changes) {
    const body = row.body as { body?: Entry["body"]; reactions?: string[]; off?: boolean };
    changing.push(row.action as "edit");
    if (row.action === "delete") {
      kind = "deleted";
      text = undefined;
    } else if (row.action === "edit") {
      ({ text, mentions = [], everybody = false } = body.body ?? {});
      edited = row.at;
    } else if (row.action === "pin") {
      pinned = !body.off;
    } else {
      marks = new Map(marks).set(around.user, { seq: Infinity, marks: body.reactions ?? [] });
    }
  }
  const shown = {
    key: `${e.from}/${e.id}`,
    conversation: e.conversation,
    seq: m.seq,
    id: e.id ?? "",
    from: e.from ?? "",
    mine,
    at: time(e.at) ?? 0,
    kind,
    thread: m.thread ? around.thread(m.seq, m.thread) : undefined,
    status: mine && !system ? around.status(m.seq) : undefined,
    changing: changing.length > 0 ? changing : undefined,
  };
  if (kind === "deleted" || kind === "expired") return { ...bare, ...shown };
  const after = timer(e.timer);
  const { attachments = [], reply, forwarded, in_parent, of } = e.body;
  return {
    ...shown,
    text,
    mentions,
    everybody,
    attachments,
    reply: reply ? around.quote(reply) : undefined,
    forwarded: !!forwarded,
    inParent: in_parent,
    of,
    edited,
    reactions: reactions(marks, around.user),
    pinned,
    expiresAt: m.due,
    expiresAfter: m.due === undefined && after?.from === "read" ? after.after : undefined,
    system: system ? tells(e) : undefined,
  };
}

/** What is left of a message of which nothing is left. */
const bare = { mentions: [], everybody: false, attachments: [], forwarded: false, reactions: [], pinned: false };

/** pending is a message that has no place in the log yet. */
export function pending(job: Job, user: string, quote: Around["quote"]): Message {
  const { row, stored } = job;
  const { body, expires, in_parent } = row.body as { body: Entry["body"] & { forward?: unknown }; expires?: number; in_parent?: true };
  return {
    ...bare,
    key: `${user}/${row.id}`,
    conversation: row.conversation,
    id: row.id,
    seq: stored?.seq,
    from: user,
    mine: true,
    at: time(stored?.at) ?? row.at,
    kind: "message",
    text: body.text,
    mentions: body.mentions ?? [],
    everybody: !!body.everybody,
    attachments: body.attachments ?? [],
    reply: body.reply ? quote(body.reply) : undefined,
    forwarded: !!body.forward,
    inParent: in_parent,
    expiresAfter: expires,
    status: job.status,
    error: job.error,
  };
}

/** reactions are the marks, the most frequent first, and who has them. */
function reactions(marks: Said["marks"], user: string): Reaction[] {
  const users = new Map<string, string[]>();
  for (const [who, has] of marks) {
    for (const mark of has.marks) users.set(mark, [...(users.get(mark) ?? []), who]);
  }
  const all = [...users].map(([mark, who]) => ({ mark, users: who.sort(), mine: who.includes(user) }));
  return all.sort((a, b) => b.users.length - a.users.length || (a.mark < b.mark ? -1 : 1));
}

/** tells is what an entry says that is not a message. */
function tells({ event, body }: Entry): System {
  const { users, role, name, setup } = body;
  return { event: event as System["event"], users, role, name, setup };
}

/** visible is whether an entry is one that is shown by itself. */
export const visible = (e: Entry) => e.event === "message" || shown.has(e.event);

/** quoted is what a reply shows of what it answers. */
export function quoted(seq: number, m: Said | undefined): Quote {
  if (!m) return { seq };
  const { from, body } = now(m);
  if (m.gone) return { seq, from, gone: true };
  const { text, attachments } = body;
  return { seq, from, text, attachments };
}
