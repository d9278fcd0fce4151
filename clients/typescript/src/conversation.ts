import type { Core } from "./core.js";
import { forGood, stamp } from "./entry.js";
import { newID, threadID } from "./id.js";
import type { Content, LocalMessage, Message, SendOptions, Timeline } from "./message.js";
import type { Stored } from "./outbox.js";
import type { Readable } from "./readable.js";
import type { ConversationSummary, Draft, Member, Receipts, Typist } from "./summary.js";
import type { Talk } from "./talk.js";
import type * as wire from "./wire.js";

/** What an upload tells while it goes on. A new attempt begins at 0. */
export interface UploadOptions {
  /** Called with the bytes sent so far and their total. Without XMLHttpRequest only the beginning and the end are told. */
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
}

/** Something to upload: a File, a Blob, or bytes with a name and a type. */
export type Uploadable = Blob | { name: string; type: string; bytes: Uint8Array };

/**
 * A conversation of the user: with another one, in a group, or about a message. The same object is returned for the same id.
 *
 * What is read is watched: a Readable that nobody subscribes to is not kept up by requests of its own. Methods that return a
 * LocalMessage return at once and are kept in the outbox; those that return a promise wait for a connection, and fail with
 * a ParleyError.
 */
export class Conversation {
  readonly id: string;
  /** Its line in the list; undefined before there is one. */
  readonly summary: Readable<ConversationSummary | undefined>;
  /** Its messages. Watching loads the newest page. */
  readonly timeline: Readable<Timeline>;
  /** Who is in it, in the order of their ids. Watching loads all. */
  readonly members: Readable<readonly Member[]>;
  readonly typists: Readable<readonly Typist[]>;
  readonly receipts: Readable<Receipts>;
  /** The messages that are pinned, the one that was pinned last first. Watching loads them. */
  readonly pins: Readable<readonly Message[]>;
  readonly draft: Readable<Draft | undefined>;
  readonly #talk: Talk;

  /** @internal */
  constructor(
    private readonly core: Core,
    id: string,
    private readonly other: (id: string) => Conversation,
  ) {
    const talk = core.talk(id);
    this.id = id;
    this.#talk = talk;
    this.summary = talk.summary;
    this.timeline = talk.timeline;
    this.members = talk.members;
    this.typists = talk.typists;
    this.receipts = talk.receipts;
    this.pins = talk.pins;
    this.draft = talk.draft;
  }

  // Reading.

  /** Loads a page of older messages, 50 if n is not given and 200 at most. It tells whether there are more. */
  loadOlder(n = 50): Promise<boolean> {
    return this.#talk.history.older(n);
  }

  /** Loads older messages until the one with seq is there, up to 10,000 entries back, and tells whether it is. */
  loadAround(seq: number): Promise<boolean> {
    return this.#talk.history.around(seq);
  }

  /** One message, if it is loaded. */
  message(seq: number): Message | undefined {
    return this.#talk.snap(seq);
  }

  // Saying. All of it is kept in the outbox.

  /** Says something. The message is in the timeline at once, and goes to the server when those before it have. */
  send(content: string | Content, options?: SendOptions): LocalMessage {
    return this.#say(lean(content), options);
  }

  /** Repeats a message of any conversation here. */
  forward(from: { conversation: string; seq: number }, options?: SendOptions): LocalMessage {
    return this.#say({ forward: { conversation: from.conversation, seq: from.seq } }, options);
  }

