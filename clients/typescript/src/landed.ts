import type { Core } from "./core.js";
import type { Body, Entry } from "./entry.js";
import type { Job, Stored } from "./outbox.js";

/** The kinds of entries that the actions of an outbox make. Changes of a group have others, and are fetched. */
const kinds: { [action: string]: string | undefined } = { send: "message", edit: "edited", delete: "deleted", react: "reacted", pin: "pinned" };

/** landed is the entry that a job has become, as far as its acknowledgement tells; undefined if it has made none. */
export function landed({ row }: Job, { conversation, seq, at, until, timer }: Stored, core: Core): Entry | undefined {
  if (!seq) return undefined;
  const request = row.body as { body?: Body & { forward?: unknown }; to?: { user?: string }; seq?: number; reactions?: string[]; off?: true; in_parent?: true };
  const { seq: target, reactions, off, in_parent } = request;
  const { forward, ...said } = request.body ?? {};
  const body: Body = row.action === "send" ? { ...said, forwarded: forward ? true : undefined, in_parent } : { target, reactions, off };
  const to = request.to?.user ?? (conversation.startsWith("d_") ? core.peer(conversation) : undefined);
  return { event: kinds[row.action] ?? "governed", conversation, seq, id: row.id, from: core.user, to, at, until, timer, body };
}
