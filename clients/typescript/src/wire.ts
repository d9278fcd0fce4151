// Generated from events/ by scripts/generate.mjs; do not edit. npm run generate writes it.

/** What a client calls one of its requests: 1 to 64 characters of its choice. */
export type Ref = string;

/** The subject of the token with which a user connects. */
export type UserId = string;

/** Tells the devices of one user apart; the device chose it. */
export type DeviceId = string;

/** Made by the server: d_ for a direct conversation, g_ for a group, t_ for a thread. */
export type ConversationId = string;

/** The conversation about one message of another one; it follows from the two. */
export type ThreadId = string;

/** A lower-case UUID that the client makes for one thing it wants to say and keeps when it sends that again. */
export type MessageId = string;

/** Names one upload; the server makes it. */
export type MediaId = string;

/** The number of an entry in its conversation: 1, 2, 3 and so on without gaps. */
export type Seq = number;

/** The seq of the last entry of which one speaks; 0 means before the first. */
export type Position = number;

/** When the log was restored from a backup, in Unix seconds; absent: never. Numbers of entries that were lost are given again, so what is known of a lower epoch is void. */
export type Epoch = number;

/** Where a message is. */
export type Place = {
  /** The conversation that holds it. */
  conversation: ConversationId;
  /** Its number there. */
  seq: Seq;
};

/** A time of the server, RFC 3339 in UTC with exactly three decimals. */
export type Time = string;

/** An address that works without a further credential until it expires: do not store or share it. */
export type Url = string;

/** What the creator calls a group: 1 to 100 characters, no control characters. */
export type GroupName = string;

/** What a person is called: 1 to 64 characters, no control characters. Not unique. */
export type DisplayName = string;

/** A line about a person: 1 to 140 characters, no control characters. */
export type About = string;

/** Who is shown something of a user, or may do something to them. Everyone is what a user has who never chose. */
export type Audience = "everyone" | "contacts" | "nobody";

/** What a user shows of themselves. */
export type Profile = {
  /** Who it is. */
  user: UserId;
  /** What they are called; absent: the id. */
  name?: DisplayName;
  /** A line about them. */
  about?: About;
  /** A picture of them, for download. */
  picture?: MediaId;
  /** Grows with every change; absent if there never was a profile. */
  version?: number;
};

/** How many members a conversation has, its creator included. */
export type Size = number;

/** For display only: 1 to 255 characters, no control characters, no slash of either kind. */
export type FileName = string;

/** A MIME type that may be uploaded. Scripts and markup may not. */
export type MediaType = "application/octet-stream" | "application/pdf" | "application/zip" | "audio/mp4" | "audio/mpeg" | "audio/ogg" | "audio/wav" | "audio/webm" | "image/gif" | "image/heic" | "image/jpeg" | "image/png" | "image/webp" | "text/plain" | "video/mp4" | "video/quicktime" | "video/webm";

/** The exact length of a file in bytes, at most 100 MiB. */
export type FileSize = number;

/** Names a file that the sender of the message uploaded before. */
export type Attachment = {
  /** The upload. */
  media: MediaId;
  /** What the file is called. */
  name: FileName;
  /** The type with which it was uploaded. */
  type: MediaType;
  /** The length with which it was uploaded. */
  size: FileSize;
};

/** What is said in words: 1 to 16,000 characters. */
export type Text = string;

/** Up to 10 files, each media once. */
export type Attachments = Array<Attachment>;

/** Up to 50 members of the conversation, each once. */
export type Mentions = Array<UserId>;

/** Users, each once. */
export type Users = Array<UserId>;

/** Up to 49 users whom a request names, each once. */
export type Named = Array<UserId>;

/** What a link into a group carries: the group's id, an underscore and 26 characters that nobody guesses. */
export type InviteCode = string;

/** What a link is called by those who manage it; it opens nothing. */
export type InviteId = string;

/** How many may join by a link. */
export type MaxUses = number;

/** What a member is, from most to least entitled. */
export type Role = "owner" | "admin" | "moderator" | "member" | "guest";

/** What a role allows in a conversation. */
export type Capabilities = Array<"send" | "react" | "mention_everybody" | "pin" | "delete_any" | "add" | "invite" | "remove" | "change" | "rank" | "transfer">;

/** From where on new members may read: since they joined, or from the start. */
export type History = "joined" | "start";

/** How many seconds members below moderator wait between two messages; 0 for not at all. */
export type Slow = number;

/** How many seconds a message lasts: 5 seconds to 90 days. */
export type Lifetime = number;

/** When a message disappears whose timer has started. */
export type Due = {
  /** The message. */
  seq: Seq;
  /** When it disappears: the until of the message, instead of its timer. */
  until: Time;
};

/** When messages disappear for everybody: never, or so many seconds after they were sent, or after somebody else first read them. */
export type Timer = {
  /** Never; absent: never. */
  after?: 0;
} | {
  /** After how many seconds. */
  after: Lifetime;
  /** Since when it counts: since a message was sent, or since somebody else first read it. */
  from: "sent" | "read";
};

/** What is different in a group. */
export type Setup = {
  /** What it is called. */
  name?: GroupName;
  /** An upload of who changed it; empty if it was taken away. */
  picture?: string;
  /** Whether only moderators and above may send. */
  announce?: boolean;
  /** Slow mode in seconds. */
  slow?: Slow;
  /** From where on new members may read. */
  history?: History;
  /** When messages disappear that are sent from now on. */
  timer?: Timer;
};

/** What is to be different in a group; what is absent stays. */
export type Amendment = {
  /** What it is called. */
  name?: GroupName;
  /** An image of up to 5 MiB that the caller has uploaded, or none any more. */
  picture?: {
    /** The upload. */
    media: MediaId;
    /** No. */
    remove?: false;
  } | {
    /** Yes. */
    remove: true;
  };
  /** Whether only moderators and above may send. */
  announce?: boolean;
  /** Slow mode in seconds. */
  slow?: Slow;
  /** From where on new members may read. */
  history?: History;
  /** When messages disappear that are sent from now on. This can also be changed between two people. */
  timer?: Timer;
};

/** Mentions all members. It takes a moderator of a group. */
export type Everybody = boolean;

/** What a message says: a text, attachments, or both. */
export type Content = {
  /** The text. */
  text: Text;
  /** The files. Leave it out if there are none. */
  attachments?: Attachments;
  /** The seq of the message that this one answers; 0 or absent: none. */
  reply?: Position;
  /** Who is to notice it. Leave it out if there is nobody. */
  mentions?: Mentions;
  /** Whether all members are to notice it; false or absent: no. */
  everybody?: Everybody;
} | {
  /** The files. */
  attachments: Attachments;
  /** The seq of the message that this one answers; 0 or absent: none. */
  reply?: Position;
  /** Who is to notice it. Leave it out if there is nobody. */
  mentions?: Mentions;
  /** Whether all members are to notice it; false or absent: no. */
  everybody?: Everybody;
};

/** What a message is to say: a text, attachments, or both; or what another message says. */
export type Outgoing = {
  /** The text. */
  text: Text;
  /** The files. Leave it out if there are none. */
  attachments?: Attachments;
  /** The seq of the message that this one answers; 0 or absent: none. */
  reply?: Position;
  /** Who is to notice it. Leave it out if there is nobody. */
  mentions?: Mentions;
  /** Whether all members are to notice it; false or absent: no. */
  everybody?: Everybody;
} | {
  /** The files. */
  attachments: Attachments;
  /** The seq of the message that this one answers; 0 or absent: none. */
  reply?: Position;
  /** Who is to notice it. Leave it out if there is nobody. */
  mentions?: Mentions;
  /** Whether all members are to notice it; false or absent: no. */
  everybody?: Everybody;
} | {
  /** The message, which the sender can read and which does not disappear. */
  forward: Place;
  /** The seq of the message that this one answers; 0 or absent: none. */
  reply?: Position;
  /** Who is to notice it. Leave it out if there is nobody. */
  mentions?: Mentions;
  /** Whether all members are to notice it; false or absent: no. */
  everybody?: Everybody;
};

/** What a message says: a text, attachments, or both. */
export type Said = {
  /** The text. */
  text: Text;
  /** The files. Leave it out if there are none. */
  attachments?: Attachments;
  /** The seq of the message that this one answers; 0 or absent: none. */
  reply?: Position;
  /** Who is to notice it. Leave it out if there is nobody. */
  mentions?: Mentions;
  /** Whether all members are to notice it; false or absent: no. */
  everybody?: Everybody;
  /** Whether it repeats another message; absent: no. */
  forwarded?: true;
  /** Whether this message of a thread is shown in the conversation that the thread is in, too, and counts there; absent: no. */
  in_parent?: true;
  /** The message of a thread that this one shows here, in the parent: edit and delete it there. Absent: none. */
  of?: Place;
} | {
  /** The files. */
  attachments: Attachments;
  /** The seq of the message that this one answers; 0 or absent: none. */
  reply?: Position;
  /** Who is to notice it. Leave it out if there is nobody. */
  mentions?: Mentions;
  /** Whether all members are to notice it; false or absent: no. */
  everybody?: Everybody;
  /** Whether it repeats another message; absent: no. */
  forwarded?: true;
  /** Whether this message of a thread is shown in the conversation that the thread is in, too, and counts there; absent: no. */
  in_parent?: true;
  /** The message of a thread that this one shows here, in the parent: edit and delete it there. Absent: none. */
  of?: Place;
};

/** Messages that the caller has hidden from themselves. */
export type Hides = {
  /** Grows with every message that the caller hides here. A device that knew of fewer than count less the number of seqs asks history for what it shows. */
  count: number;
  /** The latest of them, up to 200. */
  seqs: Array<Seq>;
};

/** The first 80 characters of a draft; the action drafts tells the rest. */
export type Begun = {
  /** How it begins. */
  text: string;
  /** When it was stored. The latest counts. */
  at: Time;
};

/** How many messages are pinned, of those that the caller's place allows. What was deleted, has expired or was hidden counts until a pin needs its place; pins lists what is left. */
export type Pins = number;

/** One reaction, an emoji as a rule: 1 to 16 characters, no white space, no control characters. */
export type Mark = string;

/** All that one user has on a message: up to 10, each once. */
export type Marks = Array<Mark>;

/** How often a message was edited, up to 10 times. */
export type Version = number;

/** What members have on a message: up to 20 marks, the most frequent first. */
export type Reactions = Array<{
  /** The mark. */
  mark: Mark;
  /** How many have it on the message. */
  count: number;
  /** Up to 5 of them; fewer, or none, if the frame had no room. */
  users: Array<UserId>;
}>;

/** An element of a conversation's log, in the same shape as when it was first sent. A message shows what became of it since. */
export type Entry = Message | Created | Edited | Deleted | Reacted | Added | Joined | Removed | Left | Ranked | Changed | Pinned | Threaded | Hidden;

