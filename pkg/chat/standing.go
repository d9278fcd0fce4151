package chat

import (
	"context"
	"time"
)

// Standing is what is kept for one member of a conversation besides who they are in it: how far they are, and what they have
// chosen for it.
type Standing struct {
	Conversation ConversationID
	Seat
	// Read is up to where the member has read, on any device, by the cursor: whoever writes has read what stands before, and
	// that is seen in the log.
	Read Seq
	// Shown is up to where others may know that the member has read: it stays behind where somebody reads privately.
	Shown Seq
	// Delivered is up to where a device of the member has entries. What is read is delivered, so it is at least Read.
	Delivered Seq
	// Marked and MarkedAt are as in View.
	Marked, MarkedAt Seq
	// Pinned conversations come first in a list.
	Pinned bool
	// Archived is the last seq when the member put the conversation away, 0 if they did not. See Away.
	Archived Seq
	// Muted is until when the conversation makes no noise; zero if it may. Mentions lets those messages through that mention
	// the member.
	Muted    time.Time
	Mentions bool
	// Cleared is up to where the member has cleared the conversation for themselves, 0 if they never did. It never goes back.
	Cleared Seq
	// Hides are what the member has hidden.
	Hides Hides
	// Touched is when any of this changed; zero if never.
	Touched time.Time
}

// View is from where the member looks at the conversation.
func (s Standing) View(silent map[UserID]bool) View {
	return View{User: s.User, From: s.First(), Read: s.Read, Marked: s.Marked, MarkedAt: s.MarkedAt, Silent: silent}
}

// Stance is how the member wants to be disturbed.
func (s Standing) Stance() Stance {
	return Stance{User: s.User, Muted: s.Muted, Mentions: s.Mentions, Read: s.Read}
}

// Away reports whether a conversation that was put away still is. Whatever happens in it brings it back, unless it is muted.
func (s Standing) Away(head Seq, now time.Time) bool {
	return s.Archived > 0 && (head <= s.Archived || now.Before(s.Muted))
}

// Receipt moves the cursors of a member.
type Receipt struct {
	Conversation ConversationID
	// Delivered and Read are 0 where nothing is said.
	Delivered, Read Seq
}

// Heard is what another user is to hear of a receipt, and by which connections; none if there is nobody to tell or nothing to
// tell them.
type Heard struct {
	User        UserID
	Connections []ConnectionID
	Receipt
}

// Membership is a member of a conversation.
type Membership struct {
	Conversation ConversationID
	User         UserID
}

// Preference is what is to change of a standing: what is nil stays.
type Preference struct {
	Pinned *bool
	// Archived is as in Standing; 0 takes the conversation back.
	Archived *Seq
	// Cleared is as in Standing, which keeps the larger one.
	Cleared *Seq
}

// Standings stores standings, each with its member. Every change is one atomic update of one write unit, also if it is
// refused. Who is not a member gets none: then it is forbidden.
type Standings interface {
	// Advance moves cursors forward and never back, whoever comes at the same time: each becomes the largest that was ever
	// given. It returns what moved, 0 where nothing did. Where the read cursor moves, a mark ends; one that is told again may be
	// older than the mark. A private reader's Shown stays. If the larger
	// of two cursors is stale, it takes a second update.
	Advance(ctx context.Context, user UserID, r Receipt, private bool, at time.Time) (moved Receipt, err error)
	// Mark makes everything from a seq on count as unread, and 0 takes that back. head is the last seq as it is now.
	Mark(ctx context.Context, m Membership, seq, head Seq, at time.Time) error
	// Prefer changes what a member has chosen and returns the standing with it. If no more is cleared than was, that takes a
	// second update.
	Prefer(ctx context.Context, m Membership, p Preference, at time.Time) (Standing, error)
	// Standings returns the standings of members, eventually, in no order and without those who are none. Each costs half a
	// read unit.
	Standings(ctx context.Context, of []Membership) ([]Standing, error)
	// Roll returns the standings of all members in the order of their ids, eventually: half a read unit for each 8 KB, about
	// 50 members.
	Roll(ctx context.Context, id ConversationID) ([]Standing, error)
}

// Silences tells whom somebody does not want to hear.
type Silences interface {
	// Silent returns those of up to a hundred others whom a user has blocked, or muted at the time now, eventually. Each costs half
	// a read unit.
	Silent(ctx context.Context, user UserID, others []UserID, now time.Time) (map[UserID]bool, error)
}
