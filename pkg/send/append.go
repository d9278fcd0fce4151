package send

import (
	"context"
	"errors"
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

// put writes an entry under its seq and returns it as it is stored, or what is there if that is taken, as chat.Log.Put does.
type put func(ctx context.Context, e chat.Entry) (there chat.Entry, wrote bool, err error)

// attempt is an entry that is ready to be written: the tail by which it was judged, and how.
type attempt struct {
	tail  chat.Tail
	entry chat.Entry
	put   put
	// same reports whether an entry with the id of this one says what it is to say; nil if their bodies must be equal.
	same func(there chat.Body) bool
}

// overruled is why an append stops: somebody has changed who may do what, or who is there, since the tail was read.
// Everything up to known has been compared with the entry.
type overruled struct{ known chat.Seq }

func (o *overruled) Error() string { return "send: the rules have changed" }

// write appends what prepare makes by a read. If the rules change before it gets there, or an eventual read would refuse it,
// it is prepared anew by a strong one: so what is written was allowed by all that stands before it, and goes to those who
// are members by then.
func (s *Sender) write(ctx context.Context, read chat.Read, after *chat.Seq, prepare func(chat.Read) (attempt, error)) (attempt, error) {
	for {
		a, err := prepare(read)
		if err == nil && after != nil && *after > a.tail.Head { // a read that lags, or a restored log that lacks what the client knows
			if read == chat.Strong {
				return a, &chat.Error{Code: chat.Behind}
			}
			read = chat.Strong
			continue
		}
		if err == nil {
			a.entry, err = s.append(ctx, a, after)
		}
		o, again := errors.AsType[*overruled](err)
		switch {
		case again:
			read, after = chat.Strong, &o.known
		case read == chat.Eventual && refuses(err):
			read = chat.Strong // what was just allowed must not be denied
		default:
			return a, err
		}
	}
}

// refuses reports whether an error is a judgement by what was read.
func refuses(err error) bool {
	if err == nil {
		return false
	}
	switch chat.AsError(err).Code {
	case chat.Forbidden, chat.Invalid, chat.NotFound:
		return true
	default:
		return false
	}
}

// append puts an entry under the first free number and returns it as it is stored.
//
// Every entry between what the client knew and where it lands is compared with it, either because it was read or because it
// won the number that was tried. So one (sender, id) is at most one entry, whatever was retried, by whom and when. Only what
// is not there yet can be limited.
func (s *Sender) append(ctx context.Context, a attempt, after *chat.Seq) (chat.Entry, error) {
	tail, e := a.tail, a.entry
	last := tail.Last // the newest entry that is known
	if isSame(last, e) {
		return s.settle(ctx, a, last)
	}
	if after != nil && *after < tail.Head {
		if tail.Head-*after > chat.MaxResend {
			return e, &chat.Error{Code: chat.Behind}
		}
		found, newest, rules, err := s.find(ctx, e, chat.Entry{Seq: *after})
		if err != nil || found != nil {
			return s.orSettle(ctx, a, found, err)
		}
		// If the range shows less than the tail did, another replica answered: what it did not show is met below, one by one.
		last = newest
		if rules > tail.Conversation.Rules {
			return e, &overruled{last.Seq}
		}
	}
	if tail.Outdated() {
		return e, &overruled{last.Seq}
	}
	for conflicts := 1; ; conflicts++ {
		e = s.follow(e, last)
		e.Until = e.Timer.Until(e.At)
		if !e.Pace.Calm() {
			paced, found, rules, err := s.limit(ctx, e, last)
			if err != nil || found != nil {
				return s.orSettle(ctx, a, found, err)
			}
			if e = paced; rules > tail.Conversation.Rules {
				return e, &overruled{e.Seq - 1}
			}
		}
		if e.Rules = tail.Conversation.Rules; chat.Governs[e.Kind] && !e.Hidden {
			e.Rules = e.Seq
		}
		there, wrote, err := a.put(ctx, e)
		switch {
		case err != nil:
			return e, err
		case wrote:
			return there, nil
		}
		if isSame(there, e) {
			return s.settle(ctx, a, there)
		}
		if last = there; there.Rules > tail.Conversation.Rules {
			return e, &overruled{last.Seq}
		}
		if conflicts%reread == 0 {
			if err := pause(ctx, conflicts/reread); err != nil {
				return e, err
			}
			found, newest, rules, err := s.find(ctx, e, last)
			if err != nil || found != nil {
				return s.orSettle(ctx, a, found, err)
			}
			if last = newest; rules > tail.Conversation.Rules {
				return e, &overruled{last.Seq}
			}
		}
	}
}

// refuse is a put that writes nothing. What was stored before is found nevertheless: who repeats it has not done it again.
func (s *Sender) refuse(refusal error) put {
	return func(ctx context.Context, e chat.Entry) (chat.Entry, bool, error) { return s.unless(ctx, e, refusal) }
}

// find reads the log behind an entry to its end, as far as an eventual read shows it, and returns the entry that e already is
// (or nil), the last one seen and the newest rules.
func (s *Sender) find(ctx context.Context, e, from chat.Entry) (same *chat.Entry, last chat.Entry, rules chat.Seq, err error) {
	for last = from; ; {
		entries, err := s.Log.After(ctx, e.Conversation, last.Seq, page, chat.Eventual)
		if err != nil {
			return nil, last, rules, err
		}
		for _, there := range entries {
			if isSame(there, e) {
				return &there, there, rules, nil
			}
			last, rules = there, max(rules, there.Rules)
		}
		if len(entries) < page {
			return nil, last, rules, nil
		}
	}
}

func isSame(there, e chat.Entry) bool { return there.ID == e.ID && there.From == e.From }

// settle answers a resend with what is stored, unless it says something else. What was edited since or is gone cannot be
// compared any more, nor what repeats a message that may have changed.
func (s *Sender) settle(ctx context.Context, a attempt, there chat.Entry) (chat.Entry, error) {
	same := a.entry.Body.Same
	if a.same != nil {
		same = a.same
	}
	if there.Kind == chat.Message {
		var err error
		if there, err = s.joined(ctx, there); err != nil {
			return a.entry, err
		}
	}
	changed := there.State.Version > 0 || there.State.Deleted || there.State.Expired || there.Body.Forwarded && a.entry.Body.Forwarded
	if there.Kind != a.entry.Kind || !changed && !same(there.Body) {
		return a.entry, &chat.Error{Code: chat.Conflict}
	}
	return there, nil
}

func (s *Sender) orSettle(ctx context.Context, a attempt, there *chat.Entry, err error) (chat.Entry, error) {
	if err != nil {
		return a.entry, err
	}
	return s.settle(ctx, a, *there)
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