/** Where the entry is that a request made. It is stored and handed to every member. */
export type Accepted = {
  /** The conversation, also when the request named a person. */
  conversation: ConversationId;
  /** The number of the entry. */
  seq: Seq;
  /** The id that the request gave. */
  id: MessageId;
  /** When the entry was stored. */
  at: Time;
};

/** How much of a conversation somebody has not read. unread.json has examples for clients that count themselves. */
export type Unread = {
  /** How many messages: exact up to 99. */
  count: number;
  /** Whether there are more, or may be: show 99+, or the count and a plus. */
  more?: boolean;
  /** How many of those mention the caller; absent: none. */
  mentions?: number;
};

/** What became of a change of a group. */
export type Governed = {
  /** The conversation, also when the request named a person. */
  conversation: ConversationId;
  /** The number of the entry. */
  seq: Seq;
  /** The id that the request gave. */
  id: MessageId;
  /** When the entry was stored. */
  at: Time;
  /** Who was not added, because they do not want to be by the caller: send them a link. Only add has it. */
  declined?: Array<UserId>;
} | {
  /** The group. */
  conversation: ConversationId;
  /** Says so. */
  unchanged: true;
  /** Who was not added, because they do not want to be by the caller: send them a link. Only add has it. */
  declined?: Array<UserId>;
};

/** One line of the list: a conversation between two people. */
export type DirectConversation = {
  /** The conversation. */
  conversation: ConversationId;
  /** Says that it is between two people. */
  kind: "direct";
  /** The other one. */
  peer: UserId;
  /** How many members it has. */
  size: Size;
  /** The seq of its last entry; a conversation without any is not listed. */
  head: Seq;
  /** When it was restored from a backup; absent: never. If the client knows a lower one, what it knows is void. */
  epoch?: Epoch;
  /** Its last entry, unless that did not fit into the frame. */
  last?: Entry;
  /** Whether a stranger wrote it and it waits to be accepted. */
  request?: boolean;
  /** The first seq that the caller may see and has not cleared; absent: all. */
  from?: Seq;
  /** The caller's role. */
  role: Role;
  /** What that allows here; absent: nothing. */
  can?: Capabilities;
  /** What the caller has not read; absent: nothing. */
  unread?: Unread;
  /** Up to where the caller has read; absent: nothing. */
  read?: Seq;
  /** Up to where the other one has read, as far as they tell. Whoever writes has read what stands before. */
  peer_read?: Seq;
  /** Up to where a device of theirs has all, if that is further. */
  peer_delivered?: Seq;
  /** Whether they are there. */
  peer_presence?: Presence;
  /** The first message that the caller marked as unread. */
  marked?: Seq;
  /** The last seq when they did. */
  marked_at?: Seq;
  /** Whether it comes first in the list. */
  pinned?: boolean;
  /** Whether it is put away: it comes back when something happens in it, unless it is muted. */
  archived?: boolean;
  /** Up to where the caller has cleared it: a device forgets what it shows of that. */
  cleared?: Seq;
  /** Until when it makes no noise. */
  muted?: Time;
  /** Whether messages that mention the caller make noise nevertheless. */
  mentions_only?: boolean;
  /** When messages disappear that are sent from now on; absent: never. */
  timer?: Timer;
  /** How many messages are pinned; absent: none. */
  pins?: Pins;
  /** What the caller has hidden; absent: nothing. */
  hides?: Hides;
  /** How what the caller has begun to write here begins; absent: nothing is. With since, a draft that was cleared meanwhile brings no line: drafts tells. */
  draft?: Begun;
};

/** One line of the list: a group. */
export type GroupConversation = {
  /** The conversation. */
  conversation: ConversationId;
  /** Says that it is a group. */
  kind: "group";
  /** What the group is called. */
  name: GroupName;
  /** How many members it has. */
  size: Size;
  /** The seq of its last entry; a conversation without any is not listed. */
  head: Seq;
  /** When it was restored from a backup; absent: never. If the client knows a lower one, what it knows is void. */
  epoch?: Epoch;
  /** Its last entry, unless that did not fit into the frame. */
  last?: Entry;
  /** The first seq that the caller may see and has not cleared; absent: all. */
  from?: Seq;
  /** The caller's role. */
  role: Role;
  /** What that allows here; absent: nothing. */
  can?: Capabilities;
  /** Its picture; absent: none. */
  picture?: MediaId;
  /** Whether only moderators and above may send; absent: no. */
  announce?: boolean;
  /** Slow mode in seconds; absent: none. */
  slow?: Slow;
  /** From where on new members may read; absent: since they joined. */
  history?: History;
  /** What the caller has not read; absent: nothing. */
  unread?: Unread;
  /** Up to where the caller has read; absent: nothing. */
  read?: Seq;
  /** The first message that the caller marked as unread. */
  marked?: Seq;
  /** The last seq when they did. */
  marked_at?: Seq;
  /** Whether it comes first in the list. */
  pinned?: boolean;
  /** Whether it is put away: it comes back when something happens in it, unless it is muted. */
  archived?: boolean;
  /** Up to where the caller has cleared it: a device forgets what it shows of that. */
  cleared?: Seq;
  /** Until when it makes no noise. */
  muted?: Time;
  /** Whether messages that mention the caller make noise nevertheless. */
  mentions_only?: boolean;
  /** When messages disappear that are sent from now on; absent: never. */
  timer?: Timer;
  /** How many messages are pinned; absent: none. */
  pins?: Pins;
  /** What the caller has hidden; absent: nothing. */
  hides?: Hides;
  /** How what the caller has begun to write here begins; absent: nothing is. With since, a draft that was cleared meanwhile brings no line: drafts tells. */
  draft?: Begun;
};

/** One line of the list: a thread that the caller follows. */
export type ThreadConversation = {
  /** The thread. */
  conversation: ThreadId;
  /** Says that it is a thread. */
  kind: "thread";
  /** The conversation in which it is. */
  parent: ConversationId;
  /** The message there that it is about. */
  root: Seq;
  /** How many follow it. */
  size: number;
  /** The seq of its last entry; a conversation without any is not listed. */
  head: Seq;
  /** Its last entry, unless that did not fit into the frame. */
  last?: Entry;
  /** The caller's role in the parent. */
  role: Role;
  /** What that allows here; absent: nothing. */
  can?: Capabilities;
  /** When messages disappear that are sent from now on; absent: never. */
  timer?: Timer;
  /** How many messages are pinned; absent: none. */
  pins?: Pins;
  /** What the caller has hidden; absent: nothing. */
  hides?: Hides;
  /** How what the caller has begun to write here begins; absent: nothing is. With since, a draft that was cleared meanwhile brings no line: drafts tells. */
  draft?: Begun;
  /** What the caller has not read; absent: nothing. */
  unread?: Unread;
  /** Up to where the caller has read; absent: nothing. */
  read?: Seq;
  /** The first message that the caller marked as unread. */
  marked?: Seq;
  /** The last seq when they did. */
  marked_at?: Seq;
  /** Whether it comes first in the list. */
  pinned?: boolean;
  /** Whether it is put away: it comes back when something happens in it, unless it is muted. */
  archived?: boolean;
  /** Up to where the caller has cleared it: a device forgets what it shows of that. */
  cleared?: Seq;
  /** Until when it makes no noise. */
  muted?: Time;
  /** Whether messages that mention the caller make noise nevertheless. */
  mentions_only?: boolean;
};

/** Words between spaces and phrases in double quotes, 1 to 200 characters, no control characters. A word is found by its beginning, a phrase as it is; case and accents do not count; in scripts without spaces, anything is found anywhere. */
export type Searched = string;

/** media: an attachment. link: the address of a web page. */
export type Having = Array<"media" | "link">;

/** Where a search goes on. It holds for the same query of the same user. */
export type SearchNext = string;

/** How many hits a page holds at most; 20 if absent. */
export type Hits = number;

/** The device that a request was about. */
export type Registered = {
  /** The device of the connection that asked. */
  device: DeviceId;
};

/** What that platform calls the device: 1 to 4,096 printable ASCII characters without spaces. */
export type PushToken = string;

/** The PushSubscription of a browser (Push API), without expirationTime. */
export type Subscription = {
  /** The https URL that its push service gave it: of FCM, Mozilla, Apple, Windows, or whom the deployer added. 1 to 1,024 printable ASCII characters without spaces. */
  endpoint: string;
  /** What a notification is encrypted with (RFC 8291). */
  keys: {
    /** The browser's public key: a point of P-256, uncompressed, in base64url without padding. */
    p256dh: string;
    /** 16 bytes in base64url without padding. */
    auth: string;
  };
};

/** An error that the same frame will meet again. See errors.json for the meaning of each. */
export type PermanentCode = "bad_frame" | "unknown_action" | "invalid" | "too_large" | "unauthenticated" | "forbidden" | "not_found" | "conflict" | "behind" | "media_missing" | "replaced";

/** An error that the same frame may not meet later. See errors.json for the meaning of each. */
export type TemporaryCode = "limited" | "unavailable" | "internal";

/** How present a user is over all devices. Unknown is not offline: it is what a user who never connected has. */
export type Presence = "online" | "away" | "busy" | "offline" | "unknown";

/** Asks who one is to the server, what time it is there and what its limits are. */
export type HelloRequest = Record<string, never>;

/** What a client should know before anything else. */
export type HelloResult = {
  /** Who the client acts for: the subject of its token. */
  user: UserId;
  /** The device, if the connection named one. */
  device?: DeviceId;
  /** What time it is. Whoever shows how long ago something was should count from here. */
  now: Time;
  /** When the token does. From then on every frame is refused: connect again before, with another. */
  expires: Time;
  /** Every limit of limits.json by its name; times are in seconds. There may be more than a client knows. */
  limits: Record<string, number>;
  /** Which build of the server answers, for reports of errors. */
  version: string;
};

/** Says something to a person, in a conversation, or in the thread about a message. */
export type SendRequest = {
  /** Made new for each thing to say, kept when it is sent again. */
  id: MessageId;
  /** Whom it is for: exactly one of a person, a conversation and a thread. */
  to: {
    /** A person. The direct conversation with them begins with the first message. */
    user?: UserId;
    /** A conversation of which the sender is a member. */
    conversation?: ConversationId;
    /** The message that the thread is about. The thread begins with the first message; its id is in the reply. */
    thread?: Place;
  };
  /** The last seq of the conversation that the client knew when it first tried, 0 if none. It makes a repetition known as one, so every attempt should carry it, the first as well: that one may come late, behind a second. */
  after?: Position;
  /** What is said. */
  body: Outgoing;
  /** Whether this was the caller's draft in the conversation, which is then forgotten; false or absent: the draft stays. */
  draft?: boolean;
  /** After how many seconds the message disappears; absent: as the conversation has it. */
  expires?: Lifetime;
  /** Whether a message of a thread is shown in the conversation that the thread is in, too; false or absent: no. Not one that disappears. */
  in_parent?: boolean;
};

