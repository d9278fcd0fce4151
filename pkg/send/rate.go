package send

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// follow gives e the place behind last, the time and the pace that follows from both.
func (s *Sender) follow(e, last chat.Entry) chat.Entry {
	e.Seq, e.At = last.Seq+1, s.Now().UTC().Truncate(time.Millisecond)
	e.Pace = last.Pace.Next(e.At.Sub(last.At))
	return e
}

// limit decides on an entry whose pace is not calm, by one strongly read page of the newest entries. If e is among them
// already it is returned as found: what is stored is never limited. Otherwise e gets the level of its sender's own bucket,
// or is refused with the time after which it would not be. The rules are the newest that the page knows of.
//
// Last may lag behind the page. The place moves on with it, unless there are entries in between that neither shows: each of
// those is yet to be compared with e.
func (s *Sender) limit(ctx context.Context, e, last chat.Entry) (paced chat.Entry, found *chat.Entry, rules chat.Seq, err error) {
	newest, err := s.Log.Before(ctx, e.Conversation, chat.MaxSeq, chat.RateWindow)
	if err != nil {
		return e, nil, 0, err
	}
	for _, there := range newest {
		if isSame(there, e) {
			return e, &there, rules, nil
		}
		rules = max(rules, there.Rules)
	}
	if n := len(newest); n > 0 && newest[0].Seq <= last.Seq+1 && newest[n-1].Seq > last.Seq {
		e = s.follow(e, newest[n-1])
	}
	e.Pace.Own = chat.OwnLevel(newest, e.From, e.At)
	if wait := e.Pace.Wait(); wait > 0 {
		return e, nil, rules, &chat.Error{Code: chat.Limited, RetryAfter: wait}
	}
	return e, nil, rules, nil
}
