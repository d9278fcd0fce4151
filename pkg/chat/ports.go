package chat

import (
	"context"
	"time"
)

// Tail is the newest end of a conversation: its header and its last entry.
type Tail struct {
	Conversation Conversation
	// Head is the seq of the last entry, 0 if there is none yet.
	Head Seq
	// Last is the entry at Head; its zero value if there is none.
	Last Entry
	// Place is that of the member for whom Enter read it.
	Place Place
}

// Read says how fresh a read must be. Eventual costs half of Strong (aws.md §2).
type Read bool

// The two.
const (
	Eventual Read = false
	Strong   Read = true
)

// Log stores conversations. A conversation's entries are numbered without gaps because each is written under the next
// number on the condition that nothing is there yet.
//
// An eventual read may lack the newest entries. That can only make an append meet what it did not see; it can never make
// it overwrite.
type Log interface {
	// Tail reads the header and the last entry in one request. It returns ok=false if there is no such conversation.
	Tail(ctx context.Context, id ConversationID, read Read) (tail Tail, ok bool, err error)
	// Put writes the entry under its Seq, and returns it, unless that is taken. If it is, it returns the entry that is there
	// and wrote=false, and nothing has changed. Atomic.
	Put(ctx context.Context, e Entry) (there Entry, wrote bool, err error)
	// Commit writes the entry as Put does and makes the changes with it, all or nothing. If the seq is taken, it returns what
	// is there and wrote=false. ErrStale means that something is not what a change expects any more: read it again and decide
	// anew. It costs twice what the writes would. At most MaxChanges, and of no entry that disappears.
	Commit(ctx context.Context, e Entry, changes ...Change) (there Entry, wrote bool, err error)
	// After returns up to limit entries with Seq > after, oldest first.
	After(ctx context.Context, id ConversationID, after Seq, limit int, read Read) ([]Entry, error)
	// Before returns up to limit entries with Seq < before, oldest first, strongly read: what was deleted must not show.
	Before(ctx context.Context, id ConversationID, before Seq, limit int) ([]Entry, error)
	// Entry returns the entry at seq, strongly read; ok=false if there is none.
	Entry(ctx context.Context, id ConversationID, seq Seq) (e Entry, ok bool, err error)
	// Entries returns the entries at these seqs, strongly read, in no order and without those that do not exist.
	Entries(ctx context.Context, id ConversationID, seqs []Seq) ([]Entry, error)
	// Create stores members and header unless the conversation exists, in which case it returns what is there and
	// made=false. Members are written first: the header is what makes the conversation exist. Safe to repeat.
	Create(ctx context.Context, c Conversation, members map[UserID]Place) (there Conversation, made bool, err error)
	// Member returns the place of a user in a conversation, strongly read; ok=false if not a member.
	Member(ctx context.Context, id ConversationID, user UserID) (place Place, ok bool, err error)
	// Speak notes that a member of a slow conversation, below moderator, speaks there or in one of its threads: at this time, in
	// a message that is tried under this seq. It reports ok unless the member has spoken less than slow before; then it changes nothing and returns when that
	// was, and in which message. Atomic, so that two devices cannot speak at once.
	Speak(ctx context.Context, id ConversationID, e Entry, slow time.Duration) (before Spoken, ok bool, err error)
	// Members returns up to limit members in the order of their ids, beginning behind after ("" for the first).
	Members(ctx context.Context, id ConversationID, after UserID, limit int, read Read) ([]Seat, error)
	// Places returns the places of those of some users, at most MaxFollowers, who are members, strongly read.
	Places(ctx context.Context, id ConversationID, users []UserID) (map[UserID]Place, error)
	// Follow makes a user a follower of a thread, who has read it up to a seq; it changes nothing for one who is. It returns
	// false if MaxFollowers follow it already. Each of its steps is atomic, and all can be repeated.
	Follow(ctx context.Context, thread ConversationID, user UserID, read Seq) (bool, error)
	// Unfollow ends that.
	Unfollow(ctx context.Context, thread ConversationID, user UserID) error
	// Hide hides messages from one user, and returns them with how many that makes; what is no message is left alone. It is done
	// one by one, and can be repeated.
	Hide(ctx context.Context, id ConversationID, user UserID, seqs []Seq) (Hides, error)
	// Fill gives the messages that disappear what they say, and their Until, strongly read; or marks them as expired if it is
	// time by now, even if they are still stored.
	Fill(ctx context.Context, entries []Entry) error
	// Start lets a message disappear at a time, if its timer has not started yet. It reports whether that is when it disappears,
	// so it may be repeated.
	Start(ctx context.Context, e Entry, until time.Time) (started bool, err error)
	// Conversations returns up to limit conversations of a user in the order of their ids, beginning behind after.
	Conversations(ctx context.Context, user UserID, after ConversationID, limit int) ([]ConversationID, error)
}