/** The message is stored and handed to every member. */
export type SendResult = {
  /** The conversation, also when the request named a person. */
  conversation: ConversationId;
  /** The number of the entry. */
  seq: Seq;
  /** The id that the request gave. */
  id: MessageId;
  /** When the entry was stored. */
  at: Time;
  /** When the message disappears; absent: never, or that depends on who reads it. */
  until?: Time;
  /** How long it lasts once somebody else has read it; absent: for ever, or until says when it ends. */
  timer?: Timer;
};

/** Replaces the text and the mentions of the caller's own message, up to 24 hours old and up to 10 times. */
export type EditRequest = {
  /** Made new for each change, kept when it is sent again. */
  id: MessageId;
  /** The conversation that holds the message. */
  conversation: ConversationId;
  /** The message. */
  seq: Seq;
  /** The last seq of the conversation that the client knew when it first tried, 0 if none. It makes a repetition known as one, so every attempt should carry it, the first as well: that one may come late, behind a second. */
  after?: Position;
  /** What it says from now on; its attachments and what it answers stay. Empty: no text and no mentions. */
  body: {
    /** The text. Only a message with attachments can do without. */
    text?: Text;
    /** Who is to notice it. Leave it out if there is nobody. */
    mentions?: Mentions;
    /** Whether all members are to notice it; false or absent: no. */
    everybody?: Everybody;
  };
};

/** The message says the new text, and that is handed to every member. */
export type EditResult = Accepted;

/** Removes a message for everybody: the caller's own, up to 48 hours old, or any in a group that the caller owns. */
export type DeleteRequest = {
  /** Made new for each change, kept when it is sent again. */
  id: MessageId;
  /** The conversation that holds the message. */
  conversation: ConversationId;
  /** The message. */
  seq: Seq;
  /** The last seq of the conversation that the client knew when it first tried, 0 if none. It makes a repetition known as one, so every attempt should carry it, the first as well: that one may come late, behind a second. */
  after?: Position;
};

/** The message is gone for everybody, and that is handed to every member. */
export type DeleteResult = Accepted;

/** Sets all reactions that the caller has on a message. */
export type ReactRequest = {
  /** Made new for each change, kept when it is sent again. */
  id: MessageId;
  /** The conversation that holds the message. */
  conversation: ConversationId;
  /** The message. */
  seq: Seq;
  /** The last seq of the conversation that the client knew when it first tried, 0 if none. It makes a repetition known as one, so every attempt should carry it, the first as well: that one may come late, behind a second. */
  after?: Position;
  /** All that the caller has on it from now on. Leave it out to take them back. */
  reactions?: Marks;
};

/** The reactions are stored and handed to every member. */
export type ReactResult = Accepted;

/** Pins a message for everybody, or takes it off. */
export type PinRequest = {
  /** Made new for each change, kept when it is sent again. */
  id: MessageId;
  /** The conversation that holds the message. */
  conversation: ConversationId;
  /** The message. */
  seq: Seq;
  /** The last seq of the conversation that the client knew when it first tried, 0 if none. It makes a repetition known as one, so every attempt should carry it, the first as well: that one may come late, behind a second. */
  after?: Position;
  /** Whether it is to be pinned no more; false or absent: it is to be pinned. */
  off?: boolean;
};

/** The pin is stored and handed to every member. */
export type PinResult = Accepted;

/** Hides messages from the caller, on all devices, and from nobody else. */
export type HideRequest = {
  /** The conversation. */
  conversation: ConversationId;
  /** The messages, up to 100. */
  seqs: Array<Seq>;
};

/** The messages are hidden. */
export type HideResult = {
  /** The conversation that holds them. */
  conversation: ConversationId;
  /** The messages. */
  hides: Hides;
};

/** Makes the caller a follower of a thread, or ends that. Who follows gets its messages and has it in the list. */
export type FollowRequest = {
  /** The thread. */
  conversation: ThreadId;
  /** Whether to end it; false or absent: no. */
  off?: boolean;
};

/** Whether the caller follows the thread now. */
export type FollowResult = {
  /** The thread. */
  conversation: ThreadId;
  /** Whether the caller follows it. */
  following: boolean;
};

/** Makes a group of the caller and the named members. */
export type CreateRequest = {
  /** Made new for each group, kept when the request is sent again: it then finds the same group. */
  id: MessageId;
  /** What the group is called. */
  name: GroupName;
  /** Who is in it besides the caller, each once. The group has at most 1,000 members with its creator. */
  members: Array<UserId>;
  /** Whether only moderators and above may send; absent: no. */
  announce?: boolean;
  /** From where on new members may read; absent: since they joined. */
  history?: History;
  /** How many seconds members below moderator wait between two messages; 0 or absent: not at all. */
  slow?: Slow;
  /** What makes messages disappear; absent: nothing. */
  timer?: Timer;
};

/** The group exists and every member was told. */
export type CreateResult = Accepted;

/** Makes users members of a group. */
export type AddRequest = {
  /** Made new for each change, kept when the request is sent again. */
  id: MessageId;
  /** The group. */
  conversation: ConversationId;
  /** The last seq of the conversation that the client knew when it first tried; 0 if none. It is what makes a repetition known as one. */
  after?: Position;
  /** Who is added. Who is a member already is passed over. */
  users: Named;
};

/** The users are members, but for those who declined. */
export type AddResult = Governed;

/** Puts members out of a group whose role is below the caller's. */
export type RemoveRequest = {
  /** Made new for each change, kept when the request is sent again. */
  id: MessageId;
  /** The group. */
  conversation: ConversationId;
  /** The last seq of the conversation that the client knew when it first tried; 0 if none. It is what makes a repetition known as one. */
  after?: Position;
  /** Who is removed. Who is no member is passed over. */
  users: Named;
  /** Whether no link brings them back; users who are no members are banned, too. */
  ban?: boolean;
};

/** The users are no members any more. */
export type RemoveResult = Governed;

/** Takes the caller out of a group. */
export type LeaveRequest = {
  /** Made new for each change, kept when the request is sent again. */
  id: MessageId;
  /** The group. */
  conversation: ConversationId;
  /** The last seq of the conversation that the client knew when it first tried; 0 if none. It is what makes a repetition known as one. */
  after?: Position;
};

/** The caller is no member any more. */
export type LeaveResult = Governed;

/** Gives members a role. */
export type RoleRequest = {
  /** Made new for each change, kept when the request is sent again. */
  id: MessageId;
  /** The group. */
  conversation: ConversationId;
  /** The last seq of the conversation that the client knew when it first tried; 0 if none. It is what makes a repetition known as one. */
  after?: Position;
  /** The next owner. */
  users: Array<UserId>;
  /** Hands the group over: the caller is an admin from then on. */
  role: "owner";
} | {
  /** Made new for each change, kept when the request is sent again. */
  id: MessageId;
  /** The group. */
  conversation: ConversationId;
  /** The last seq of the conversation that the client knew when it first tried; 0 if none. It is what makes a repetition known as one. */
  after?: Position;
  /** Members below the caller's role. */
  users: Named;
  /** A role below the caller's. */
  role: "admin" | "moderator" | "member" | "guest";
};

/** The members have the role. */
export type RoleResult = Governed;

/** Changes the setup of a group. */
export type ChangeRequest = {
  /** Made new for each change, kept when the request is sent again. */
  id: MessageId;
  /** The group. */
  conversation: ConversationId;
  /** The last seq of the conversation that the client knew when it first tried; 0 if none. It is what makes a repetition known as one. */
  after?: Position;
  /** What is to be different. */
  setup: Amendment;
};

/** The group is as asked for. */
export type ChangeResult = Governed;

/** Makes a link into a group. */
export type InviteRequest = {
  /** Made new at random for each link and told nobody, because the code is made from it; kept when it is sent again, which finds the same link. Absent: each time another link. */
  id?: MessageId;
  /** The group. */
  conversation: ConversationId;
  /** For how many seconds it works, up to 30 days; absent: 7 days. */
  expires_in?: number;
  /** How many may join by it; absent: as many as the group holds. */
  max_uses?: MaxUses;
};

/** The link works. */
export type InviteResult = {
  /** What the link carries. It is told this once and not stored. */
  code: InviteCode;
  /** What revoke calls it. */
  invite: InviteId;
  /** Who made it. */
  by: UserId;
  /** When it was made. */
  created: Time;
  /** When it stops working. */
  expires: Time;
  /** How many have joined by it. */
  uses: number;
  /** How many may; absent: as many as the group holds. */
  max_uses?: MaxUses;
};

/** Asks for the links into a group that work. */
export type InvitesRequest = {
  /** The group. */
  conversation: ConversationId;
};

/** The links that work. */
export type InvitesResult = {
  /** The newest first. */
  invites: Array<{
    /** What revoke calls it. */
    invite: InviteId;
    /** Who made it. */
    by: UserId;
    /** When it was made. */
    created: Time;
    /** When it stops working. */
    expires: Time;
    /** How many have joined by it. */
    uses: number;
    /** How many may; absent: as many as the group holds. */
    max_uses?: MaxUses;
  }>;
};

/** Ends a link into a group. */
export type RevokeRequest = {
  /** The group. */
  conversation: ConversationId;
  /** The link. */
  invite: InviteId;
};

/** The link does not work any more. */
export type RevokeResult = {
  /** The link. */
  invite: InviteId;
};

/** Asks where a link leads. */
export type PreviewRequest = {
  /** What the link carries. */
  code: InviteCode;
};

/** The link works, and this is where it leads. */
export type PreviewResult = {
  /** The group. */
  conversation: ConversationId;
  /** What it is called. */
  name: GroupName;
  /** How many members it has. */
  size: Size;
  /** Where to GET its picture; absent: it has none. */
  picture?: {
    /** Where to GET it. */
    url: Url;
    /** When the URL stops working. */
    expires: Time;
  };
};

/** Makes the caller a member of the group that a link leads into. */
export type JoinRequest = {
  /** Made new for each change, kept when the request is sent again. */
  id: MessageId;
  /** What the link carries. */
  code: InviteCode;
};

/** The caller is a member. */
export type JoinResult = Governed;

/** Asks for what was said in conversations since the client last heard of them. */
export type SyncRequest = {
  /** How far the client has each conversation: up to 50, each conversation once. */
  cursors: Array<{
    /** The conversation. */
    conversation: ConversationId;
    /** The last seq that the client has without a gap; 0 or absent: it has nothing. */
    after?: Position;
  }>;
};

/** What was said since. */
export type SyncResult = {
  /** Those of the named conversations of which something was missed, as far as the frame had room. */
  conversations: Array<{
    /** The conversation. */
    conversation: ConversationId;
    /** The seq of its last entry. The entries here end before it if the frame was full. */
    head: Seq;
    /** The epoch of the entries; absent: the first. If the client knows a lower one, it forgets the conversation and asks again from 0. */
    epoch?: Epoch;
    /** The entries that follow the cursor, oldest first. */
    entries: Array<Entry>;
    /** The first seq that the caller may see and has not cleared; absent: all. The entries never begin before it. */
    from?: Seq;
  } | {
    /** The conversation. */
    conversation: ConversationId;
    /** Says that it is gone for the caller. */
    gone: true;
  }>;
  /** True if something is left: ask again with the new cursors. */
  more: boolean;
};

