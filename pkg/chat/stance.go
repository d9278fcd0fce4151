package chat

import (
	"context"
	"slices"
	"time"
)

// Stance is how a member wants to be disturbed by a conversation: the part of a Standing that notifications are decided by. The zero value is that of who never said.
type Stance struct {
	User UserID
	// Muted is until when the conversation makes no noise; zero if it may. Mentions lets those messages through that
	// mention the member or everybody.
	Muted    time.Time
	Mentions bool
	// Read is the seq up to which the member has read.
	Read Seq
}

// Stances stores how members want to be disturbed, with the member.
type Stances interface {
	// Stances returns the stances of members of a conversation in their order, eventually, in one request per hundred. It
	// costs half a read unit for each.
	Stances(ctx context.Context, id ConversationID, users []UserID) ([]Stance, error)
	// Quieten replaces Muted and Mentions of a member; the zero time takes both back. Who is not a member stays none: then it
	// is forbidden. at is when, for lists of what has changed. Atomic; one write unit.
	Quieten(ctx context.Context, id ConversationID, s Stance, at time.Time) error
}

// Within is the stance of a member towards a thread, given that towards what it is in: the longer silence holds.
func (s Stance) Within(parent Stance) Stance {
	if parent.Muted.After(s.Muted) {
		s.Muted, s.Mentions = parent.Muted, parent.Mentions
	}
	return s
}

// Rings reports whether an entry may make noise at the member: not if they wrote or have read it, and not if the conversation
// is muted, unless the entry mentions them and that is what they want to hear of. The entry that made them a member counts
// as read from the beginning, and makes noise all the same.
func (s Stance) Rings(e Entry, now time.Time) bool {
	switch {
	case s.User == e.From, s.Read > e.Seq, s.Read == e.Seq && e.Kind != Added:
		return false
	case now.Before(s.Muted):
		return s.Mentions && (e.Body.Everybody || slices.Contains(e.Body.Mentions, s.User))
	default:
		return true
	}
}
