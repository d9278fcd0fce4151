import type { Content, LocalMessage, Message, SendOptions, Timeline } from "./message.js";
import type { Readable } from "./readable.js";
import type { ConversationSummary, Draft, Member, Receipts, Typist } from "./summary.js";
import type * as wire from "./wire.js";

/** What an upload tells while it goes on. A new attempt begins at 0. */
export interface UploadOptions {
  /** Called with the bytes sent so far and their total. */
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
}

/** Something to upload: a File, a Blob, or bytes with a name and a type. */
export type Uploadable = Blob | { name: string; type: string; bytes: Uint8Array };

const later = (): never => {
  throw new Error("not built yet");
};

/**
 * A conversation of the user: with another one, in a group, or about a message. The same object is returned for the same id.
 *
 * What is read is watched: a Readable that nobody subscribes to is not kept up by requests of its own. Methods that return a
 * LocalMessage return at once and are kept in the outbox; those that return a promise wait for a connection, and fail with
 * a ParleyError.
 */
export abstract class Conversation {
  abstract readonly id: string;
  /** Its line in the list; undefined before there is one. */
  abstract readonly summary: Readable<ConversationSummary | undefined>;
  /** Its messages. Watching loads the newest page. */
  abstract readonly timeline: Readable<Timeline>;
  /** Who is in it, in the order of their ids. Watching loads all. */
  abstract readonly members: Readable<readonly Member[]>;
  abstract readonly typists: Readable<readonly Typist[]>;
  abstract readonly receipts: Readable<Receipts>;
  /** The messages that are pinned, the one that was pinned last first. Watching loads them. */
  abstract readonly pins: Readable<readonly Message[]>;
  abstract readonly draft: Readable<Draft | undefined>;

  /** Loads a page of older messages, 50 if n is not given and 200 at most. It tells whether there are more. */
  loadOlder(_n?: number): Promise<boolean> { return later(); }
  /** Loads older messages until the one with seq is there, up to 10,000 entries back, and tells whether it is. */
  loadAround(_seq: number): Promise<boolean> { return later(); }
  /** One message, if it is loaded. */
  message(_seq: number): Message | undefined { return later(); }

  /** Says something. The message is in the timeline at once; an edit of the outbox follows it on the way to the server. */
  send(_content: string | Content, _options?: SendOptions): LocalMessage { return later(); }
  /** Repeats a message of any conversation here. */
  forward(_from: { conversation: string; seq: number }, _options?: SendOptions): LocalMessage { return later(); }
  /** Replaces the text and the mentions of a message of the user's own. */
  edit(_seq: number, _content: string | Pick<Content, "text" | "mentions" | "everybody">): LocalMessage { return later(); }
  /** Takes a message away for everybody. */
  deleteForAll(_seq: number): LocalMessage { return later(); }
  /** Hides messages from the user alone, on all devices. Up to 100. */
  hide(..._seqs: number[]): Promise<void> { return later(); }
  /** Sets all that the user has on a message; none takes everything back. */
  react(_seq: number, _marks: string[]): LocalMessage { return later(); }
  /** Adds a mark, or takes it back if it is there. */
  toggle(_seq: number, _mark: string): LocalMessage { return later(); }
  pin(_seq: number): LocalMessage { return later(); }
  unpin(_seq: number): LocalMessage { return later(); }
  /** Puts a failed message back into the outbox, under its old id, behind what is there. */
  retry(_id: string): void { later(); }
  /** Gives up a pending or failed message. One that was on its way may have been stored. */
  withdraw(_id: string): void { later(); }
  /** Has a message sent later, at a time in milliseconds since 1970. Returns its id. */
  schedule(_at: number, _content: string | Content): Promise<string> { return later(); }

  /** The user was shown everything up to a seq, by default all. Call it as often as you like: it sends what is needed. */
  read(_upTo?: number): void { later(); }
  /** Makes everything from a message on count as unread until the user reads or writes; without a seq takes that back. */
  markUnread(_seq?: number): Promise<void> { return later(); }
  /** What the user has written so far; call it at every key. An empty text clears it. Sending does, too. */
  setDraft(_text: string, _reply?: number): void { later(); }
  /** Call it at every key and while recording; "nothing" when that is given up. Sending ends it. */
  typing(_kind: "typing" | "recording" | "nothing"): void { later(); }

  /** Silences it until a time in milliseconds since 1970, or for good; with mentions, those make noise nevertheless. */
  mute(_options?: { until?: number; mentions?: boolean }): Promise<void> { return later(); }
  unmute(): Promise<void> { return later(); }
  /** Puts it first in the list, or not any more. */
  setPinned(_pinned: boolean): Promise<void> { return later(); }
  /** Puts it away, or brings it back. */
  setArchived(_archived: boolean): Promise<void> { return later(); }
  /** Lets in what a stranger wrote: a conversation whose summary says request. Answering does it, too. */
  accept(): Promise<void> { return later(); }
  /** Why as much is unread as is. */
  explain(): Promise<wire.ExplainResult> { return later(); }
  /** Who has a message and who has read it. */
  seenBy(_seq: number): Promise<wire.SeenResult> { return later(); }

  /** The thread about a message of this conversation. It begins with the first message that is sent there. */
  thread(_seq: number): Conversation { return later(); }
  /** Follows this thread, or ends that. */
  follow(_following: boolean): Promise<void> { return later(); }

  /** Uploads a file, to be sent as an attachment by any conversation, in a profile, or as a picture. */
  upload(_file: Uploadable, _options?: UploadOptions): Promise<wire.Attachment> { return later(); }
  /** Where to GET an attachment of a message, for the next minutes. It is asked for once in that time. */
  url(_seq: number, _media: string): Promise<string> { return later(); }
  /** Where to GET the picture that the group has now. */
  pictureURL(): Promise<string | undefined> { return later(); }
  /** Fetches an attachment. */
  download(_seq: number, _media: string, _options?: { signal?: AbortSignal }): Promise<Blob> { return later(); }

  /** Makes users members. Returns those who do not want to be added by the user: send them a link. */
  add(..._users: string[]): Promise<string[]> { return later(); }
  remove(..._users: string[]): Promise<void> { return later(); }
  /** Removes users and lets no link bring them back. */
  ban(..._users: string[]): Promise<void> { return later(); }
  leave(): Promise<void> { return later(); }
  setRole(_role: Exclude<wire.Role, "owner">, ..._users: string[]): Promise<void> { return later(); }
  /** Hands the group over; the user is an admin from then on. */
  transfer(_user: string): Promise<void> { return later(); }
  /** Changes the name, the picture or the rules of a group, or the timer of any conversation. */
  change(_setup: wire.Amendment): Promise<void> { return later(); }
  /** Makes a link into the group; the code is told this once. */
  invite(_options?: { expiresIn?: number; maxUses?: number }): Promise<wire.InviteResult> { return later(); }
  invites(): Promise<wire.InvitesResult["invites"]> { return later(); }
  revoke(_invite: string): Promise<void> { return later(); }
}
