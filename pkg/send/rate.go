package send

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// glance and stare are how many of the newest entries are read to find how much their sender writes. The few tell it of
// whoever was in a hurry before, because then their entries say so; entries may be long, and reading is paid by length.
const glance, stare = 10, 100

// follow gives e the place behind last, the time and the pace that follows from both.
func (s *Sender) follow(e, last chat.Entry) chat.Entry {
	e.Seq, e.At = last.Seq+1, s.Now().UTC().Truncate(time.Millisecond)
	e.Pace = last.Pace.Next(e.At.Sub(last.At))
	return e
}

// limit decides on an entry whose pace is not calm, by the newest entries, strongly read. If e is among them already it is
// returned as found: what is stored is never limited. Otherwise e gets the level of its sender's own bucket, or is refused
// with the time after which it would not be. The rules are the newest that the entries know of. If even many entries do not
// tell the level, the sender gets the benefit of the doubt.
func (s *Sender) limit(ctx context.Context, e, last chat.Entry) (paced chat.Entry, found *chat.Entry, rules chat.Seq, err error) {
	for _, many := range []int{glance, stare} {
		newest, err := s.Log.Before(ctx, e.Conversation, chat.MaxSeq, many)
		if err != nil {
			return e, nil, 0, err
		}
		for _, there := range newest {
			if isSame(there, e) {
				return e, &there, rules, nil
			}
			rules = max(rules, there.Rules)
		}
		// Last may lag behind. The place moves on with what was read, unless there are entries in between that neither shows:
		// each of those is yet to be compared with e.
		n := len(newest)
		joins := n == 0 || newest[0].Seq <= last.Seq+1
		if joins && n > 0 && newest[n-1].Seq > last.Seq {
			e = s.follow(e, newest[n-1])
		}
		var exact bool
		if e.Pace.Own, exact = chat.OwnLevel(newest, e.From, e.At); exact && joins {
			break
		}
	}
	if wait := e.Pace.Wait(); wait > 0 {
		return e, nil, rules, &chat.Error{Code: chat.Limited, Detail: "too many messages at once in this conversation", RetryAfter: wait}
	}
	return e, nil, rules, nil
}
