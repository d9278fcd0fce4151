import type * as wire from "./wire.js";

/**
 * An entry as the code that folds entries reads it: the members of all kinds in one shape, so that one of a newer server,
 * which has other members, is no special case.
 */
export interface Entry {
  event: string;
  conversation: string;
  seq: number;
  id?: string;
  from?: string;
  to?: string;
  at?: string;
  body: Body;
  version?: number;
  edited?: string;
  until?: string;
  timer?: wire.Timer;
  thread?: string;
  deleted?: true;
  expired?: true;
  unattended?: true;
}

/** What an entry says. */
export interface Body {
  text?: string;
  attachments?: wire.Attachment[];
  reply?: number;
  mentions?: string[];
  everybody?: boolean;
  forwarded?: true;
  in_parent?: true;
  of?: wire.Place;
  target?: number;
  reactions?: string[];
  users?: string[];
  role?: wire.Role;
  name?: string;
  size?: number;
  setup?: wire.Setup;
  thread?: string;
  off?: true;
}

type Members<U> = U extends unknown ? keyof U : never;
type Of<U, K> = U extends unknown ? (K extends keyof U ? U[K] : never) : never;
type Known = wire.DirectConversation | wire.GroupConversation | wire.ThreadConversation;

/** A line of the list of conversations, of whichever kind. */
export type Line = { [K in Members<Known>]?: Of<Known, K> } & { conversation: string; kind: Known["kind"]; head: number };

/** The kinds of entries that are shown among messages although they are none. */
export const shown = new Set(["created", "added", "joined", "removed", "left", "ranked", "changed"]);

/** time reads a time of the server, in milliseconds since 1970. */
export const time = (text: string | undefined) => (text ? Date.parse(text) : undefined);

/** stamp writes one. */
export const stamp = (milliseconds: number) => new Date(milliseconds).toISOString();

/** Until when something is muted for good. */
export const forGood = 253402214400000; // the last day of the year 9999

/** The last entry that a user gets: they have left, or were removed. */
export const ends = (e: Entry, user: string) =>
  (e.event === "left" && e.from === user) || (e.event === "removed" && (e.body.users ?? []).includes(user));

/** Changes the line of a group as an entry says; the list will tell that, too. */
export function amend(line: Line, { picture, timer, ...rest }: wire.Setup): void {
  Object.assign(line, rest, picture !== undefined && { picture: picture || undefined }, timer && { timer });
}
