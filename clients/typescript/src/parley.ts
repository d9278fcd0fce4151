import type { Conversation, Uploadable, UploadOptions } from "./conversation.js";
import type { Options } from "./options.js";
import type { Readable } from "./readable.js";
import type { Blocked, Connection, Contact, ConversationSummary, Me, Presence, Profile } from "./summary.js";
import type * as wire from "./wire.js";

/** How a low-level request waits. */
export interface RequestOptions {
  signal?: AbortSignal;
  /** Milliseconds after which it fails with "timeout"; by default it waits for a connection as long as it takes. */
  timeout?: number;
}

/** What to search for; see the action search of the protocol. */
export interface Query {
  text?: string;
  from?: string;
  has?: Array<"media" | "link">;
  conversation?: string;
  before?: number;
  after?: number;
  signal?: AbortSignal;
}

/** One message that was found, as it is now. */
export interface Found {
  conversation: string;
  seq: number;
  entry: wire.Message;
}

/** How a new group is to be. */
export interface Setup {
  name: string;
  members: string[];
  announce?: boolean;
  history?: wire.History;
}

/** What else the client tells besides the events of the server. */
export interface LocalEvents {
  /** A message was refused for good; it is in its timeline as failed. */
  failed: { conversation: string; id: string; error: Error };
}

type Heard = wire.Events & LocalEvents;

const later = (): never => {
  throw new Error("not built yet");
};

/** A device of a user: connect keeps a connection until close. Make one for each user and keep it. */
export class Parley {
  declare readonly connection: Readable<Connection>;
  /** Undefined until the server, the store or the options have told who the user is. */
  declare readonly me: Readable<Me | undefined>;
  /** All conversations of the user and the threads that they follow: those that are pinned first, then the newest. */
  declare readonly conversations: Readable<readonly ConversationSummary[]>;
  /** The user's contacts, in the order of their ids. Watching loads them. */
  declare readonly contacts: Readable<readonly Contact[]>;
  /** Whom the user has blocked, in the order of their ids. Watching loads them. */
  declare readonly blocked: Readable<readonly Blocked[]>;
  /** Settled when the store is loaded: what was there before is in the Readables from then on. */
  declare readonly ready: Promise<void>;

  constructor(_options: Options) {}

  /** Connects and stays connected; it returns at once, and does nothing if that is so already. */
  connect(): void { later(); }
  /** Tells that the network may have changed or a person is back: tries at once, or finds out whether the connection works. */
  wake(): void { later(); }
  /** Ends the connection. What is in the outbox stays in the store. connect begins anew. */
  close(): Promise<void> { return later(); }
  /** Ends notifications and the connections of this device, forgets the store and closes. */
  logout(): Promise<void> { return later(); }

  conversation(_id: string): Conversation { return later(); }
  /** The conversation with a person; it begins with the first message. It needs to know who the user is: see me. */
  direct(_user: string): Conversation { return later(); }
  createGroup(_setup: Setup): Promise<Conversation> { return later(); }
  /** Where a link leads. */
  preview(_code: string): Promise<wire.PreviewResult> { return later(); }
  join(_code: string): Promise<Conversation> { return later(); }

  /** How present somebody is. They are watched while anybody subscribes. */
  presence(_user: string): Readable<Presence> { return later(); }
  /** Chooses what to be on all devices, until a time in milliseconds since 1970 if one is given. */
  setStatus(_status: "online" | "busy" | "invisible", _until?: number): Promise<void> { return later(); }
  /** Says that nobody is at this device, or that somebody is again. */
  setAway(_away: boolean): Promise<void> { return later(); }

  /** What a user shows of themselves; fetched when somebody looks, with others. */
  profile(_user: string): Readable<Profile> { return later(); }
  /** Replaces what the user shows; what is absent is shown no more. */
  setProfile(_profile: { name?: string; about?: string; picture?: string }): Promise<void> { return later(); }
  /** Uploads a picture and shows it. */
  setPicture(_file: Uploadable, _options?: UploadOptions): Promise<void> { return later(); }
  /** Where to GET a user's picture, for the next minutes; undefined if they have none. */
  pictureURL(_user: string): Promise<string | undefined> { return later(); }
  /** Uploads a file, to be attached to a message. */
  upload(_file: Uploadable, _options?: UploadOptions): Promise<wire.Attachment> { return later(); }

  setContact(_user: string, _name?: string): Promise<void> { return later(); }
  removeContact(_user: string): Promise<void> { return later(); }
  block(_user: string): Promise<void> { return later(); }
  unblock(_user: string): Promise<void> { return later(); }
  /** Silences a user everywhere, until a time in milliseconds since 1970 or for good: no noise, and not unread. */
  muteUser(_user: string, _until?: number): Promise<void> { return later(); }
  unmuteUser(_user: string): Promise<void> { return later(); }
  /** Changes settings and returns all. */
  settings(_change?: wire.SettingsRequest): Promise<wire.SettingsResult> { return later(); }

  /** Looks for messages, page by page as they are taken. */
  search(_query: string | Query): AsyncIterable<Found> { return later(); }
  /** The messages that are to be sent later, and those that failed. */
  scheduled(): Promise<wire.ScheduledResult["scheduled"]> { return later(); }
  /** Takes a scheduled message back, or dismisses one that failed. */
  unschedule(_id: string): Promise<void> { return later(); }

  /** Asks that this device be notified while the user is not connected. */
  register(_platform: wire.RegisterRequest["platform"], _token: string): Promise<void> { return later(); }
  unregister(): Promise<void> { return later(); }

  /** Asks the server anything that it offers. Repeated until there is an answer: all requests of Parley may be. */
  request<A extends keyof wire.Actions>(
    _action: A,
    _body: wire.Actions[A]["request"],
    _options?: RequestOptions,
  ): Promise<wire.Actions[A]["result"]> { return later(); }

  /** Calls listener with each event of a kind, as it comes from the server: also twice, and out of order. */
  on<E extends keyof Heard>(_event: E, _listener: (event: Heard[E]) => void): () => void { return later(); }
}
