package send

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// slowly returns what puts a message where the conversation may be slow: then a member below moderator takes the floor first,
// for one write unit more, and is told how long to wait if that is too soon.
//
// It is asked for as late as this, when the log has been searched for a resend, so that a resend never waits.
func (s *Sender) slowly(tail chat.Tail) put {
	slow := tail.Conversation.Setup.Slow
	if slow == 0 || !chat.Moderator.Above(tail.Place.Role) {
		return s.Log.Put
	}
	taken := false
	return func(ctx context.Context, e chat.Entry) (chat.Entry, bool, error) {
		if taken {
			return s.Log.Put(ctx, e)
		}
		before, ok, err := s.Log.Speak(ctx, e, slow)
		switch {
		case err != nil:
			return e, false, err
		case ok, before.At.IsZero(): // or no member any more: then there is an entry that says so where this one is to go
		case before.ID == e.ID:
			// This message has taken the floor before. If it was written then, it is the answer.
			there, found, err := s.earlier(ctx, e, before.Seq)
			if err != nil || found {
				return there, false, err
			}
		default:
			wait := max(before.At.Add(slow).Sub(e.At), time.Millisecond)
			return s.unless(ctx, e, &chat.Error{Code: chat.Limited, Detail: "slow mode", RetryAfter: wait})
		}
		taken = true
		return s.Log.Put(ctx, e)
	}
}

// earlier looks for an entry from a seq on, by strong reads.
func (s *Sender) earlier(ctx context.Context, e chat.Entry, from chat.Seq) (there chat.Entry, found bool, err error) {
	for after := from - 1; ; {
		entries, err := s.Log.After(ctx, e.Conversation, after, page, chat.Strong)
		if err != nil || len(entries) == 0 {
			return e, false, err
		}
		for _, there := range entries {
			if isSame(there, e) {
				return there, true, nil
			}
			after = there.Seq
		}
	}
}