// Spoken is when a member has last spoken in a slow conversation: the message and the seq that was tried first.
type Spoken struct {
	ID  MessageID
	Seq Seq
	At  time.Time
}

// Change is made together with an entry. Exactly one of its fields is set, and Seq with those about a message of the conversation.
type Change struct {
	// Seq is the message that Rewrite, Erase, React, Thread and Aside are about. It must be there and not deleted.
	Seq Seq
	// Rewrite replaces the text and the mentions, if the message still has this version.
	Rewrite *Rewrite
	// Erase is the message as it was read: its body and what others put on it go, its place stays.
	Erase *Entry
	// React replaces what one user has on the message; none takes it back.
	React *Reaction
	// Thread is the one about the message, which must have none.
	Thread ConversationID
	// Show is a message of another conversation, which the entry shows. It must not be shown yet.
	Show Reference
	// Aside is what one user alone sees of the message from now on, in place of what they edited, or have on it.
	Aside *Aside
	// Pins replaces the pins, if the header is still as new as Pins.Was.
	Pins *Pins
	// Header replaces the header, if that is still as new as Header.Was.
	Header *Header
	// Join makes a new member, who has read everything up to the entry. Header decides that they are not one yet.
	Join *Seat
	// Rank changes the place of a member, which it must be.
	Rank *Seat
	// Leave removes a member, which it must be, with all that is kept for them in the conversation.
	Leave UserID
	// Ban keeps a user out from now on, Unban no more. Admit changes nothing: the user must not be banned.
	Ban, Unban, Admit UserID
	// Use counts that somebody has joined by an invitation, which must be open at the time of the entry.
	Use InviteID
}

// Header is a new header. The store sets its Rules to the seq of the entry.
type Header struct {
	Conversation
	// Was is Rules of the header that it replaces.
	Was Seq
}

// Pins are new pins. The store sets Rules of the header to the seq of the entry.
type Pins struct {
	Seqs []Seq
	// Was is Rules of the header that had the pins before.
	Was Seq
}

// Hides are messages that a user has hidden.
type Hides struct {
	// Count grows with every message that the user hides in the conversation, and at times with one that is hidden again, long
	// after or while the first try still runs. Seqs are the latest, at most ShownHides.
	Count int
	Seqs  []Seq
}

// Rewrite is a new text for a message.
type Rewrite struct {
	// Of is the message as it was read.
	Of        Entry
	Version   int // that it replaces
	Text      string
	Mentions  []UserID
	Everybody bool
	At        time.Time
}

// Reaction is all that a user has on a message.
type Reaction struct {
	User  UserID
	Marks []string
}

// Sessions stores who is connected. Every change is one atomic update of the user's item.
type Sessions interface {
	// Connect adds a connection and returns the session with it. Left and Idle are what they were before; whoever connects
	// has not left any more.
	Connect(ctx context.Context, user UserID, c Connection) (Session, error)
	// Disconnect removes exactly these connections, which were found dead, and notes when. That says nothing about when the
	// user was last seen. Removing what is not there is no error.
	Disconnect(ctx context.Context, user UserID, at time.Time, connections ...ConnectionID) error
	// Sessions reads the sessions of users in one request per hundred. A user who never connected has an empty session.
	Sessions(ctx context.Context, users []UserID) ([]Session, error)
	// PutEndpoint stores where a device is notified, replacing what was stored for it, and returns the session as it was before.
	PutEndpoint(ctx context.Context, user UserID, e Endpoint) (was Session, err error)
	// RemoveEndpoint forgets where a device is notified if that is still this endpoint: a device that registered anew
	// meanwhile keeps the new one. It reports whether it was.
	RemoveEndpoint(ctx context.Context, user UserID, e Endpoint) (removed bool, err error)
	// ChangeSettings changes some settings of a user and returns all of them.
	ChangeSettings(ctx context.Context, user UserID, change SettingsChange, at time.Time) (Settings, error)
}

