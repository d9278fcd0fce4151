// Package chat is the vocabulary of Parley and its rules: ids, conversations, entries, sessions, limits, the closed set of
// errors, and the ports through which use cases reach the world. It imports only the standard library; every adapter
// imports it, and no adapter imports another.
//
// A [Conversation] is an append-only log of [Entry] values numbered 1, 2, 3, … without gaps. Everything that changes it
// for its members is an entry, so "all after N" is a complete sync and whoever sees N+2 knows that N+1 was missed.
package chat

import (
	"slices"
	"time"
)

// Seq numbers the entries of one conversation from 1. 0 means "before the first".
type Seq uint64

// MaxSeq is the largest integer that every JSON reader keeps exactly (RFC 8259 §6).
const MaxSeq Seq = 1<<53 - 1

// Kind of conversation.
type Kind string

// The kinds. A direct conversation is between two people and derived from the pair; a group has a creator and a name; a
// thread is about one message of another conversation.
const (
	Direct Kind = "direct"
	Group  Kind = "group"
	Thread Kind = "thread"
)

// Conversation is the header of a log: who may write and who receives.
type Conversation struct {
	ID      ConversationID
	Kind    Kind
	Creator UserID
	Created time.Time
	// Setup is what a group's members have chosen for it.
	Setup Setup
	// Size counts the members.
	Size int
	// Members maps each member to a place. It is nil above InlineMembers: then members are read one by one or listed.
	Members map[UserID]Place
	// Rules is the seq of the newest entry that changed who may do what, 0 if there is none. So it says how new the header
	// is, but for what changes without an entry: Blocked, Request, Accepted, and who follows a thread.
	Rules Seq
	// Pins are the messages that are pinned, the one that was pinned last at the end.
	Pins []Seq
	// Parent and Root are the conversation and the message in it that a thread is about. Its Members are who follows it; who
	// may do what in it is decided by its parent.
	Parent ConversationID
	Root   Seq
	// Within is the header of a thread's parent, once it was read: see Enter.
	Within *Conversation
	// Blocked are those of a direct conversation who have blocked the other one.
	Blocked map[UserID]bool
	// Request is who has not accepted yet what a stranger wrote to them, "" if nobody. Answering accepts.
	Request UserID
	// Accepted is when a request ended, which changes what a list says without an entry; zero if there was none.
	Accepted time.Time
	// Epoch is when the log was last restored from a backup.
	Epoch Epoch
}

// Large reports whether the members are too many to ride in the header.
func (c Conversation) Large() bool { return c.Members == nil }

// Peer returns the other one of a direct conversation, or "".
func (c Conversation) Peer(user UserID) UserID {
	if c.Kind != Direct {
		return ""
	}
	for m := range c.Members {
		if m != user {
			return m
		}
	}
	return ""
}

// EntryKind says what an entry did; it is the name of the event that carries it.
type EntryKind string

// The kinds of entries.
const (
	// Message is something said.
	Message EntryKind = "message"
	// Created is the first entry of a group.
	Created EntryKind = "created"
	// Added, Joined, Removed and Left change who is in a group, Ranked what somebody is in it, and Changed its setup.
	// See Governs.
	Added   EntryKind = "added"
	Joined  EntryKind = "joined"
	Removed EntryKind = "removed"
	Left    EntryKind = "left"
	Ranked  EntryKind = "ranked"
	Changed EntryKind = "changed"
	// Edited, Deleted and Reacted are about an earlier message, the target of their body. They carry none of its
	// content: that is in the target, and readers join it, so that what was deleted is gone from everywhere at once.
	Edited  EntryKind = "edited"
	Deleted EntryKind = "deleted"
	Reacted EntryKind = "reacted"
	// Pinned pins a message, or takes it off.
	Pinned EntryKind = "pinned"
	// Threaded tells that there is a thread about a message.
	Threaded EntryKind = "threaded"
	// Hidden stands for an entry that a reader may not see: nothing but its place is told. It is never stored.
	Hidden EntryKind = "hidden"
)

// Governs are the kinds of entries that change who may do what. Each is written together with the header and the members
// that it changes. Whoever meets one while appending reads the header again.
var Governs = map[EntryKind]bool{
	Added: true, Joined: true, Removed: true, Left: true, Ranked: true, Changed: true, Pinned: true,
}

// Entry is one element of a conversation's log. (From, ID) is unique within the conversation.
type Entry struct {
	Conversation ConversationID
	Seq          Seq
	Kind         EntryKind
	// ID is the client's, so that a resend is recognised.
	ID   MessageID
	From UserID
	// To is the other one of a direct conversation, so that the sender's other devices know whom it is with.
	To UserID
	// At is the server's time of the append, in milliseconds. It orders nothing: Seq does.
	At   time.Time
	Body Body
	// Rules is Conversation.Rules as the writer knew it, and Seq itself if the entry governs. A header with smaller
	// Rules is older than the entry.
	Rules Seq
	// Hidden means that nobody but its sender sees the entry: its reader had blocked the sender when it was written.
	Hidden bool
	// Unattended means of a message that its sender was not looking at the conversation: it was scheduled, or shows one of a
	// thread. So it does not stand for what they have read.
	Unattended bool
	// Timer makes a message disappear. What such a message says is stored apart: see Join.
	Timer Timer
	// Until is when the message disappears; zero if it does not, or if its timer has not started yet.
	Until time.Time
	// State is what became of a message since.
	State State
	// Pace is how fast the conversation went when this was added. No client is told.
	Pace Pace
}

