import type { ParleyError } from "./error.js";
import type { Message } from "./message.js";
import type * as wire from "./wire.js";

/**
 * What the connection is: idle before connect; connecting; connected; disconnected, with an attempt at retryAt; suspended, the
 * same when that has lasted for two minutes, so that what is shown may be old; closed by close, logout, or because
 * connecting again cannot help: the reason says why, and connect begins anew.
 */
export interface Connection {
  readonly state: "idle" | "connecting" | "connected" | "disconnected" | "suspended" | "closed";
  /** Why there is no connection. */
  readonly reason?: ParleyError;
  /** When the next attempt begins, in milliseconds since 1970. */
  readonly retryAt?: number;
  /** Whether everything was fetched that the server had when this connection was opened. */
  readonly caughtUp: boolean;
  /** Until when the server asks to wait because the user is too fast, in milliseconds since 1970. */
  readonly slowedUntil?: number;
}

/** Who the user is to the server. */
export interface Me {
  readonly user: string;
  readonly device: string;
  /** The limits of the server by their names; times are in seconds. */
  readonly limits: Readonly<Partial<Record<wire.Limit, number>>>;
  /** Which build of the server answers. */
  readonly version?: string;
  /** Milliseconds by which the clock of the server is ahead of this one's. */
  readonly clockOffset: number;
  readonly profile?: Profile;
  readonly settings?: wire.SettingsResult;
  /** What the user has chosen to be on all devices, as far as this device knows. */
  readonly status: "online" | "busy" | "invisible";
  /** When a chosen status ends, in milliseconds since 1970. */
  readonly statusUntil?: number;
}

/** What a user shows of themselves. */
export interface Profile {
  readonly user: string;
  /** What to call them: the name in the user's contacts, or their own, or the id. */
  readonly name: string;
  readonly about?: string;
  /** The media id of their picture, for pictureURL. */
  readonly picture?: string;
  /** Whether it was fetched; until then the name is the id, or what the cache has. */
  readonly known: boolean;
}

/** How present somebody is. Unknown is not offline. */
export interface Presence {
  readonly user: string;
  readonly status: wire.Presence;
  /** When they were last active, in milliseconds since 1970, as far as the user may know. */
  readonly seen?: number;
}

/** How much is not read. */
export interface Unread {
  readonly count: number;
  /** Whether there are more than that, or may be: show "99+". */
  readonly capped: boolean;
  readonly mentions: number;
}

/** One line of the list of conversations. */
export interface ConversationSummary {
  readonly id: string;
  readonly kind: "direct" | "group" | "thread";
  /** The name of the group, or what the other one is called. */
  readonly title: string;
  /** The other one of a direct conversation. */
  readonly peer?: string;
  /** The media id of the group's picture, for pictureURL. */
  readonly picture?: string;
  /** The message that a thread is about. */
  readonly root?: { conversation: string; seq: number };
  /** The newest message, also one that is pending. */
  readonly last?: Message;
  /** When that was, in milliseconds since 1970; the list is sorted by it. */
  readonly at: number;
  readonly unread: Unread;
  /** From which message on the user wants it to count as unread. */
  readonly marked?: number;
  /** Up to where the user has read. */
  readonly read: number;
  /** Whether it makes no noise, until when in milliseconds since 1970 if that ends, and whether mentions make some nevertheless. */
  readonly mute?: { until?: number; mentions: boolean };
  readonly archived: boolean;
  readonly pinned: boolean;
  /** How what was begun to write here begins. */
  readonly draft?: string;
  /** Whether a stranger wrote it and it waits to be accepted. */
  readonly request: boolean;
  /** Who is typing or recording. */
  readonly typing: readonly string[];
  readonly role: wire.Role;
  readonly capabilities: readonly wire.Capabilities[number][];
  /** How many members it has, or how many follow the thread. */
  readonly size: number;
  readonly announce: boolean;
  /** Seconds to wait between two messages; 0 for none. */
  readonly slow: number;
  /** From where on new members may read. */
  readonly history: wire.History;
  /** When messages disappear that are sent from now on; absent: never. */
  readonly timer?: { after: number; from: "sent" | "read" };
  /** The user is not in it any more, and hears nothing more of it. */
  readonly gone: boolean;
}

/** A member of a conversation. */
export interface Member {
  readonly user: string;
  readonly role: wire.Role;
  /** How present they were when the members were asked for; see Parley.presence for one that follows. */
  readonly presence: wire.Presence;
  readonly seen?: number;
}

/** Somebody who is doing something in a conversation. */
export interface Typist {
  readonly user: string;
  readonly kind: "typing" | "recording";
}

/** How far others are in a conversation, by user, as far as that is known. What is read is delivered, too. */
export type Receipts = Readonly<Record<string, { readonly delivered: number; readonly read: number }>>;

/** What the user has begun to write. */
export interface Draft {
  readonly text: string;
  /** The seq of the message that it is to answer. */
  readonly reply?: number;
}

/** Somebody in the user's contacts. */
export interface Contact {
  readonly user: string;
  /** What the user calls them; absent: no name of the user's own. */
  readonly name?: string;
  readonly profile?: wire.Profile;
}

/** Somebody whom the user has muted. */
export interface Muted {
  readonly user: string;
  /** In milliseconds since 1970; for good is the year 9999. */
  readonly until: number;
}

/** Somebody whom the user has blocked. */
export interface Blocked {
  readonly user: string;
  readonly since: number;
}
