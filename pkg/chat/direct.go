package chat

import "context"

// Directs keeps, in the header of a direct conversation, what its two people have decided about each other, so that
// checking it costs nothing: whoever does something in the conversation has read the header.
type Directs interface {
	// Part notes that one of the two has blocked the other, or no more. A conversation that does not exist stays that way.
	// Atomic; one write unit.
	Part(ctx context.Context, id ConversationID, by UserID, blocked bool) error
	// Accept ends the request to a user. If there is none, nothing changes. Atomic; one write unit.
	Accept(ctx context.Context, id ConversationID, user UserID) error
}

// Quiet reports whether the two of a direct conversation learn nothing of each other but what is in the log: no typing, no
// receipts, no presence, because one has blocked the other, or has not accepted what a stranger wrote.
func (c Conversation) Quiet() bool { return len(c.Blocked) > 0 || c.Request != "" }

// Reaches reports whether a member is told of an entry when it is written. What is hidden is for its sender only, and what a
// stranger writes waits without a sound.
func (c Conversation) Reaches(user UserID, e Entry) bool {
	return user == e.From || !e.Hidden && c.Request != user
}

// Shuns reports whether somebody else in a direct conversation, or in a thread of one, has blocked the user.
func (c Conversation) Shuns(user UserID) bool {
	for other := range c.Blocked {
		if other != user {
			return true
		}
	}
	return false
}