// Body is the content of an entry.
type Body struct {
	// Text and Attachments are what a message says.
	Text        string
	Attachments []Attachment
	// Reply is the seq of the message that a message answers; 0 for none. It is quoted by reference only.
	Reply Seq
	// Mentions are members who are to notice a message; Everybody stands for all of them.
	Mentions  []UserID
	Everybody bool
	// Forwarded means that a message repeats another one, perhaps of another conversation.
	Forwarded bool
	// InParent means that a message of a thread is shown in the conversation that the thread is in, too. There, a message
	// stands for it, which says nothing by itself: Of is what it shows.
	InParent bool
	Of       Reference
	// Target is the seq of the message that an entry is about.
	Target Seq
	// Off means that the target is pinned no more, and Thread is the one that is about it.
	Off    bool
	Thread ConversationID
	// Reactions are all that the sender of a reaction now has on the target, in no order; none takes them back.
	Reactions []string
	// Name and Size are those of a created group.
	Name string
	Size int
	// Users are who was added, removed or ranked, and Role is what they are from now on.
	Users []UserID
	Role  Role
	// Setup is what was changed of a group.
	Setup *Amendment
}

// State is what became of a message after it was written.
type State struct {
	// Version counts the edits.
	Version int
	// Edited is when it was last edited; zero if never.
	Edited time.Time
	// Deleted means that the body is gone for everybody; the entry keeps its place.
	Deleted bool
	// Expired means that the body is gone because its time was over.
	Expired bool
	// Thread is the one about the message; "" if there is none. Announced is the seq of the entry that told of it.
	Thread    ConversationID
	Announced Seq
	// Shown is the seq of the message in the parent that shows one of a thread; 0 if there is none.
	Shown Seq
	// Reactions maps each user to what they have on the message.
	Reactions map[UserID][]string
	// Hides are the users who have hidden the message from themselves.
	Hides []UserID
	// Asides are what users see of it alone.
	Asides map[UserID]Aside
}

// Same reports whether two bodies are equal, which decides between a resend and a conflict. Lists count in their order.
func (b Body) Same(o Body) bool {
	return b.Text == o.Text && b.Name == o.Name && b.Size == o.Size && b.Reply == o.Reply && b.Target == o.Target &&
		b.Everybody == o.Everybody && b.Forwarded == o.Forwarded && b.Off == o.Off && b.Thread == o.Thread &&
		b.InParent == o.InParent && b.Of == o.Of && slices.Equal(b.Attachments, o.Attachments) &&
		slices.Equal(b.Mentions, o.Mentions) && slices.Equal(b.Reactions, o.Reactions) &&
		slices.Equal(b.Users, o.Users) && b.Role == o.Role && b.Setup.same(o.Setup)
}

// Reference names a message of any conversation.
type Reference struct {
	Conversation ConversationID
	Seq          Seq
}

// Attachment refers to an object that its sender uploaded before.
type Attachment struct {
	Media MediaID
	// Name is the sender's file name, for display only.
	Name string
	// Type is the MIME type and Size the length in bytes that the object was found to have.
	Type string
	Size int64
	// Owner is who uploaded it, if that is not the sender: who forwards a file does not upload it again.
	Owner UserID
}

// Identity is who sent a frame, as the authorizer established it at $connect. Nothing in a frame can change it.
type Identity struct {
	User       UserID
	Device     DeviceID
	Connection ConnectionID
	// Expires is when the token does; frames are refused from then on.
	Expires time.Time
}

// Session is what is known of a user's devices.
type Session struct {
	User        UserID
	Connections []Connection
	// LastSeen is when the user was last active: came, went, or chose a status; zero if never.
	LastSeen time.Time
	// Left is when the last connection left, until those who watch have been told or the user is back; zero if neither.
	// Idle means that nobody was at that device.
	Left      time.Time
	Idle      bool
	Status    Status
	Endpoints []Endpoint
	// Settings are here because whoever reaches a user reads the session anyway.
	Settings Settings
}

// Online reports whether the user had a live connection with a good token, to the knowledge of the server at the time now.
func (s Session) Online(now time.Time) bool {
	return slices.ContainsFunc(s.Live(now), func(c Connection) bool { return !c.Expired(now) })
}

// Live returns the connections that can still exist: API Gateway cuts each after ConnectionLife, even if nobody told us.
func (s Session) Live(now time.Time) []Connection {
	var live []Connection
	for _, c := range s.Connections {
		if now.Sub(c.Since) < ConnectionLife+ConnectionMargin {
			live = append(live, c)
		}
	}
	return live
}

// Reachable returns the connections to which something can be posted, except one; and apart from them those whose token has
// expired, which are only to be told so.
func (s Session) Reachable(now time.Time, except ConnectionID) (reachable, expired []ConnectionID) {
	for _, c := range s.Live(now) {
		switch {
		case c.ID == except:
		case c.Expired(now):
			expired = append(expired, c.ID)
		default:
			reachable = append(reachable, c.ID)
		}
	}
	return reachable, expired
}

// Connection is one socket of a user.
type Connection struct {
	ID     ConnectionID
	Device DeviceID
	Since  time.Time
	// Expires is when the token does that it was opened with; zero if that is not known.
	Expires time.Time
	// Away means that nobody is at the device.
	Away bool
}

// Expired reports whether the token has expired: then the connection gets nothing any more but that news.
func (c Connection) Expired(now time.Time) bool { return !c.Expires.IsZero() && !now.Before(c.Expires) }