/** Asks for a page of the older entries of a conversation. */
export type HistoryRequest = {
  /** The conversation. */
  conversation: ConversationId;
  /** Entries below this seq are wanted; absent: the newest. */
  before?: Seq;
  /** How many entries the page holds at most; 50 if absent. */
  limit?: number;
};

/** A page of entries. */
export type HistoryResult = {
  /** The entries, oldest first. */
  entries: Array<Entry>;
  /** The seq of the conversation's last entry; 0 if there is none yet. */
  head: Position;
  /** True if there are older ones: ask again with before = the first seq here. */
  more: boolean;
};

/** Asks for a page of the caller's conversations. */
export type ConversationsRequest = {
  /** The since of an earlier list: only what has changed is wanted; absent: all. */
  since?: Time;
  /** The next of the page before; absent: the first page. */
  next?: ConversationId;
  /** How many conversations the page holds at most; 50 if absent. With since, up to 500 are looked at instead. */
  limit?: number;
};

/** A page of the caller's conversations. */
export type ConversationsResult = {
  /** The conversations, in the order of their ids. */
  conversations: Array<DirectConversation | GroupConversation | ThreadConversation>;
  /** Asks for the page that follows; absent on the last one. */
  next?: ConversationId;
  /** Asks for what changes from now on, when all pages have come; only on the first page. */
  since?: Time;
  /** How many conversations the caller is in, of those that were looked at for this page; only with since. If all pages count others than the client has, it asks for all. */
  of?: number;
};

/** Asks for a page of a conversation's members and whether they are online. */
export type MembersRequest = {
  /** The conversation. */
  conversation: ConversationId;
  /** The next of the page before; absent: the first page. */
  next?: UserId;
  /** How many members the page holds at most; 50 if absent. */
  limit?: number;
};

/** A page of a conversation's members. */
export type MembersResult = {
  /** The members, in the order of their ids. */
  members: Array<{
    /** Who it is. */
    user: UserId;
    /** What they are in the conversation. */
    role: Role;
    /** How present the user is, as far as the caller may know. */
    presence: Presence;
    /** When the user was last active. Only of who is offline or away, if it is known and the caller may know. */
    seen?: Time;
  }>;
  /** Asks for the page that follows; absent on the last one. */
  next?: UserId;
};

/** Asks for messages in the caller's conversations that fit all that is given: at least one of query, from and has. */
export type SearchRequest = {
  /** What the text, or the name of an attachment, has. */
  query: Searched;
  /** Who said it; absent: anybody. */
  from?: UserId;
  /** What is in it, all of it; absent: anything. */
  has?: Having;
  /** The only conversation to look into; absent: all of the caller's. */
  in?: ConversationId;
  /** It was said before this time; absent: at any. */
  before?: Time;
  /** It was said at this time or later; absent: at any. */
  after?: Time;
  /** How many hits the page holds at most; 20 if absent. */
  limit?: Hits;
  /** The next of the page before, for the same query; absent: the first page. */
  next?: SearchNext;
} | {
  /** Who said it; absent: anybody. */
  from: UserId;
  /** What is in it, all of it; absent: anything. */
  has?: Having;
  /** The only conversation to look into; absent: all of the caller's. */
  in?: ConversationId;
  /** It was said before this time; absent: at any. */
  before?: Time;
  /** It was said at this time or later; absent: at any. */
  after?: Time;
  /** How many hits the page holds at most; 20 if absent. */
  limit?: Hits;
  /** The next of the page before, for the same query; absent: the first page. */
  next?: SearchNext;
} | {
  /** What is in it, all of it; absent: anything. */
  has: Having;
  /** The only conversation to look into; absent: all of the caller's. */
  in?: ConversationId;
  /** It was said before this time; absent: at any. */
  before?: Time;
  /** It was said at this time or later; absent: at any. */
  after?: Time;
  /** How many hits the page holds at most; 20 if absent. */
  limit?: Hits;
  /** The next of the page before, for the same query; absent: the first page. */
  next?: SearchNext;
};

/** A page of what was found. */
export type SearchResult = {
  /** What was found: conversation by conversation in the order of their ids, within each the newest first. */
  hits: Array<{
    /** The conversation. */
    conversation: ConversationId;
    /** The message as it is now. */
    entry: Message;
  }>;
  /** How many entries were looked at for this page. */
  scanned: number;
  /** Asks for what follows, also when there are no hits yet; absent: all was looked at. */
  next?: SearchNext;
};

/** Stores what the caller has begun to write, or clears it. */
export type DraftRequest = {
  /** Whom it is for: exactly one of a person and a conversation. */
  to: {
    /** A person, with whom nothing need have been said yet. */
    user?: UserId;
    /** A conversation of which the caller is a member. */
    conversation?: ConversationId;
  };
  /** What is written so far; absent: the draft is cleared. */
  body?: {
    /** The text so far. */
    text: Text;
    /** The seq of the message that it is to answer; 0 or absent: none. */
    reply?: Position;
  };
};

/** The draft is stored, or cleared. */
export type DraftResult = {
  /** The conversation, also when the request named a person. */
  conversation: ConversationId;
  /** When it was stored. */
  at: Time;
};

/** Asks for a page of the caller's drafts. */
export type DraftsRequest = {
  /** The next of the page before; absent: the first page. */
  next?: ConversationId;
  /** How many drafts the page holds at most; 50 if absent. */
  limit?: number;
};

/** A page of the caller's drafts. */
export type DraftsResult = {
  /** The drafts, in the order of their conversations' ids. */
  drafts: Array<{
    /** Says that this is a draft. */
    event: "draft";
    /** The conversation. */
    conversation: ConversationId;
    /** The other one of a direct conversation, in which nothing need have been said yet; absent in others. */
    user?: UserId;
    /** What is written so far. */
    body: {
      /** The text so far. */
      text: Text;
      /** The seq of the message that it is to answer; 0 or absent: none. */
      reply?: Position;
    };
    /** When it was stored. The latest counts. */
    at: Time;
  }>;
  /** Asks for the page that follows; absent on the last one. */
  next?: ConversationId;
};

/** Has a message sent later. */
export type ScheduleRequest = {
  /** Made new for each thing to say; the id of the message once it is sent. */
  id: MessageId;
  /** Whom it is for: exactly one of a person and a conversation. */
  to: {
    /** A person. The direct conversation with them begins with the first message. */
    user?: UserId;
    /** A conversation of which the sender is a member. */
    conversation?: ConversationId;
  };
  /** What is to be said. */
  body: Content;
  /** When it is to be sent: 5 seconds to 30 days ahead. */
  at: Time;
  /** Whether this changes what is scheduled under the id, all of it; false or absent: the id is new. */
  replace?: boolean;
};

/** The message is scheduled. */
export type ScheduleResult = {
  /** The id of the request. */
  id: MessageId;
};

/** Takes a scheduled message back, or dismisses one that failed. */
export type UnscheduleRequest = {
  /** The message. */
  id: MessageId;
};

/** The message is not scheduled any more. */
export type UnscheduleResult = {
  /** The id of the request. */
  id: MessageId;
};

/** Asks for a page of the caller's scheduled messages. */
export type ScheduledRequest = {
  /** The next of the page before; absent: the first page. */
  next?: MessageId;
  /** How many messages the page holds at most; 50 if absent. */
  limit?: number;
};

/** A page of the caller's scheduled messages. */
export type ScheduledResult = {
  /** The messages, in the order of their ids. */
  scheduled: Array<{
    /** The message. */
    id: MessageId;
    /** Whom it is for: exactly one of a person and a conversation. */
    to: {
      /** A person. */
      user?: UserId;
      /** A conversation. */
      conversation?: ConversationId;
    };
    /** What is to be said. */
    body: Content;
    /** When it is due. */
    at: Time;
    /** Why it was not sent and will not be; absent while it waits. */
    code?: PermanentCode | TemporaryCode;
  }>;
  /** Asks for the page that follows; absent on the last one. */
  next?: MessageId;
};

/** Asks for the messages that are pinned. */
export type PinsRequest = {
  /** The conversation. */
  conversation: ConversationId;
};

/** The messages that are pinned and still there. */
export type PinsResult = {
  /** Their seqs, the one that was pinned last at the end. */
  pins: Array<Seq>;
  /** The messages as they are now, the one that was pinned last first, as many as the frame holds. */
  entries: Array<Message>;
};

/** Asks what became of the threads about some messages. */
export type ThreadsRequest = {
  /** The conversation. */
  conversation: ConversationId;
  /** The messages, up to 50. */
  roots: Array<Seq>;
};

/** The threads that there are. */
export type ThreadsResult = {
  /** One for each message that has one, in the order of the request. */
  threads: Array<{
    /** The message. */
    root: Seq;
    /** The thread. */
    conversation: ThreadId;
    /** The seq of its last entry. */
    head: Seq;
    /** When that was written. */
    at: Time;
    /** By whom; absent if the caller may not see it. */
    from?: UserId;
    /** How many follow it. */
    size: number;
    /** Whether the caller does; absent: no. */
    following?: true;
  }>;
};

/** Says how far this device is in conversations. It has no reply: only an error is answered. Cursors only grow, so it may be sent again. */
export type ReceiptsRequest = {
  /** Up to 50 conversations, each once. */
  cursors: Array<{
    /** The conversation. */
    conversation: ConversationId;
    /** The newest entry up to which the device has all. */
    delivered?: Seq;
    /** The newest message that the user was shown. It is delivered, too. */
    read?: Seq;
  }>;
};

/** Asks who has a message and who has read it. */
export type SeenRequest = {
  /** The conversation. */
  conversation: ConversationId;
  /** The message. */
  seq: Seq;
  /** The next of the page before; absent: the first page. */
  next?: UserId;
};

/** Who has a message, as far as they tell. */
export type SeenResult = {
  /** Those who have it, in the order of their ids, without its author. */
  users: Array<{
    /** Who has it. */
    user: UserId;
    /** Whether they have read it. */
    read?: boolean;
  }>;
  /** How many have read it, on all pages. */
  read: number;
  /** How many have it, those who have read it included. */
  delivered: number;
  /** For how many members it was, without its author. */
  of: number;
  /** Asks for the page that follows; absent on the last one. */
  next?: UserId;
};

/** Makes everything from a message on count as unread for the caller although it was read, until a read cursor moves or the caller writes. A cursor that is told again does not end it: whose user opens the conversation without anything new in it takes the mark back. Nobody else can tell. */
export type MarkRequest = {
  /** The conversation. */
  conversation: ConversationId;
  /** The first message that counts as unread; absent: take the mark back. */
  seq?: Seq;
};

/** What was marked. */
export type MarkResult = {
  /** The conversation. */
  conversation: ConversationId;
  /** The first message that counts as unread, if that was chosen; 0: none any more. */
  marked: Position;
  /** The last seq when it was marked: an own message behind it ends the mark. */
  marked_at?: Seq;
};

