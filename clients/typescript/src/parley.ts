import { Conversation, type Uploadable, type UploadOptions } from "./conversation.js";
import { Core } from "./core.js";
import { ParleyError, fail } from "./error.js";
import { forGood } from "./entry.js";
import { directID, newID } from "./id.js";
import type { Options } from "./options.js";
import { search } from "./search.js";
import type { Readable } from "./readable.js";
import type { Blocked, Connection, Contact, ConversationSummary, Me, Muted, Presence, Profile } from "./summary.js";
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
  /** Seconds that members below moderator wait between two messages. */
  slow?: number;
  /** What makes messages disappear; absent: nothing. */
  timer?: wire.Timer;
}

/** By what a device is notified: a token of its platform, or a PushSubscription. */
export type Registration =
  | [platform: Extract<wire.RegisterRequest, { token: string }>["platform"], token: string]
  | [platform: "web", subscription: wire.Subscription | { toJSON(): object }];

/** What else the client tells besides the events of the server. */
export interface LocalEvents {
  /** A message was refused for good; it is in its timeline as failed. */
  failed: { conversation: string; id: string; error: Error };
}

type Heard = wire.Events & LocalEvents;

/** A device of a user: connect keeps a connection until close. Make one for each user and keep it. */
export class Parley {
  readonly #core: Core;
  readonly #open = new Map<string, Conversation>();
  /** Stops listening to the browser. */
  #deaf: (() => void) | undefined;
  readonly connection: Readable<Connection>;
  /** Undefined until the server, the store or the options have told who the user is. */
  readonly me: Readable<Me | undefined>;
  /** All conversations of the user and the threads that they follow: those that are pinned first, then the newest. */
  readonly conversations: Readable<readonly ConversationSummary[]>;
  /** The user's contacts, in the order of their ids. Watching loads them. */
  readonly contacts: Readable<readonly Contact[]>;
  /** Whom the user has blocked, on any device. */
  readonly blocked: Readable<readonly Blocked[]>;
  /** Whom the user has muted, on any device, until that is over: they do not count as unread. */
  readonly muted: Readable<readonly Muted[]>;
  /** Settled when the store is loaded: what was there before is in the Readables from then on. */
  readonly ready: Promise<void>;

  constructor(options: Options) {
    this.#core = new Core(options);
    this.connection = this.#core.link.state;
    this.me = this.#core.self.me;
    this.conversations = this.#core.conversations;
    this.contacts = this.#core.people.contacts;
    this.blocked = this.#core.people.blocked;
    this.muted = this.#core.people.muted;
    this.ready = this.#core.ready;
  }

  /** Connects and stays connected; it returns at once, and does nothing if that is so already. */
  connect(): void {
    this.#deaf ??= listen(() => this.wake());
    this.#core.link.connect();
  }

  /** Tells that the network may have changed or a person is back: tries at once, or finds out whether the connection works. */
  wake(): void {
    this.#core.link.wake();
  }

  /** Ends the connection. What is in the outbox stays in the store. connect begins anew. */
  close(): Promise<void> {
    this.#deaf?.();
    this.#deaf = undefined;
    return this.#core.close();
  }

  /**
   * Ends notifications and the connections of this device, forgets the store and closes. Without a connection the server is
   * not told: then it fails with "offline", and everything else is done.
   */
  async logout(): Promise<void> {
    const told = this.#core.link.line ? this.request("logout", {}, { timeout: logoutTime }) : Promise.reject(new ParleyError("offline"));
    const failed = await told.then(
      () => undefined,
      (thrown: unknown) => fail(thrown, "offline"),
    );
    await this.close();
    await this.#core.forget();
    if (failed) throw failed;
  }

