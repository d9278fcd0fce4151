package send

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// reread is after how many conflicts in a row the log is read again instead of trying the next number: by then many
// write at once, and each failed Put costs as much as one that succeeds.
const reread = 4

// page is how many entries are read at a time when looking for a resend.
const page = 100

// put writes an entry under its seq and returns what is there if that is taken, as chat.Log.Put does.
type put func(ctx context.Context, e chat.Entry) (there chat.Entry, wrote bool, err error)

// append puts e under the first free number and returns it as it is stored.
//
// Every entry between what the client knew and where e lands is compared with e, either because it was read or because it
// won the number that e tried. So one (sender, id) is at most one entry, whatever was retried, by whom and when. Only what
// is not there yet can be limited.
func (s *Sender) append(ctx context.Context, tail chat.Tail, e chat.Entry, after *chat.Seq, put put) (chat.Entry, error) {
	last := tail.Last // the newest entry that is known
	if isSame(tail.Last, e) {
		return settle(tail.Last, e)
	}
	if after != nil && *after < tail.Head {
		if tail.Head-*after > chat.MaxResend {
			return e, &chat.Error{Code: chat.Behind}
		}
		found, newest, err := s.find(ctx, e, chat.Entry{Seq: *after})
		if err != nil || found != nil {
			return orSettle(found, e, err)
		}
		// If the range shows less than the tail did, another replica answered: what it did not show is met below, one by one.
		last = newest
	}
	for conflicts := 1; ; conflicts++ {
		e = s.follow(e, last)
		if !e.Pace.Calm() {
			var found *chat.Entry
			var err error
			if e, found, err = s.limit(ctx, e, last); err != nil || found != nil {
				return orSettle(found, e, err)
			}
		}
		there, wrote, err := put(ctx, e)
		if err != nil || wrote {
			return e, err
		}
		if isSame(there, e) {
			return settle(there, e)
		}
		last = there
		if conflicts%reread == 0 {
			if err := pause(ctx, conflicts/reread); err != nil {
				return e, err
			}
			found, newest, err := s.find(ctx, e, last)
			if err != nil || found != nil {
				return orSettle(found, e, err)
			}
			last = newest
		}
	}
}

// find reads the log behind an entry to its end, as far as an eventual read shows it, and returns the entry that e already is
// (or nil) and the last one seen.
func (s *Sender) find(ctx context.Context, e, last chat.Entry) (*chat.Entry, chat.Entry, error) {
	for {
		entries, err := s.Log.After(ctx, e.Conversation, last.Seq, page, chat.Eventual)
		if err != nil {
			return nil, last, err
		}
		for _, there := range entries {
			if isSame(there, e) {
				return &there, there, nil
			}
			last = there
		}
		if len(entries) < page {
			return nil, last, nil
		}
	}
}

func isSame(there, e chat.Entry) bool { return there.ID == e.ID && there.From == e.From }

// settle answers a resend with what is stored, unless it says something else. What was edited or deleted since cannot be
// compared any more.
func settle(there, e chat.Entry) (chat.Entry, error) {
	changed := there.State.Version > 0 || there.State.Deleted
	if there.Kind != e.Kind || !changed && !there.Body.Same(e.Body) {
		return e, &chat.Error{Code: chat.Conflict}
	}
	return there, nil
}

func orSettle(there *chat.Entry, e chat.Entry, err error) (chat.Entry, error) {
	if err != nil {
		return e, err
	}
	return settle(*there, e)
}

// pause waits for a random time that grows with each round, so that writers who met do not meet again at once.
func pause(ctx context.Context, round int) error {
	most := min(time.Duration(round)*20*time.Millisecond, 200*time.Millisecond)
	select {
	case <-time.After(rand.N(most)):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("send: append: %w: %w", &chat.Error{Code: chat.Unavailable}, ctx.Err())
	}
}
