package chat

import (
	"context"
	"time"
)

// Draft is what a user has begun to write in a conversation. There is one for all devices of the user.
type Draft struct {
	Conversation ConversationID
	// Peer is the other one of a direct conversation, in which nothing need have been said yet; "" in others.
	Peer UserID
	Text string
	// Reply is the seq of the message that it is to answer; 0 for none.
	Reply Seq
	// At is the server's time of the write, in milliseconds. The latest is the draft.
	At time.Time
}

// Drafts stores what users have begun to write, for DraftRetention after the last change.
type Drafts interface {
	// PutDraft replaces the user's draft of the conversation unless that is a later one; then wrote is false. It costs one
	// write unit per started KB. Atomic.
	PutDraft(ctx context.Context, user UserID, d Draft) (wrote bool, err error)
	// RemoveDraft forgets the user's draft of a conversation unless it is later than at. Removing what is not there is no
	// error. It costs one write unit.
	RemoveDraft(ctx context.Context, user UserID, id ConversationID, at time.Time) error
	// Drafts returns up to limit drafts of a user in the order of the conversations' ids, beginning behind after. It may
	// return some whose retention is over: what DynamoDB forgets by itself, it forgets late.
	Drafts(ctx context.Context, user UserID, after ConversationID, limit int) ([]Draft, error)
	// DraftsUpTo returns those behind after up to and including last, by conversation: as many as one read shows, which is
	// 1 MB. It too may return some whose retention is over. It costs half a read unit for each 4 KB, at least one half.
	DraftsUpTo(ctx context.Context, user UserID, after, last ConversationID) (map[ConversationID]Draft, error)
}
