package client

import (
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Event is what Handle gets: an Entry, a State, a CaughtUp, a Restarted, a Gone, a Hides, a Cleared, a Slowed, a Draft, a NotSent, a
// ProfileChanged, a Typing, a Presence, a Receipt, a Preferred, an Unread, a Silenced or a Timers.
type Event interface{ event() }

// Entry is the next entry of a conversation. For each conversation they come in the order of their Seq, none missing and
// none twice, whoever wrote them: what this client sent is among them once it is acknowledged, with the ID of its
// Pending. Event tells what the entry did: "message" and "created" say something, "edited", "deleted" and "reacted" change
// the message that Body.Target names, which a Room does for the program. It should step over those it does not know.
//
// An entry that was missed tells of its message as it is now: a "message" may come with a later text, or deleted already,
// and the entries that made it so follow.
type Entry struct{ wire.Entry }

// State tells that the connection has changed.
type State struct {
	Phase Phase
	// Reason is why there is no connection, when Disconnected or Closed.
	Reason error
	// Retry is when the next attempt begins, when Disconnected.
	Retry time.Time
}

// CaughtUp tells that everything which the server had when the connection was opened has been delivered. It follows
// every connect and every renewal of the connection.
type CaughtUp struct {
	// Conversations are all that the user is in, as they were then, in the order of their ids.
	Conversations []wire.Conversation
}

// Restarted tells that what was known of a conversation is void: the data of the server were reset or restored from a
// backup, or the user was away from a group and is back. If entries come, they begin again where Options.Begin says, or where the user may read from.
type Restarted struct{ Conversation chat.ConversationID }

// Slowed tells that the server finds the user too fast: what it has refused is sent again at that time.
type Slowed struct{ Until time.Time }

// Gone tells that the user is not in a conversation any more, and hears nothing of it from now on. What is known stays true;
// whether to keep it is the program's to decide. If the user comes back, entries begin anew.
type Gone struct{ Conversation chat.ConversationID }

// Hides tells of messages that the user has hidden from themselves, with this device or another one: a Room hides them. It comes
// when that happens and, for those of the latest that this device has not been told since it began, when it connects. A
// program that keeps what it shows keeps Count as well: if it had fewer than Count less the number of Seqs, it asks History.
type Hides struct {
	Conversation chat.ConversationID
	wire.Hides
}

// Cleared tells that the user has cleared a conversation up to a seq, with this device or another one: a Room clears it. It comes
// when that happens, and once when the client begins.
type Cleared struct {
	Conversation chat.ConversationID
	Seq          chat.Seq
}

// Timers tells when messages disappear that somebody has now read: a Room takes it with Start. It is told once, to who is
// connected; after a CaughtUp, Refresh asks for what was missed.
type Timers struct{ wire.Timers }

// Draft tells what the user has begun to write on another device, or, without a Body, that nothing is begun any more. What is
// being written here is not touched: a program decides between the two, the later of which will be stored.
type Draft struct{ wire.Draft }

// NotSent tells that a scheduled message was not sent and will not be, and why.
type NotSent struct{ wire.Failed }

// ProfileChanged tells that the user's profile was changed on another device. Those of other users are read when they are
// shown: see Client.Profiles.
type ProfileChanged struct{ wire.ProfileLine }

// begun is not for Handle: it tells the Store where Options.Begin chose to begin, so that it is not asked again.
type begun struct {
	conversation chat.ConversationID
	seq          chat.Seq
}

// renewed is not for Handle: it tells the Store of which epoch the cursor is from now on.
type renewed struct {
	conversation chat.ConversationID
	epoch        chat.Epoch
}

func (renewed) event()   {}
func (begun) event()     {}
func (Entry) event()     {}
func (State) event()     {}
func (CaughtUp) event()  {}
func (Restarted) event() {}
func (Slowed) event()    {}
func (Gone) event()      {}
func (Hides) event()     {}
func (Cleared) event()   {}
func (Timers) event()    {}
func (Draft) event()     {}
func (NotSent) event()   {}

func (ProfileChanged) event() {}

// Phase of the connection.
type Phase int

// The phases. Disconnected is followed by Connecting, Closed by nothing.
const (
	Connecting Phase = iota
	Connected
	Disconnected
	Closed
)

// String is the phase in one word.
func (p Phase) String() string {
	return [...]string{"connecting", "connected", "disconnected", "closed"}[p]
}