/** Changes what the caller has chosen for a conversation. What is left out stays. */
export type PrefsRequest = {
  /** The conversation. */
  conversation: ConversationId;
  /** Whether it comes first in the list. */
  pinned?: boolean;
  /** Whether it is put away until something happens in it. */
  archived?: boolean;
  /** Up to where the caller clears it: nothing up to there is shown to them again, on any device. It cannot be taken back, and nobody else can tell. */
  cleared?: Seq;
};

/** What was chosen. */
export type PrefsResult = {
  /** The conversation. */
  conversation: ConversationId;
  /** Whether it comes first in the list, if that was chosen. */
  pinned?: boolean;
  /** Whether it is put away, if that was chosen. */
  archived?: boolean;
  /** Up to where it is cleared, if that was chosen: as far as was asked for, or further. */
  cleared?: Seq;
};

/** Asks why as many messages of a conversation are unread as are. */
export type ExplainRequest = {
  /** The conversation. */
  conversation: ConversationId;
};

/** Why as much is unread as is. */
export type ExplainResult = {
  /** The conversation. */
  conversation: ConversationId;
  /** The read cursor; absent: nothing was read. */
  read?: Seq;
  /** Up to here a device has all; absent: nothing was reported. */
  delivered?: Seq;
  /** The first message that the user marked as unread. */
  marked?: Seq;
  /** The last seq when they did. */
  marked_at?: Seq;
  /** The first seq that the user may see and has not cleared; absent: all. */
  from?: Seq;
  /** The seq of the last entry. */
  head: Position;
  /** Entries behind this one count: what is read, by the cursor, by a message of one's own, or before the user came; absent: all. */
  since?: Seq;
  /** How many messages are unread: exact up to 99. */
  count: number;
  /** Whether there are more, or may be. */
  more?: boolean;
  /** How many of those mention the user. */
  mentions?: number;
  /** Those that count, the newest first. */
  seqs?: Array<Seq>;
  /** How many entries behind since do not count, by reason. */
  skipped?: {
    /** Entries that the user is not shown. */
    hidden?: number;
    /** Entries that are no messages. */
    system?: number;
    /** Messages of the user. */
    own?: number;
    /** Messages that were deleted for everybody or whose time was over. */
    deleted?: number;
    /** Messages of a thread that are shown in its parent, where they count. */
    in_parent?: number;
    /** Messages of those whom the user has muted or blocked. */
    silent?: number;
  };
};

/** Asks where to PUT a file, so that a message can attach it. */
export type UploadRequest = {
  /** What the file is called. */
  name: FileName;
  /** What it is. */
  type: MediaType;
  /** How long it is. */
  size: FileSize;
  /** The SHA-256 of its content: 32 bytes in padded standard base64. An upload with other content is refused. */
  sha256: string;
};

/** Where to PUT the file. */
export type UploadResult = {
  /** What to attach once the file is there. */
  media: MediaId;
  /** Where to PUT it. */
  url: Url;
  /** The headers to send with the PUT, exactly as given: they are part of the signature. */
  headers: Record<string, string>;
  /** When the URL stops working. */
  expires: Time;
};

/** Asks where to GET an attachment of an entry, the picture of a group, or that of a profile. */
export type DownloadRequest = {
  /** The conversation. */
  conversation: ConversationId;
  /** The entry; absent: the picture of the group. */
  seq?: Seq;
  /** The attachment, or the picture that the group has now. */
  media: MediaId;
} | {
  /** Whose profile has the picture. */
  user: UserId;
  /** The picture that the profile has now. */
  media: MediaId;
};

/** Where to GET the attachment. */
export type DownloadResult = {
  /** Where to GET it. */
  url: Url;
  /** When the URL stops working. */
  expires: Time;
};

/** Asks that this device be notified while its user is not connected. */
export type RegisterRequest = {
  /** Who notifies the device: Firebase, Apple, or Apple's sandbox. */
  platform: "fcm" | "apns" | "apns_sandbox";
  /** What that platform calls the device. */
  token: PushToken;
} | {
  /** A browser. */
  platform: "web";
  /** What PushManager.subscribe gave. */
  subscription: Subscription;
};

/** The device will be notified. */
export type RegisterResult = Registered;

/** Asks that this device be notified no more. */
export type UnregisterRequest = Record<string, never>;

/** The device will not be notified. */
export type UnregisterResult = Registered;

/** Ends what this device has: its notifications, and its connections but for this one, which the client closes when it has the reply. Those who watch are told at once. */
export type LogoutRequest = Record<string, never>;

/** The device was logged out: close the connection. No entry reaches it any more. */
export type LogoutResult = {
  /** The device; absent if the connection was made without one. */
  device?: DeviceId;
};

/** Tells the others in a conversation what the caller is doing. It has no reply; only an error is answered. */
export type TypingRequest = {
  /** The conversation. */
  conversation: ConversationId;
  /** What the caller is doing: writing a text, recording, or no longer anything. Repeat it every 9 seconds while it goes on. */
  kind: "text" | "audio" | "none";
  /** A receipt that travels with it: the newest message that the user was shown. */
  read?: Seq;
};

/** Asks for the presence of users, and to be told of its changes while this connection lasts. */
export type WatchRequest = {
  /** Who they are. Watch anew after every connect. */
  users: Array<UserId>;
};

/** The presence of the users now. */
export type WatchResult = {
  /** A line for each user, in the order of the request. */
  presences: Array<{
    /** Who it is. */
    user: UserId;
    /** How present the user is. */
    status: Presence;
    /** Since when this is known. It may come in any order: drop what is older than what is known of the user. */
    at: Time;
    /** When the user was last active. Only of who is offline or away, if it is known and the caller may know. */
    seen?: Time;
    /** When busy turns into online. Nobody is told then. */
    until?: Time;
  }>;
  /** Those of them who are watched by so many already that this connection is not told of changes; absent if there are none. */
  full?: Array<UserId>;
};

/** Asks to be told no more of changes. */
export type UnwatchRequest = {
  /** Who they are. */
  users: Array<UserId>;
};

/** Nothing more will be told of them. */
export type UnwatchResult = Record<string, never>;

/** Chooses how present the caller is. */
export type StatusRequest = {
  /** Away is for this device. Online ends what was chosen for all devices, too, unless scope says otherwise. */
  status: "online" | "away";
  /** Leaves what was chosen for all devices as it is. */
  scope?: "device";
} | {
  /** What is chosen. */
  status: "busy" | "invisible";
  /** Seconds until it ends by itself; absent: until something else is chosen. */
  for?: number;
};

/** The status was taken. */
export type StatusResult = {
  /** What was chosen. */
  status: "online" | "away" | "busy" | "invisible";
  /** When it ends by itself; absent: not by itself. */
  until?: Time;
};

/** Replaces what the caller shows to others. What is left out is shown no more. */
export type ProfileRequest = {
  /** What the caller is called; absent: the id. */
  name?: DisplayName;
  /** A line about the caller. */
  about?: About;
  /** An upload of the caller's own, an image. It may be shown to everybody whom the caller has not blocked. */
  picture?: MediaId;
};

/** The profile as it is now. */
export type ProfileResult = Profile;

/** Asks what users show of themselves. */
export type ProfilesRequest = {
  /** Up to 50 users, each once. */
  users: Array<UserId>;
};

/** What users show of themselves. */
export type ProfilesResult = {
  /** In the order asked for. Those for whom the frame had no room are missing at the end: ask for them again. */
  profiles: Array<Profile>;
};

/** Puts a user into the caller's contacts, gives them another name there, or takes them out. */
export type ContactRequest = {
  /** Who it is. */
  user: UserId;
  /** What the caller calls them; absent: no name of the caller's own. */
  name?: DisplayName;
  /** False or absent. */
  remove?: false;
} | {
  /** Who it is. */
  user: UserId;
  /** Says that they go. */
  remove: true;
};

/** The contact was stored, or removed. */
export type ContactResult = {
  /** Who it is. */
  user: UserId;
};

/** Asks for a page of the caller's contacts. */
export type ContactsRequest = {
  /** The next of the page before; absent: the first page. */
  next?: UserId;
  /** How many users the page looks at; 50 if absent. */
  limit?: number;
};

/** A page of the caller's contacts. It may be short, even empty, although there are more. */
export type ContactsResult = {
  /** The contacts, in the order of their ids. */
  contacts: Array<{
    /** Who it is. */
    user: UserId;
    /** What the caller calls them. */
    name?: DisplayName;
    /** What they show of themselves; absent if they never had a profile. */
    profile?: Profile;
  }>;
  /** Asks for the page that follows; absent on the last one. */
  next?: UserId;
};

/** Stops messages, invitations, signals and notifications between the caller and a user, in both directions and without telling the user. */
export type BlockRequest = {
  /** Who is blocked. */
  user: UserId;
};

/** The user is blocked. */
export type BlockResult = {
  /** Who it is. */
  user: UserId;
};

/** Ends a block. What the user wrote meanwhile stays hidden. */
export type UnblockRequest = {
  /** Who was blocked. */
  user: UserId;
};

/** The user is not blocked. */
export type UnblockResult = {
  /** Who it is. */
  user: UserId;
};

/** Asks for a page of those whom the caller has blocked. */
export type BlockedRequest = {
  /** The next of the page before; absent: the first page. */
  next?: UserId;
  /** How many users the page looks at; 50 if absent. */
  limit?: number;
};

/** A page of those whom the caller has blocked. It may be short, even empty, although there are more. */
export type BlockedResult = {
  /** The users, in the order of their ids. */
  blocked: Array<{
    /** Who it is. */
    user: UserId;
    /** Since when. */
    since: Time;
  }>;
  /** Asks for the page that follows; absent on the last one. */
  next?: UserId;
};

/** Silences a user or a conversation for the caller. */
export type MuteRequest = {
  /** Who is muted. */
  user: UserId;
  /** Until when; absent: for good. */
  until?: Time;
  /** False or absent. */
  mentions?: false;
  /** False or absent. */
  off?: false;
} | {
  /** Who was muted. */
  user: UserId;
  /** False or absent. */
  mentions?: false;
  /** Says that it ends. */
  off: true;
} | {
  /** The conversation. */
  conversation: ConversationId;
  /** Until when; absent: for good. */
  until?: Time;
  /** Whether to notify of what mentions the caller or everybody, nevertheless. */
  mentions?: boolean;
  /** False or absent. */
  off?: false;
} | {
  /** The conversation. */
  conversation: ConversationId;
  /** False or absent. */
  mentions?: false;
  /** Says that it ends. */
  off: true;
};

/** It is muted, or not any more. */
export type MuteResult = {
  /** The user. */
  user?: UserId;
  /** The conversation. */
  conversation?: ConversationId;
};

/** Asks for a page of those whom the caller has muted. */
export type MutedRequest = {
  /** The next of the page before; absent: the first page. */
  next?: UserId;
  /** How many users the page looks at; 50 if absent. */
  limit?: number;
};