// Poster reaches connections through the management API of the gateway.
type Poster interface {
	// Post sends one frame. A nil error means that the gateway took it, not that it arrived. ErrGone means that the
	// connection is no more; ErrBusy that it cannot take more now.
	Post(ctx context.Context, connection ConnectionID, frame []byte) error
	// Close ends a connection. Closing what is gone is no error.
	Close(ctx context.Context, connection ConnectionID) error
}

// Notice tells the push function of one entry and the members who were not connected. It names the entry and does not carry
// it, so that what a phone shows is what is stored then: of what was deleted meanwhile, nothing.
type Notice struct {
	Conversation ConversationID `json:"conversation"`
	// Parent is what a thread is in: whoever has muted that has muted its threads.
	Parent ConversationID `json:"parent,omitzero"`
	Seq    Seq            `json:"seq"`
	// Title is the group's name, or empty.
	Title string   `json:"title,omitzero"`
	Users []UserID `json:"users"`
}

// Notifier hands notices to the push function. It returns once they are safely handed over.
type Notifier interface {
	Notify(ctx context.Context, n Notice) error
}

// Shards hands parts of a large conversation's fan-out to the fanout function.
type Shards interface {
	// Hand returns once every shard is safely queued.
	Hand(ctx context.Context, shards []Share) error
}

// Share is one shard: these users get this entry.
type Share struct {
	Conversation ConversationID `json:"conversation"`
	Seq          Seq            `json:"seq"`
	Users        []UserID       `json:"users"`
	// Except is the connection that sent the entry and already has it.
	Except ConnectionID `json:"except"`
	// Blind are those of them who are told only that there is an entry.
	Blind []UserID `json:"blind,omitzero"`
}

// Upload is a promise to accept one object of exactly this type, size and content.
type Upload struct {
	URL string
	// Headers must be sent with the PUT exactly as given: they are part of the signature.
	Headers map[string]string
	Expires time.Time
}

// Objects stores media.
type Objects interface {
	// SignUpload allows one PUT of an object that does not exist yet. sha256 is base64.
	SignUpload(ctx context.Context, key, contentType string, size int64, sha256 string) (Upload, error)
	// SignDownload allows GETs for DownloadTime. The browser is told to save it under name.
	SignDownload(ctx context.Context, key, name, contentType string) (url string, expires time.Time, err error)
	// Stat returns type and size of an object; ok=false if it does not exist.
	Stat(ctx context.Context, key string) (contentType string, size int64, ok bool, err error)
	// Keep marks an object as referred to, so that it is not collected.
	Keep(ctx context.Context, key string) error
	// KeepFor marks an object as referred to for some time. If it is marked as something else already, it is kept for ever.
	KeepFor(ctx context.Context, key string, life time.Duration) error
	// KeepAs marks an object as referred to by one use, in the same way, and Release takes that back: then it is collected, unless
	// it is marked as something else. Neither is atomic: uses that begin in the same instant can miss each other.
	KeepAs(ctx context.Context, key, use string) error
	Release(ctx context.Context, key, use string) error
}

// Errors of ports that their callers act on.
var (
	// ErrGone is a Poster's, and Endpoints': what it was for does not exist any more.
	ErrGone = &portError{"gone"}
	// ErrRefused is Endpoints': the platform does not take this notification, neither now nor later.
	ErrRefused = &portError{"refused"}
	// ErrBusy is a Poster's, and Endpoints': later it may work.
	ErrBusy = &portError{"busy"}
	// ErrStale is a Log's: somebody else has changed what was to be changed.
	ErrStale = &portError{"stale"}
)

type portError struct{ text string }

func (e *portError) Error() string { return e.text }