  /** The conversation with an id; the same object each time. */
  conversation(id: string): Conversation {
    let known = this.#open.get(id);
    if (!known) {
      known = new Conversation(this.#core, id, (other) => this.conversation(other));
      this.#open.set(id, known);
    }
    return known;
  }

  /** The conversation with a person; it begins with the first message. It needs to know who the user is: see me. */
  direct(user: string): Conversation {
    if (!this.#core.user) throw new ParleyError("offline", "the user is not known yet: wait for me, or give the option user");
    const id = directID(this.#core.user, user);
    this.#core.peers.set(id, user);
    return this.conversation(id);
  }

  /** Makes a group of the user and others. */
  async createGroup({ name, members, announce, history, slow, timer }: Setup): Promise<Conversation> {
    const body = { name, members, announce: announce || undefined, history, slow: slow || undefined, timer };
    const { conversation } = await this.request("create", { id: newID(), ...body });
    return this.#listed(conversation);
  }

  /** Where a link leads. */
  preview(code: string): Promise<wire.PreviewResult> {
    return this.request("preview", { code });
  }

  async join(code: string): Promise<Conversation> {
    const { conversation } = await this.request("join", { id: newID(), code });
    return this.#listed(conversation);
  }

  /** The conversation, when the list has it. */
  async #listed(id: string): Promise<Conversation> {
    const conversation = this.conversation(id);
    const { summary } = conversation;
    this.#core.follower.renew();
    if (!summary.get() || summary.get()?.gone) {
      await new Promise<void>((resolve) => {
        const stop = summary.subscribe(() => {
          if (!summary.get() || summary.get()?.gone) return;
          stop();
          resolve();
        });
      });
    }
    return conversation;
  }

  /** How present somebody is. They are watched while anybody subscribes. */
  presence(user: string): Readable<Presence> {
    return this.#core.watch.of(user);
  }

  /** Chooses what to be on all devices, until a time in milliseconds since 1970 if one is given. */
  async setStatus(status: "online" | "busy" | "invisible", until?: number): Promise<void> {
    const seconds = until === undefined ? undefined : Math.max(1, Math.round((until - this.#core.serverNow()) / 1000));
    const body = status === "online" ? { status } : { status, ...(seconds && { for: seconds }) };
    const chosen = await this.request("status", body);
    this.#core.self.know({ status, statusUntil: chosen.until ? Date.parse(chosen.until) : undefined });
  }

  /** Says that nobody is at this device, or that somebody is again. It holds over all connections. */
  setAway(away: boolean): Promise<void> {
    return this.#core.setAway(away);
  }

  /** What a user shows of themselves; fetched when somebody looks, with others. */
  profile(user: string): Readable<Profile> {
    return this.#core.people.profile(user);
  }

  /** Replaces what the user shows; what is absent is shown no more. */
  async setProfile(profile: { name?: string; about?: string; picture?: string }): Promise<void> {
    this.#core.people.learn(await this.request("profile", profile));
  }

  /** Uploads a picture and shows it. */
  async setPicture(file: Uploadable, options?: UploadOptions): Promise<void> {
    const { media } = await this.upload(file, options);
    const { profiles } = await this.request("profiles", { users: [this.#core.user] });
    const { name, about } = profiles[0] ?? {};
    await this.setProfile({ name: name || undefined, about: about || undefined, picture: media });
  }

  /** Where to GET a user's picture, for the next minutes; undefined if they have none. */
  async pictureURL(user: string): Promise<string | undefined> {
    const { picture } = this.#core.people.profile(user).get();
    return picture && (await this.#core.media.url({ user, media: picture }));
  }

  /** Uploads a file, to be attached to a message. */
  upload(file: Uploadable, options?: UploadOptions): Promise<wire.Attachment> {
    return this.#core.media.upload(file, options);
  }

  /** Keeps a user among the contacts, under a name of the user's own or without one. */
  setContact(user: string, name?: string): Promise<void> {
    return this.#core.people.setContact(user, name);
  }

  removeContact(user: string): Promise<void> {
    return this.#core.people.removeContact(user);
  }

  block(user: string): Promise<void> {
    return this.#core.people.block(user, true);
  }

  unblock(user: string): Promise<void> {
    return this.#core.people.block(user, false);
  }

  /** Silences a user everywhere, until a time in milliseconds since 1970 or for good: no noise, and not unread. */
  muteUser(user: string, until = forGood): Promise<void> {
    return this.#core.people.mute(user, until);
  }

  unmuteUser(user: string): Promise<void> {
    return this.#core.people.mute(user, 0);
  }

  /** Changes settings and returns all. */
  async settings(change: wire.SettingsRequest = {}): Promise<wire.SettingsResult> {
    const settings = await this.request("settings", change);
    this.#core.self.know({ settings });
    return settings;
  }

  /** Looks for messages, page by page as they are taken. */
  search(query: string | Query): AsyncIterable<Found> {
    return search(this.#core, typeof query === "string" ? { text: query } : query);
  }

  /** The messages that are to be sent later, and those that failed. */
  scheduled(): Promise<wire.ScheduledResult["scheduled"]> {
    return this.#core.all("scheduled");
  }

  /** Takes a scheduled message back, or dismisses one that failed. */
  async unschedule(id: string): Promise<void> {
    await this.request("unschedule", { id });
  }

  /**
   * Asks that this device be notified while the user is not connected: by the token that its platform gave it, or, in a
   * browser, by what PushManager.subscribe gave.
   */
  async register(...[platform, given]: Registration): Promise<void> {
    if (platform !== "web") await this.request("register", { platform, token: given });
    else {
      const { endpoint, keys } = JSON.parse(JSON.stringify(given)) as wire.Subscription; // as its toJSON says
      await this.request("register", { platform, subscription: { endpoint, keys } });
    }
  }

  async unregister(): Promise<void> {
    await this.request("unregister", {});
  }

  /** Asks the server anything that it offers. Repeated until there is an answer: all requests of Parley may be. */
  async request<A extends keyof wire.Actions>(
    action: A,
    body: wire.Actions[A]["request"],
    { signal, timeout }: RequestOptions = {},
  ): Promise<wire.Actions[A]["result"]> {
    const stop = new AbortController();
    const cancel = () => stop.abort(new ParleyError("cancelled", "the signal ended it"));
    if (signal?.aborted) cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    const { clock, link } = this.#core;
    const late = () => stop.abort(new ParleyError(link.line ? "timeout" : "offline", "no answer in time"));
    const timer = timeout === undefined ? undefined : clock.setTimeout(late, timeout);
    try {
      return await this.#core.ask<wire.Actions[A]["result"]>(action, body, stop.signal);
    } finally {
      if (timer !== undefined) clock.clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Calls listener with each event of a kind, as it comes from the server: also twice, and out of order. */
  on<E extends keyof Heard>(event: E, listener: (event: Heard[E]) => void): () => void {
    const { listeners } = this.#core;
    const all = listeners.get(event) ?? new Set();
    listeners.set(event, all.add(listener as (event: never) => void));
    return () => void all.delete(listener as (event: never) => void);
  }
}

/** How long logout waits for the server. */
const logoutTime = 5_000;

/** listen calls wake when a browser says that the network or the person is back. */
function listen(wake: () => void): () => void {
  if (typeof window === "undefined" || typeof window.addEventListener !== "function") return () => undefined;
  const page = typeof document === "undefined" ? undefined : document;
  const seen = () => {
    if (page?.visibilityState === "visible") wake();
  };
  const heard = [
    [window, "online", wake],
    [window, "offline", wake],
    [page, "visibilitychange", seen],
  ] as const;
  for (const [target, event, run] of heard) target?.addEventListener(event, run);
  return () => {
    for (const [target, event, run] of heard) target?.removeEventListener(event, run);
  };
}