/** A page of those whom the caller has muted, without those whose time is over. It may be short, even empty, although there are more. */
export type MutedResult = {
  /** The users, in the order of their ids. */
  muted: Array<{
    /** Who it is. */
    user: UserId;
    /** Until when; the year 9999: for good. */
    until: Time;
  }>;
  /** Asks for the page that follows; absent on the last one. */
  next?: UserId;
};

/** Changes the caller's settings that it names; without any it asks for them. */
export type SettingsRequest = {
  /** Who is told when the caller was last active. */
  seen?: Audience;
  /** Whose first message reaches the caller: with contacts, that of others waits as a request; with nobody it is refused. */
  messages?: Audience;
  /** Who may add the caller to a group. */
  groups?: Audience;
  /** Whether nobody is told what the caller has read; then the caller is not told it of others. */
  private?: boolean;
};

/** The caller's settings as they are now. */
export type SettingsResult = {
  /** Who is told when the caller was last active. */
  seen: Audience;
  /** Whose first message reaches the caller: with contacts, that of others waits as a request; with nobody it is refused. */
  messages: Audience;
  /** Who may add the caller to a group. */
  groups: Audience;
  /** Whether nobody is told what the caller has read; then the caller is not told it of others. */
  private: boolean;
};

/** Lets in what a stranger wrote. Answering does it, too. */
export type AcceptRequest = {
  /** The conversation that is a request. */
  conversation: ConversationId;
};

/** The conversation is no request any more. */
export type AcceptResult = {
  /** The conversation. */
  conversation: ConversationId;
};

/** Keeps a connection alive that says nothing else. The gateway itself answers with pong, without the ref. */
export type PingRequest = Record<string, never>;

/** What can be asked, and what answers it; undefined where nothing does. */
export interface Actions {
  /** Ask who one is to the server, what time it is there and what its limits are. */
  hello: { request: HelloRequest; result: HelloResult };
  /** Say something to a person or in a conversation. */
  send: { request: SendRequest; result: SendResult };
  /** Replace the text and the mentions of one's own message. */
  edit: { request: EditRequest; result: EditResult };
  /** Remove a message for everybody. */
  delete: { request: DeleteRequest; result: DeleteResult };
  /** Set all that one has on a message. */
  react: { request: ReactRequest; result: ReactResult };
  /** Pin a message for everybody, or take it off. */
  pin: { request: PinRequest; result: PinResult };
  /** Hide messages from oneself. */
  hide: { request: HideRequest; result: HideResult };
  /** Follow a thread, or end that. */
  follow: { request: FollowRequest; result: FollowResult };
  /** Make a group. */
  create: { request: CreateRequest; result: CreateResult };
  /** Make users members of a group. */
  add: { request: AddRequest; result: AddResult };
  /** Put members out of a group. */
  remove: { request: RemoveRequest; result: RemoveResult };
  /** Leave a group. */
  leave: { request: LeaveRequest; result: LeaveResult };
  /** Give members of a group a role, or hand it over. */
  role: { request: RoleRequest; result: RoleResult };
  /** Change the name, the picture or the rules of a group. */
  change: { request: ChangeRequest; result: ChangeResult };
  /** Make a link into a group. */
  invite: { request: InviteRequest; result: InviteResult };
  /** Ask for the links into a group that work. */
  invites: { request: InvitesRequest; result: InvitesResult };
  /** End a link into a group. */
  revoke: { request: RevokeRequest; result: RevokeResult };
  /** Ask where a link leads. */
  preview: { request: PreviewRequest; result: PreviewResult };
  /** Join a group by a link. */
  join: { request: JoinRequest; result: JoinResult };
  /** Ask what was said since the client last heard of its conversations. */
  sync: { request: SyncRequest; result: SyncResult };
  /** Ask for a page of older entries. */
  history: { request: HistoryRequest; result: HistoryResult };
  /** Ask for a page of the caller's conversations. */
  conversations: { request: ConversationsRequest; result: ConversationsResult };
  /** Ask who is in a conversation and who of them is online. */
  members: { request: MembersRequest; result: MembersResult };
  /** Look for messages in one's conversations. */
  search: { request: SearchRequest; result: SearchResult };
  /** Store what one has begun to write, or clear it. */
  draft: { request: DraftRequest; result: DraftResult };
  /** Ask for a page of the caller's drafts. */
  drafts: { request: DraftsRequest; result: DraftsResult };
  /** Have a message sent later. */
  schedule: { request: ScheduleRequest; result: ScheduleResult };
  /** Take a scheduled message back, or dismiss one that failed. */
  unschedule: { request: UnscheduleRequest; result: UnscheduleResult };
  /** Ask for a page of the caller's scheduled messages. */
  scheduled: { request: ScheduledRequest; result: ScheduledResult };
  /** Ask for the messages that are pinned. */
  pins: { request: PinsRequest; result: PinsResult };
  /** Ask what became of the threads about some messages. */
  threads: { request: ThreadsRequest; result: ThreadsResult };
  /** Say how far this device is in conversations. */
  receipts: { request: ReceiptsRequest; result: undefined };
  /** Ask who has a message and who has read it. */
  seen: { request: SeenRequest; result: SeenResult };
  /** Make everything from a message on count as unread. */
  mark: { request: MarkRequest; result: MarkResult };
  /** Pin a conversation, put it away, or clear it. */
  prefs: { request: PrefsRequest; result: PrefsResult };
  /** Ask why as much is unread as is. */
  explain: { request: ExplainRequest; result: ExplainResult };
  /** Ask where to PUT a file. */
  upload: { request: UploadRequest; result: UploadResult };
  /** Ask where to GET an attachment, or the picture of a profile. */
  download: { request: DownloadRequest; result: DownloadResult };
  /** Ask that this device be notified while its user is not connected. */
  register: { request: RegisterRequest; result: RegisterResult };
  /** Ask that this device be notified no more. */
  unregister: { request: UnregisterRequest; result: UnregisterResult };
  /** Log this device out. */
  logout: { request: LogoutRequest; result: LogoutResult };
  /** Tell what one is doing in a conversation. */
  typing: { request: TypingRequest; result: undefined };
  /** Ask for the presence of users and of its changes. */
  watch: { request: WatchRequest; result: WatchResult };
  /** Ask to be told no more. */
  unwatch: { request: UnwatchRequest; result: UnwatchResult };
  /** Choose how present one is. */
  status: { request: StatusRequest; result: StatusResult };
  /** Replace what one shows of oneself. */
  profile: { request: ProfileRequest; result: ProfileResult };
  /** Ask what users show of themselves. */
  profiles: { request: ProfilesRequest; result: ProfilesResult };
  /** Keep a user among one's contacts, or remove them. */
  contact: { request: ContactRequest; result: ContactResult };
  /** Ask for a page of one's contacts. */
  contacts: { request: ContactsRequest; result: ContactsResult };
  /** Stop everything direct between oneself and a user. */
  block: { request: BlockRequest; result: BlockResult };
  /** End a block. */
  unblock: { request: UnblockRequest; result: UnblockResult };
  /** Ask for a page of those whom one has blocked. */
  blocked: { request: BlockedRequest; result: BlockedResult };
  /** Silence a user or a conversation. */
  mute: { request: MuteRequest; result: MuteResult };
  /** Ask for a page of those whom one has muted. */
  muted: { request: MutedRequest; result: MutedResult };
  /** Change one's settings, or ask for them. */
  settings: { request: SettingsRequest; result: SettingsResult };
  /** Let in what a stranger wrote. */
  accept: { request: AcceptRequest; result: AcceptResult };
  /** Keep the connection alive. */
  ping: { request: PingRequest; result: undefined };
}

export type Added = AddedEvent;

/** Members were added to a group. */
export type AddedEvent = {
  /** Says that somebody was added. */
  event: "added";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who added them. */
  from: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Who was added. */
  body: {
    /** The new members. */
    users: Users;
  };
};

export type Changed = ChangedEvent;

/** The setup of a group was changed. */
export type ChangedEvent = {
  /** Says that the group was changed. */
  event: "changed";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who changed it. */
  from: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** What was changed. */
  body: {
    /** What is different; what is missing was not changed. */
    setup: Setup;
  };
};

export type Created = CreatedEvent;

/** A group was made. This is its first entry. */
export type CreatedEvent = {
  /** Says that a group was made. */
  event: "created";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who made it. */
  from: UserId;
  /** When it was stored. */
  at: Time;
  /** The group. */
  body: {
    /** What it is called. */
    name: GroupName;
    /** How many members it has. */
    size: Size;
  };
};

export type Deleted = DeletedEvent;

/** A message was deleted for everybody. */
export type DeletedEvent = {
  /** Says that a message was deleted. */
  event: "deleted";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who deleted it: its author, or a moderator of the group. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Which message it was. */
  body: {
    /** The seq of the message. */
    target: Seq;
  };
};

export type Edited = EditedEvent;

/** A message was edited. Says what the message says now, which a later edit may have changed again. */
export type EditedEvent = {
  /** Says that a message was edited. */
  event: "edited";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who edited it. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** What the message says now. */
  body: {
    /** The seq of the message. */
    target: Seq;
    /** The text. */
    text: Text;
    /** The files. Leave it out if there are none. */
    attachments?: Attachments;
    /** The seq of the message that this one answers; 0 or absent: none. */
    reply?: Position;
    /** Who is to notice it. Leave it out if there is nobody. */
    mentions?: Mentions;
    /** Whether all members are to notice it; false or absent: no. */
    everybody?: Everybody;
  } | {
    /** The seq of the message. */
    target: Seq;
    /** The files. */
    attachments: Attachments;
    /** The seq of the message that this one answers; 0 or absent: none. */
    reply?: Position;
    /** Who is to notice it. Leave it out if there is nobody. */
    mentions?: Mentions;
    /** Whether all members are to notice it; false or absent: no. */
    everybody?: Everybody;
  };
  /** How often the message was edited by now. */
  version: Version;
  /** When it was last edited. */
  edited: Time;
} | {
  /** Says that a message was edited. */
  event: "edited";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who edited it. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Which message it was. */
  body: {
    /** The seq of the message. */
    target: Seq;
  };
  /** Says that it was deleted. */
  deleted: true;
} | {
  /** Says that a message was edited. */
  event: "edited";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who edited it. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Which message it was. */
  body: {
    /** The seq of the message. */
    target: Seq;
  };
  /** Says that its time is over. */
  expired: true;
};

/** A request was refused and changed nothing, or the connection ends. */
export type ErrorEvent = {
  /** Says that something was refused. */
  event: "error";
  /** The ref of the request, as far as it could be read; absent if the error concerns the connection. */
  ref?: Ref;
  /** What is wrong. */
  code: PermanentCode;
  /** For developers; programs go by code. */
  message: string;
} | {
  /** Says that something was refused. */
  event: "error";
  /** The ref of the request, as far as it could be read; absent if the error concerns the connection. */
  ref?: Ref;
  /** What is wrong. */
  code: TemporaryCode;
  /** For developers; programs go by code. */
  message: string;
  /** Seconds to wait, at least, before the same frame is sent again. */
  retry_after: number;
};

