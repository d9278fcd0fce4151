package chat

import (
	"context"
	"iter"
	"time"
)

// Scheduled is a message that its sender wants to be sent later.
type Scheduled struct {
	User UserID
	// ID is the client's, and the id of the message once it is sent: so it is sent once, however often that is tried.
	ID MessageID
	// Conversation is where it goes. Peer is set instead of only naming the conversation if it was addressed to a person: the
	// message then begins the conversation if nobody has.
	Conversation ConversationID
	Peer         UserID
	Body         Body
	// At is when it is due, in milliseconds.
	At time.Time
	// After is the head of the conversation that was known when it was first tried; nil until then. From then on it can be
	// neither changed nor taken back.
	After *Seq
	// Failed is why it was not sent and will not be; "" if that is not so.
	Failed Code
}

// Due names a scheduled message whose time has come.
type Due struct {
	User UserID
	ID   MessageID
}

// Schedule stores scheduled messages. Each change is one conditional write to one item.
type Schedule interface {
	// AddScheduled stores s unless the user has one under this id: then it returns that and wrote=false. It costs a write
	// unit per started KB and one of the index.
	AddScheduled(ctx context.Context, s Scheduled) (there Scheduled, wrote bool, err error)
	// ReplaceScheduled stores s in the place of one that is there and was not tried yet; ok=false if there is none.
	ReplaceScheduled(ctx context.Context, s Scheduled) (ok bool, err error)
	// RemoveScheduled forgets one that was not tried yet, or that failed; ok=false if there is none.
	RemoveScheduled(ctx context.Context, user UserID, id MessageID) (ok bool, err error)
	// CountScheduled returns how many a user has, those that failed included. It reads all of them, eventually.
	CountScheduled(ctx context.Context, user UserID) (int, error)
	// AllScheduled returns up to limit in the order of their ids, beginning behind after.
	AllScheduled(ctx context.Context, user UserID, after MessageID, limit int) ([]Scheduled, error)
	// Scheduled returns one, strongly read; ok=false if there is none.
	Scheduled(ctx context.Context, user UserID, id MessageID) (s Scheduled, ok bool, err error)

	// Due names what is due at a time, the oldest first. It reads the index a page at a time and eventually: what it names
	// may be gone by then, or be due later.
	Due(ctx context.Context, now time.Time) iter.Seq2[Due, error]
	// Claim notes that s is tried for the first time, with the head of its conversation, and returns it as it is then. If
	// somebody was faster, theirs is the head that counts. ok=false if it is not there any more as it was read: taken back,
	// put off, addressed anew or failed.
	Claim(ctx context.Context, s Scheduled, head Seq) (claimed Scheduled, ok bool, err error)
	// Settle forgets one that was sent.
	Settle(ctx context.Context, user UserID, id MessageID) error
	// Fail keeps one that will never be sent until a time, with the reason. One that is not there stays so.
	Fail(ctx context.Context, user UserID, id MessageID, why Code, until time.Time) error
}
