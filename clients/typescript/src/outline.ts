import type { Core } from "./core.js";
import { type Entry, forGood, time } from "./entry.js";
import type { Message } from "./message.js";
import { Room, timer } from "./room.js";
import { message, visible } from "./snapshot.js";
import type { ConversationSummary } from "./summary.js";
import type { Talk } from "./talk.js";

/** outline is the line of a conversation in the list; undefined before there is one. */
export function outline(talk: Talk, core: Core): ConversationSummary | undefined {
  const last = talk.lastShown() ?? listed(talk, core);
  const { line, account } = talk;
  if (!line) return undefined;
  const { peer, parent, root } = line;
  const until = time(line.muted);
  return {
    id: talk.id,
    kind: line.kind,
    title: line.name ?? (peer ? core.people.profile(peer).get().name : ""),
    peer,
    picture: line.picture,
    root: parent && root ? { conversation: parent, seq: root } : undefined,
    last,
    at: last?.at ?? time((line.last as Entry | undefined)?.at) ?? 0,
    unread: talk.unread(),
    marked: account.marked || undefined,
    read: account.read,
    mute:
      until !== undefined && until > core.serverNow()
        ? { until: until < forGood ? until : undefined, mentions: !!line.mentions_only }
        : undefined,
    archived: !!line.archived,
    pinned: !!line.pinned,
    draft: talk.draftNow?.text ?? line.draft?.text,
    request: !!line.request,
    typing: talk.typists.get().map(({ user }) => user),
    role: line.role ?? "member",
    capabilities: line.can ?? [],
    size: line.size ?? 2,
    announce: !!line.announce,
    slow: line.slow ?? 0,
    history: line.history ?? "joined",
    timer: timer(line.timer),
    gone: talk.gone,
  };
}

/** listed is the last message that the list has told, where none is loaded. */
function listed(talk: Talk, core: Core): Message | undefined {
  const e = talk.line?.last as Entry | undefined;
  if (!e || !visible(e)) return undefined;
  const room = new Room();
  room.apply(e);
  const m = room.get(e.seq);
  const quote = (seq: number) => ({ seq });
  const thread = (_: number, conversation: string) => ({ conversation });
  return m && message(m, { user: core.user, changes: [], quote, thread, status: (seq) => talk.status(seq) });
}
