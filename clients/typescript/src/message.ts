import type { ParleyError } from "./error.js";
import type * as wire from "./wire.js";

export type { Attachment } from "./wire.js";

/**
 * Where a message of the user's own is: pending in the outbox, sent to the server, delivered to a device of the other one,
 * read by them, or failed: refused for good. Only a conversation of two gets beyond sent; ask seenBy in groups.
 */
export type Status = "pending" | "sent" | "delivered" | "read" | "failed";

/** What a message says, for sending. A string is its text. */
export interface Content {
  text?: string;
  attachments?: wire.Attachment[];
  /** The seq of the message that this one answers. */
  reply?: number;
  /** The members who are to notice it. */
  mentions?: string[];
  /** Whether all members are to notice it. */
  everybody?: boolean;
}

/** A mark that members have on a message. */
export interface Reaction {
  mark: string;
  /** Who has it, in the order of their ids. */
  users: string[];
  mine: boolean;
}

/** The message that another one answers. */
export interface Quote {
  seq: number;
  /** Absent while it is not known. */
  from?: string;
  text?: string;
  attachments?: wire.Attachment[];
  /** Whether there is nothing left of it, or the user may not see it. */
  gone?: boolean;
}

/** What a system message tells: an entry that is not a message but is shown among them. */
export interface System {
  event: "created" | "added" | "joined" | "removed" | "left" | "ranked" | "changed";
  /** Whom it is about, if it names anybody besides from. */
  users?: string[];
  role?: wire.Role;
  /** The name of a new group. */
  name?: string;
  /** What was changed. */
  setup?: wire.Setup;
}

/** One line of a timeline, as it is now. It is never changed: a change makes another object with the same key. */
export interface Message {
  /** The same for the message as long as it is shown, also when it turns from pending to sent. */
  readonly key: string;
  readonly conversation: string;
  /** Its number in the conversation; absent while it is pending or failed. */
  readonly seq?: number;
  readonly id: string;
  readonly from: string;
  readonly mine: boolean;
  /** When it was stored, in milliseconds since 1970; of one that is pending, when it was said. It orders nothing. */
  readonly at: number;
  readonly kind: "message" | "system" | "deleted" | "expired";
  readonly text?: string;
  readonly mentions: readonly string[];
  readonly everybody: boolean;
  readonly attachments: readonly wire.Attachment[];
  readonly reply?: Quote;
  readonly forwarded: boolean;
  /** Whether this message of a thread is shown in the parent, too. */
  readonly inParent?: boolean;
  /** The message of a thread that this one shows in the parent: edit and delete it there. */
  readonly of?: { conversation: string; seq: number };
  /** When it was last edited, in milliseconds since 1970. */
  readonly edited?: number;
  readonly reactions: readonly Reaction[];
  readonly thread?: ThreadSummary;
  readonly pinned: boolean;
  /** When it disappears, in milliseconds since 1970. */
  readonly expiresAt?: number;
  /** How many seconds it lasts once somebody else has read it. */
  readonly expiresAfter?: number;
  /** Only of kind system. */
  readonly system?: System;
  /** Only of the user's own. */
  readonly status?: Status;
  /** Why it failed. */
  readonly error?: ParleyError;
  /** Changes of it that are on their way; it is shown as if they were made. */
  readonly changing?: readonly ("edit" | "delete" | "react" | "pin")[];
}

/** The thread about a message. What is not known yet is absent. */
export interface ThreadSummary {
  conversation: string;
  /** How many entries it has. */
  count?: number;
  /** When the last of them was written. */
  last?: number;
  from?: string;
  following?: boolean;
}

/** The messages of a conversation that are loaded: without a gap up to the newest, and behind them what is pending. */
export interface Timeline {
  readonly messages: readonly Message[];
  /** Whether the first message is the first that there is for the user. */
  readonly start: boolean;
  /** Whether older ones are being loaded. */
  readonly loading: boolean;
}

/** A message that was just sent, or a change. It is in the outbox until the server has it. */
export interface LocalMessage {
  readonly id: string;
  readonly conversation: string;
  readonly status: "pending" | "sent" | "failed";
  readonly error?: ParleyError;
  /** Waits until the server has stored it and handed it to everybody, also over restarts of the connection. */
  readonly sent: Promise<Sent>;
}

/** Where a message is. */
export interface Sent {
  conversation: string;
  seq: number;
  id: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** How long what is sent is to last; absent: as the conversation has it. */
export interface SendOptions {
  /** Seconds, from 5 to 7,776,000 (90 days). */
  expires?: number;
  /** Whether a message of a thread is shown in the conversation that the thread is in, too. Not one that disappears. */
  inParent?: boolean;
}