/** Another device of the user has stored a draft, or cleared it. */
export type DraftEvent = {
  /** Says that this is a draft. */
  event: "draft";
  /** The conversation. */
  conversation: ConversationId;
  /** The other one of a direct conversation, in which nothing need have been said yet; absent in others. */
  user?: UserId;
  /** What is written so far. Absent: the draft was cleared. */
  body?: {
    /** The text so far. */
    text: Text;
    /** The seq of the message that it is to answer; 0 or absent: none. */
    reply?: Position;
  };
  /** When it was stored. The latest counts. */
  at: Time;
};

/** Tells the user's other devices what was chosen for a conversation, or marked in it, on one of them. */
export type PrefsEvent = {
  /** Says what this is. */
  event: "prefs";
  /** The conversation. */
  conversation: ConversationId;
  /** Whether it comes first in the list, if that was chosen. */
  pinned?: boolean;
  /** Whether it is put away, if that was chosen. */
  archived?: boolean;
  /** Up to where it is cleared, if that was chosen: forget what is shown of that. */
  cleared?: Seq;
  /** Until when it makes no noise, if that was chosen; the year 9999: for good; 1970: not any more. */
  muted?: Time;
  /** Beside muted: whether what mentions the user makes noise nevertheless. */
  mentions_only?: boolean;
  /** The first message that counts as unread, if that was chosen; 0: none any more. */
  marked?: Position;
  /** The last seq when it was marked: an own message behind it ends the mark. */
  marked_at?: Seq;
};

/** The user's own profile was changed on another device. */
export type ProfileEvent = {
  /** Says what happened. */
  event: "profile";
  /** Who it is. */
  user: UserId;
  /** What they are called; absent: the id. */
  name?: DisplayName;
  /** A line about them. */
  about?: About;
  /** A picture of them, for download. */
  picture?: MediaId;
  /** Grows with every change. */
  version: number;
};

/** Tells the user's other devices whom one of them has blocked or muted, or not any more: what those say does not count as unread. What was not changed is left out. */
export type RelationEvent = {
  /** Says what this is. */
  event: "relation";
  /** The other one. */
  user: UserId;
  /** Whether they are blocked, if that was changed. */
  blocked?: boolean;
  /** Until when they are muted, if that was changed; the year 9999: for good; 1970: not any more. */
  muted?: Time;
};

/** A scheduled message was not sent and will not be. That one was sent is told by the message. */
export type ScheduledEvent = {
  /** Says that this is about a scheduled message. */
  event: "scheduled";
  /** The message. */
  id: MessageId;
  /** What became of it. */
  state: "failed";
  /** Why; after a temporary one it may have been sent nevertheless. */
  code: PermanentCode | TemporaryCode;
};

/** Somebody in a conversation is typing or recording. It is in no log. */
export type TypingEvent = {
  /** Says that somebody is doing something. */
  event: "typing";
  /** The conversation. */
  conversation: ConversationId;
  /** Who it is. */
  user: UserId;
  /** What they are doing; none: nothing any more. */
  kind: "text" | "audio" | "none";
  /** Seconds for which it is to be shown, unless it comes again or a message of that user comes. */
  for: 10;
  /** The receipt that came with it: up to here they have read all. */
  read?: Seq;
  /** Or only: up to here a device of theirs has all. */
  delivered?: Seq;
};

export type Hidden = HiddenEvent;

/** An entry that the reader may not see. It keeps its place, so that no gap shows. */
export type HiddenEvent = {
  /** Says that there is an entry and nothing more. */
  event: "hidden";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** Nothing. */
  body: Record<string, never>;
};

/** The user has hidden messages with another device. It is in no log. */
export type HidesEvent = {
  /** Says that messages are hidden. */
  event: "hides";
  /** The conversation that holds them. */
  conversation: ConversationId;
  /** The messages. */
  hides: Hides;
};

export type Joined = JoinedEvent;

/** Somebody joined a group by a link. */
export type JoinedEvent = {
  /** Says that somebody joined. */
  event: "joined";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who joined. */
  from: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Nothing more. */
  body: Record<string, never>;
};

export type Left = LeftEvent;

/** A member left a group, and hears nothing that follows. */
export type LeftEvent = {
  /** Says that a member left. */
  event: "left";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who left. */
  from: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Who is the owner now, if the owner left. */
  body: Record<string, never> | {
    /** The new owner. */
    users: Array<UserId>;
    /** Says what they are now. */
    role: "owner";
  };
};

export type Message = MessageEvent;

/** Something was said. Sent when it happens; in replies, as it is now. */
export type MessageEvent = {
  /** Says that something was said. */
  event: "message";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who made it. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** What it says. */
  body: Said;
  /** How often it was edited; absent: never. */
  version?: Version;
  /** When it was last edited; comes with version. */
  edited?: Time;
  /** What members have on it; absent: nothing. */
  reactions?: Reactions;
  /** When it disappears; absent: never, or that depends on who reads it. */
  until?: Time;
  /** How long it lasts once somebody else has read it; absent: for ever, or until says when it ends. */
  timer?: Timer;
  /** The thread about it; absent: none. */
  thread?: ThreadId;
  /** Says that its sender was not looking at the conversation: it was scheduled, or shows one of a thread. So it does not say what they have read; absent: it does. */
  unattended?: true;
} | {
  /** Says that something was said. */
  event: "message";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who made it. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Nothing is left of it. */
  body: Record<string, never>;
  /** Says that it was deleted. */
  deleted: true;
  /** The thread about it; absent: none. */
  thread?: ThreadId;
  /** Says that its sender was not looking at the conversation: it was scheduled, or shows one of a thread. So it does not say what they have read; absent: it does. */
  unattended?: true;
} | {
  /** Says that something was said. */
  event: "message";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who made it. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Nothing is left of it. */
  body: Record<string, never>;
  /** The thread about it; absent: none. */
  thread?: ThreadId;
  /** Says that its time is over. */
  expired: true;
  /** Says that its sender was not looking at the conversation: it was scheduled, or shows one of a thread. So it does not say what they have read; absent: it does. */
  unattended?: true;
};

export type Pinned = PinnedEvent;

/** A message was pinned for everybody, or is no more. */
export type PinnedEvent = {
  /** Says that a message was pinned. */
  event: "pinned";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who pinned it. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Which message it was. */
  body: {
    /** The seq of the message. */
    target: Seq;
    /** Says that it is pinned no more. */
    off?: true;
  };
};

/** The presence of a user who is watched has changed. It is in no log. */
export type PresenceEvent = {
  /** Says that a presence has changed. */
  event: "presence";
  /** Who it is. */
  user: UserId;
  /** How present the user is. */
  status: Presence;
  /** Since when this is known. It may come in any order: drop what is older than what is known of the user. */
  at: Time;
  /** When the user was last active. Only of who is offline or away, if it is known and the caller may know. */
  seen?: Time;
  /** When busy turns into online. Nobody is told then. */
  until?: Time;
};

export type Ranked = RankedEvent;

/** Members have another role. */
export type RankedEvent = {
  /** Says that somebody has another role. */
  event: "ranked";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who gave it to them. */
  from: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Who has which role. */
  body: {
    /** The members. */
    users: Users;
    /** What they are from now on. If that is owner, who gave it to them is an admin. */
    role: Role;
  };
};

export type Reacted = ReactedEvent;

/** Somebody reacted to a message, or took that back. */
export type ReactedEvent = {
  /** Says that somebody reacted. */
  event: "reacted";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who reacted. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** The reactions. */
  body: {
    /** The seq of the message. */
    target: Seq;
    /** All that the user now has on the message, in place of what was there; absent: nothing. */
    reactions?: Marks;
  };
};

/** Says how far somebody is: another one of the conversation, or the user on another device. Nothing tells that it was missed: the list of conversations has the newest, and seen. */
export type ReceiptEvent = {
  /** Says what this is. */
  event: "receipt";
  /** Who it is. */
  user: UserId;
  /** The conversations in which something is news. */
  cursors: Array<{
    /** The conversation. */
    conversation: ConversationId;
    /** Up to here a device of theirs has all. */
    delivered?: Seq;
    /** Up to here they have read all; it is delivered, too. */
    read?: Seq;
  }>;
};

export type Removed = RemovedEvent;

/** Members were removed from a group. They hear nothing that follows. */
export type RemovedEvent = {
  /** Says that somebody was removed. */
  event: "removed";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who removed them. */
  from: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Who was removed. */
  body: {
    /** The former members. */
    users: Users;
  };
};

export type Threaded = ThreadedEvent;

/** There is a thread about a message. */
export type ThreadedEvent = {
  /** Says that a thread has begun. */
  event: "threaded";
  /** The conversation. */
  conversation: ConversationId;
  /** Its number there. Whoever misses the number before asks with sync. */
  seq: Seq;
  /** The id that its sender gave; from and id are unique in the conversation. */
  id: MessageId;
  /** Who wrote its first message. */
  from: UserId;
  /** The other one of a direct conversation, so that the sender's other devices know whom it is with; absent in groups. */
  to?: UserId;
  /** When it was stored. It orders nothing: seq does. */
  at: Time;
  /** Which thread it is. */
  body: {
    /** The seq of the message. */
    target: Seq;
    /** The thread. */
    thread: ThreadId;
  };
};

/** Somebody has read messages whose timers count from then, so it is known now when they disappear. It goes to every connection of every member, also to the one that read, except in conversations of more than 200 members. It is in no log and comes once. */
export type TimersEvent = {
  /** Says that timers have started. */
  event: "timers";
  /** The conversation that holds the messages. */
  conversation: ConversationId;
  /** The messages. */
  messages: Array<Due>;
};

/** What the server tells by itself, by the name in the member event. */
export interface Events {
  added: AddedEvent;
  changed: ChangedEvent;
  created: CreatedEvent;
  deleted: DeletedEvent;
  edited: EditedEvent;
  error: ErrorEvent;
  draft: DraftEvent;
  prefs: PrefsEvent;
  profile: ProfileEvent;
  relation: RelationEvent;
  scheduled: ScheduledEvent;
  typing: TypingEvent;
  hidden: HiddenEvent;
  hides: HidesEvent;
  joined: JoinedEvent;
  left: LeftEvent;
  message: MessageEvent;
  pinned: PinnedEvent;
  presence: PresenceEvent;
  ranked: RankedEvent;
  reacted: ReactedEvent;
  receipt: ReceiptEvent;
  removed: RemovedEvent;
  threaded: ThreadedEvent;
  timers: TimersEvent;
}