  #say(body: object, { expires, inParent }: SendOptions = {}): LocalMessage {
    const { core, id } = this;
    const talk = this.#talk;
    core.composing.said(id);
    core.paced.expect(id, core.clock.now()); // whoever answers has read
    const draft = core.drafts.sending(talk);
    const chosen = { draft: draft || undefined, expires: expires || undefined, in_parent: inParent || undefined };
    return core.outbox.add(id, "send", { to: core.target(id), body, ...chosen });
  }

  /** Replaces the text and the mentions of a message of the user's own. */
  edit(seq: number, content: string | Pick<Content, "text" | "mentions" | "everybody">): LocalMessage {
    return this.#act("edit", { seq, body: lean(content) });
  }

  /** Takes a message away for everybody. */
  deleteForAll(seq: number): LocalMessage {
    return this.#act("delete", { seq });
  }

  /** Sets all that the user has on a message; none takes everything back. */
  react(seq: number, marks: string[]): LocalMessage {
    return this.#act("react", { seq, reactions: marks.length > 0 ? marks : undefined });
  }

  /** Adds a mark, or takes it back if it is there. */
  toggle(seq: number, mark: string): LocalMessage {
    const mine = (this.message(seq)?.reactions ?? []).filter((one) => one.mine).map((one) => one.mark);
    return this.react(seq, mine.includes(mark) ? mine.filter((one) => one !== mark) : [...mine, mark]);
  }

  pin(seq: number): LocalMessage {
    return this.#act("pin", { seq });
  }

  unpin(seq: number): LocalMessage {
    return this.#act("pin", { seq, off: true });
  }

  #act(action: string, body: Record<string, unknown>): LocalMessage {
    return this.core.outbox.add(this.id, action, { conversation: this.id, ...body });
  }

  /** Puts a failed message back into the outbox, under its old id, behind what is there. */
  retry(id: string): void {
    this.core.outbox.retry(this.id, id);
  }

  /** Gives up a pending or failed message. One that was on its way may have been stored. */
  withdraw(id: string): void {
    this.core.outbox.withdraw(this.id, id);
  }

  /** Hides messages from the user alone, on all devices. Up to 100. */
  async hide(...seqs: number[]): Promise<void> {
    const { hides } = await this.core.ask<wire.HideResult>("hide", { conversation: this.id, seqs });
    this.#talk.conceal(seqs);
    this.#talk.hide(hides);
  }

  /** Takes everything up to a seq, by default all, out of the user's sight: on all devices, and for good. Nobody else can tell. */
  async clear(upTo = this.core.inbox.known(this.id)): Promise<void> {
    if (upTo === 0) return;
    const { cleared } = await this.core.ask<wire.PrefsResult>("prefs", { conversation: this.id, cleared: upTo });
    this.core.clear(this.id, cleared ?? upTo);
  }

  /**
   * Has a message sent later, at a time in milliseconds since 1970. Returns its id, for unschedule; with the id of one that waits
   * that one becomes this.
   */
  async schedule(at: number, content: string | Content, replaces?: string): Promise<string> {
    const id = replaces ?? newID();
    const replace = replaces ? true : undefined;
    await this.core.ask("schedule", { id, to: this.core.target(this.id), body: lean(content), at: stamp(at), replace });
    return id;
  }

  // How far the user is, and what they are doing.

  /** The user was shown everything up to a seq, by default all. Call it as often as you like: it sends what is needed. */
  read(upTo = this.core.inbox.known(this.id)): void {
    const { core, id } = this;
    const talk = this.#talk;
    const { newest, unmarks } = talk.account.reach(core.user, upTo);
    if (newest === 0) return;
    const now = core.clock.now();
    core.paced.read(id, newest, now);
    if (unmarks) void core.ask("mark", { conversation: id }).catch(() => undefined); // a receipt that says nothing new would not
    core.pace();
    talk.outline();
    core.cache.keep(talk);
  }

  /** Makes everything from a message on count as unread until the user reads or writes; without a seq takes that back. */
  async markUnread(seq?: number): Promise<void> {
    const result = await this.core.ask<wire.MarkResult>("mark", { conversation: this.id, seq: seq || undefined });
    this.#talk.account.mark(result.marked, result.marked_at ?? 0);
    this.#talk.outline();
  }

  /** What the user has written so far; call it at every key. An empty text clears it. Sending does, too. */
  setDraft(text: string, reply?: number): void {
    this.core.drafts.set(this.#talk, text ? { text, reply: reply || undefined } : undefined);
  }

  /** Call it at every key and while recording; "nothing" when that is given up. Sending ends it. */
  typing(kind: "typing" | "recording" | "nothing"): void {
    const { core, id } = this;
    const doing = ({ typing: "text", recording: "audio", nothing: "none" } as const)[kind];
    if (!core.exists(id) || !core.link.line || !core.composing.due(id, doing, core.clock.now())) return;
    const read = core.paced.carry(id);
    core.calls.tell("typing", { conversation: id, kind: doing, read: read || undefined });
  }

  // How the user has it.

  /** Silences it until a time in milliseconds since 1970, or for good; with mentions, those make noise nevertheless. */
  async mute({ until = forGood, mentions }: { until?: number; mentions?: boolean } = {}): Promise<void> {
    const muted = stamp(until);
    await this.core.ask("mute", { conversation: this.id, until: muted, mentions: mentions || undefined });
    this.#note({ muted, mentions_only: !!mentions });
  }

  async unmute(): Promise<void> {
    await this.core.ask("mute", { conversation: this.id, off: true });
    this.#note({ muted: undefined, mentions_only: undefined });
  }

  /** Puts it first in the list, or not any more. */
  async setPinned(pinned: boolean): Promise<void> {
    await this.#prefer({ pinned });
  }

  /** Puts it away, or brings it back. */
  async setArchived(archived: boolean): Promise<void> {
    await this.#prefer({ archived });
  }

  async #prefer(choice: { pinned?: boolean; archived?: boolean }): Promise<void> {
    await this.core.ask("prefs", { conversation: this.id, ...choice });
    this.#note(choice);
  }

  /** Lets in what a stranger wrote: a conversation whose summary says request. Answering does it, too. */
  async accept(): Promise<void> {
    await this.core.ask("accept", { conversation: this.id });
    this.#note({ request: false });
  }

  /** What the list will say, too. */
  #note(part: object): void {
    if (this.#talk.line) Object.assign(this.#talk.line, part);
    this.#talk.outline();
    this.core.cache.keep(this.#talk);
  }

  /** Why as much is unread as is. */
  explain(): Promise<wire.ExplainResult> {
    return this.core.ask("explain", { conversation: this.id });
  }

  /** Who has a message and who has read it. */
  async seenBy(seq: number): Promise<wire.SeenResult> {
    const users: wire.SeenResult["users"] = [];
    for (let next: string | undefined; ; ) {
      const page = await this.core.ask<wire.SeenResult>("seen", { conversation: this.id, seq, next });
      users.push(...page.users);
      next = page.next;
      if (!next) return { ...page, users };
    }
  }

  // Threads.

  /** The thread about a message of this conversation. It begins with the first message that is sent there. */
  thread(seq: number): Conversation {
    const id = threadID(this.id, seq);
    this.core.roots.set(id, { conversation: this.id, seq });
    return this.other(id);
  }

  /** Follows this thread, or ends that. */
  async follow(following: boolean): Promise<void> {
    await this.core.ask("follow", { conversation: this.id, off: following ? undefined : true });
    this.core.follower.renew();
  }

  // Files.

  /** Uploads a file, to be sent as an attachment in any conversation. */
  upload(file: Uploadable, options?: UploadOptions): Promise<wire.Attachment> {
    return this.core.media.upload(file, options);
  }

  /** Where to GET an attachment of a message, for the next minutes. It is asked for once in that time. */
  url(seq: number, media: string): Promise<string> {
    return this.core.media.url({ conversation: this.id, seq, media });
  }

  /** Where to GET the picture that the group has now; undefined if it has none. */
  async pictureURL(): Promise<string | undefined> {
    const media = this.#talk.line?.picture;
    return media && (await this.core.media.url({ conversation: this.id, media }));
  }

  /** Fetches an attachment. */
  download(seq: number, media: string, { signal }: { signal?: AbortSignal } = {}): Promise<Blob> {
    return this.core.media.download({ conversation: this.id, seq, media }, signal);
  }

  // The group.

  /** Makes users members. Returns those who do not want to be added by the user: send them a link. */
  async add(...users: string[]): Promise<string[]> {
    return (await this.#govern("add", { users })).declined ?? [];
  }

  async remove(...users: string[]): Promise<void> {
    await this.#govern("remove", { users });
  }

  /** Removes users and lets no link bring them back. */
  async ban(...users: string[]): Promise<void> {
    await this.#govern("remove", { users, ban: true });
  }

  async leave(): Promise<void> {
    await this.#govern("leave", {});
  }

  async setRole(role: Exclude<wire.Role, "owner">, ...users: string[]): Promise<void> {
    await this.#govern("role", { users, role });
  }

  /** Hands the group over; the user is an admin from then on. */
  async transfer(user: string): Promise<void> {
    await this.#govern("role", { users: [user], role: "owner" });
  }

  /** Changes the name, the picture or the rules of a group, or the timer of any conversation. */
  async change(setup: wire.Amendment): Promise<void> {
    await this.#govern("change", { setup });
  }

  /** Changes wait behind what was said before them, but not for a restart. */
  #govern(action: string, body: Record<string, unknown>): Promise<Stored> {
    return this.core.outbox.add(this.id, action, { conversation: this.id, ...body }, false).result;
  }

  /** Makes a link into the group; the code is told this once. */
  invite({ expiresIn, maxUses }: { expiresIn?: number; maxUses?: number } = {}): Promise<wire.InviteResult> {
    return this.core.ask("invite", { id: newID(), conversation: this.id, expires_in: expiresIn || undefined, max_uses: maxUses || undefined });
  }

  async invites(): Promise<wire.InvitesResult["invites"]> {
    return (await this.core.ask<wire.InvitesResult>("invites", { conversation: this.id })).invites;
  }

  async revoke(invite: string): Promise<void> {
    await this.core.ask("revoke", { conversation: this.id, invite });
  }
}

/** lean leaves out what there is nothing to say about: the server refuses empty members. */
function lean(content: string | Content): object {
  const { text, attachments, reply, mentions, everybody } = typeof content === "string" ? { text: content } as Content : content;
  return {
    text: text || undefined,
    attachments: attachments?.length ? attachments : undefined,
    reply: reply || undefined,
    mentions: mentions?.length ? mentions : undefined,
    everybody: everybody || undefined,
  };
}