/** The closed set of errors that the server answers. */
export type Code =
  /** the frame is not a JSON object; a bug of the client: do not resend */
  | "bad_frame"
  /** there is no such action; a bug of the client, or a newer client than the server */
  | "unknown_action"
  /** the frame does not have the required shape; a bug of the client: do not resend */
  | "invalid"
  /** the content is too large; shorten it or send it as an attachment */
  | "too_large"
  /** the token has expired; connect again with a fresh token, then resend */
  | "unauthenticated"
  /** not allowed, or there is no such conversation; do not resend; ask whether you are still a member */
  | "forbidden"
  /** there is no such entry; do not resend */
  | "not_found"
  /** this id was used before with other content; a bug of the client: make a new id for new content */
  | "conflict"
  /** too much was said since this was first sent; sync; if your id is not in what you get, resend with after = the last seq you got */
  | "behind"
  /** an attachment is not uploaded with that size and type; finish the upload, then send again */
  | "media_missing"
  /** you have too many connections; the oldest gives way; this device was replaced: connect again only if a person wants it */
  | "replaced"
  /** too many requests; wait retry_after seconds, then resend the same frame */
  | "limited"
  /** a part of the service does not answer; resend the same frame with after */
  | "unavailable"
  /** something went wrong on the server; resend the same frame with after, a few times */
  | "internal"
  ;

/** The codes that may be met no more later, and how many seconds to wait if the server does not say. */

export const temporary: Partial<Record<string, number>> = {
  limited: 1,
  unavailable: 1,
  internal: 2,
};

/** The names of the limits that hello tells. */
export type Limit =
  | "MaxFrame"
  | "MaxText"
  | "MaxMembers"
  | "InlineMembers"
  | "Shard"
  | "MaxUsers"
  | "MaxInvites"
  | "InviteLife"
  | "MaxInviteLife"
  | "MaxPicture"
  | "MaxSlow"
  | "MaxChanges"
  | "MaxName"
  | "MaxDisplayName"
  | "MaxAbout"
  | "MaxProfiles"
  | "MaxAttachments"
  | "MaxFileName"
  | "MaxUpload"
  | "MaxMentions"
  | "MaxReactions"
  | "MaxReaction"
  | "MaxKinds"
  | "ShownReactors"
  | "EditWindow"
  | "DeleteWindow"
  | "MaxEdits"
  | "MaxHides"
  | "ShownHides"
  | "MaxPins"
  | "MaxFollowers"
  | "MaxRoots"
  | "MinTimer"
  | "MaxTimer"
  | "MaxTimers"
  | "UnreadLife"
  | "MaxRef"
  | "MaxToken"
  | "MaxCursors"
  | "MaxReceipts"
  | "MaxLiveReceipts"
  | "MaxUnread"
  | "MaxCounted"
  | "MaxChanged"
  | "MaxHistory"
  | "DefaultHistory"
  | "MaxPage"
  | "DefaultPage"
  | "MaxQuery"
  | "MaxHits"
  | "DefaultHits"
  | "MaxScanned"
  | "MaxConnections"
  | "MaxEndpoints"
  | "MaxPushURL"
  | "MaxResend"
  | "UserRate"
  | "UserBurst"
  | "ConversationRate"
  | "ConversationBurst"
  | "FrameRate"
  | "FrameBurst"
  | "BeginRate"
  | "BeginBurst"
  | "MaxTyping"
  | "TypingTime"
  | "MaxWatch"
  | "MaxWatchers"
  | "MaxStatus"
  | "Grace"
  | "UploadTime"
  | "DownloadTime"
  | "ConnectionLife"
  | "ConnectionMargin"
  | "DraftRetention"
  | "ShownDraft"
  | "DraftPause"
  | "MaxScheduled"
  | "MinSchedule"
  | "MaxSchedule"
  | "ScheduleEvery"
  | "SchedulePatience"
  | "ScheduleRetention"
  | "SessionRetention"
  ;

/** bytes. Longer requests: the gateway closes the connection with 1009. Replies and events never are; pages end earlier. */
export const MaxFrame = 32768;

/** characters. too_large */
export const MaxText = 16000;

/** members of a group, its creator included. too_large */
export const MaxMembers = 1000;

/** members of a conversation. Nothing that a client notices: members are stored one by one and messages handed out by a queue. */
export const InlineMembers = 200;

/** members. Nothing that a client notices: the fan-out of a large conversation is done in several parts. */
export const Shard = 200;

/** users that one request adds, removes or ranks. too_large */
export const MaxUsers = 49;

/** links into a group that work at a time, and as many revoked ones that have not expired. too_large */
export const MaxInvites = 50;

/** seconds that a link works if the request does not say. Ask with expires_in for more than this. */
export const InviteLife = 604800;

/** seconds that a link works. invalid */
export const MaxInviteLife = 2592000;

/** bytes of a group's picture. too_large */
export const MaxPicture = 5242880;

/** seconds between two messages of a member in slow mode. invalid */
export const MaxSlow = 3600;

/** members that one request changes. too_large */
export const MaxChanges = 99;

/** characters. invalid */
export const MaxName = 100;

/** characters. invalid */
export const MaxDisplayName = 64;

/** characters. invalid */
export const MaxAbout = 140;

/** users in one request of profiles. invalid */
export const MaxProfiles = 50;

/** attachments of a message. too_large */
export const MaxAttachments = 10;

/** characters. invalid */
export const MaxFileName = 255;

/** bytes. too_large */
export const MaxUpload = 104857600;

/** members that one message mentions. too_large */
export const MaxMentions = 50;

/** reactions of a user to a message. too_large */
export const MaxReactions = 10;

/** characters. invalid */
export const MaxReaction = 16;

/** different reactions to a message. too_large */
export const MaxKinds = 20;

/** users that a message names for one reaction. Nobody else is named; the count is of all. */
export const ShownReactors = 5;

/** seconds since a message was sent. An edit is forbidden. */
export const EditWindow = 86400;

/** seconds since a message was sent. Deleting it is forbidden, except to moderators, admins and the owner of a group. */
export const DeleteWindow = 172800;

/** edits of a message. forbidden */
export const MaxEdits = 10;

/** messages hidden by one request. invalid */
export const MaxHides = 100;

/** hidden messages listed with a conversation, the latest. A device that has missed more asks history for what it shows. */
export const ShownHides = 200;

/** pinned messages in a conversation. too_large; what is deleted or expired makes room */
export const MaxPins = 50;

/** followers of a thread. too_large for who asks; who writes or is mentioned does not follow */
export const MaxFollowers = 200;

/** messages asked for threads by one request. invalid */
export const MaxRoots = 50;

/** seconds that a message lasts which disappears, at least. invalid below */
export const MinTimer = 5;

/** seconds that a message lasts which disappears. invalid */
export const MaxTimer = 7776000;

/** messages in one timers event. The rest comes with further ones. */
export const MaxTimers = 400;

/** seconds that a message lasts whose timer begins when it is read. It disappears unread. */
export const UnreadLife = 7776000;

/** characters. invalid, in an error without ref */
export const MaxRef = 64;

/** characters. invalid */
export const MaxToken = 4096;

/** conversations in one sync. invalid */
export const MaxCursors = 50;

/** conversations in one frame of receipts. invalid */
export const MaxReceipts = 50;

/** members of a group. Nobody hears at once that a message was read: ask with seen. */
export const MaxLiveReceipts = 100;

/** unread messages of a conversation. They are not counted further: more says that there are more. */
export const MaxUnread = 99;

/** entries behind the read cursor. Older ones are not looked at: more says that there may be more. */
export const MaxCounted = 1000;

/** conversations that one request with since looks at. The page ends: ask for the next. */
export const MaxChanged = 500;

/** entries in one page of history. invalid */
export const MaxHistory = 200;

/** entries in one page of history. Ask with limit for more than this. */
export const DefaultHistory = 50;

/** conversations or members in one page. invalid */
export const MaxPage = 100;

/** conversations or members in one page. Ask with limit for more than this. */
export const DefaultPage = 50;

/** characters that are searched for. invalid */
export const MaxQuery = 200;

/** hits in one page of a search. invalid */
export const MaxHits = 100;

/** hits in one page of a search. Ask with limit for more than this. */
export const DefaultHits = 20;

/** entries that one request of a search looks at. The page ends earlier: ask with its next for the rest. */
export const MaxScanned = 5000;

/** connections of a user. The oldest connection gets the error replaced and is closed. */
export const MaxConnections = 10;

/** devices of a user that are notified. The device registered first is notified no more. */
export const MaxEndpoints = 25;

/** characters of the URL by which a browser is notified. invalid */
export const MaxPushURL = 1024;

/** entries between after and the head of the conversation. behind */
export const MaxResend = 1000;

/** entries a second of one user in one conversation, in the long run. limited */
export const UserRate = 5;

/** entries at once of one user in one conversation, after a pause. limited */
export const UserBurst = 20;

/** entries a second of all members together, in the long run. limited */
export const ConversationRate = 50;

/** entries at once of all members together, after a pause. limited */
export const ConversationBurst = 200;

/** frames a second of one user to one instance of a function, in the long run. limited */
export const FrameRate = 20;

/** frames at once of one user to one instance of a function, after a pause. limited */
export const FrameBurst = 100;

/** direct conversations that a user begins in an hour, in the long run. limited */
export const BeginRate = 30;

/** direct conversations that a user begins at once, after a pause. limited */
export const BeginBurst = 30;

/** members of a conversation. Nobody is told who is typing. */
export const MaxTyping = 100;

/** seconds. Somebody who has not said so again is shown as typing no more. */
export const TypingTime = 10;

/** users that one request watches. invalid */
export const MaxWatch = 50;

/** devices that watch a user. A further one gets the presence and is told of no changes; the reply to watch says so. */
export const MaxWatchers = 200;

/** seconds. invalid */
export const MaxStatus = 604800;

/** seconds. Somebody whose last connection left and who did not come back is offline. */
export const Grace = 20;

/** seconds. The signed URL of an upload is refused by S3: ask for another. */
export const UploadTime = 300;

/** seconds. The signed URL of a download is refused by S3: ask for another. */
export const DownloadTime = 300;

/** seconds. The gateway closes the connection: connect again and sync. */
export const ConnectionLife = 7200;

/** seconds after ConnectionLife. The server counts a connection as gone even if nobody told it. */
export const ConnectionMargin = 300;

/** seconds since a draft was last changed. Later it is forgotten. */
export const DraftRetention = 7776000;

/** characters of a draft in the list of conversations. The rest is not listed: drafts tells it. */
export const ShownDraft = 80;

/** seconds without typing before a client stores a draft. Sooner is possible and costs more. */
export const DraftPause = 2;

/** scheduled messages of a user, those included that failed and were not dismissed. too_large */
export const MaxScheduled = 100;

/** seconds between scheduling a message and its time. Nearer times: invalid. */
export const MinSchedule = 5;

/** seconds between scheduling a message and its time. invalid */
export const MaxSchedule = 2592000;

/** seconds between two looks at what is due. A scheduled message is sent never early and late by up to this, or later in a jam. */
export const ScheduleEvery = 60;

/** seconds for which a scheduled message is tried that meets temporary errors. It fails with the last of them. */
export const SchedulePatience = 3600;

/** seconds for which a scheduled message is kept that failed. Later it is forgotten. */
export const ScheduleRetention = 604800;

/** seconds since a user was last seen. The user is forgotten as if never connected: presence is unknown, no device is notified. */
export const SessionRetention = 34560000;
