package chat

import (
	"context"
	"time"
)

// Start is when a timer begins.
type Start string

// The starts.
const (
	// SinceSent counts from the append.
	SinceSent Start = "sent"
	// SinceRead counts from when somebody else first reads the message; if nobody does, it lasts for UnreadLife.
	SinceRead Start = "read"
)

// Timer makes messages disappear for everybody. The zero value leaves them.
type Timer struct {
	// After is between MinTimer and MaxTimer, in whole seconds.
	After time.Duration
	From  Start
}

// Set reports whether it makes messages disappear.
func (t Timer) Set() bool { return t.After > 0 }

// Until is when a message disappears that was sent at a time, to be best of what is known before it is read: zero if that
// depends on who reads it.
func (t Timer) Until(sent time.Time) time.Time {
	if !t.Set() || t.From == SinceRead {
		return time.Time{}
	}
	return sent.Add(t.After)
}

// Life is how long at most something lasts that a message with this timer carries.
func (t Timer) Life() time.Duration {
	if t.From == SinceRead {
		return t.After + UnreadLife
	}
	return t.After
}

// Clock is the timer that a message gets: its own, or else that of the conversation or, in a thread, of its parent.
func (c Conversation) Clock(own Timer) Timer {
	switch {
	case own.Set():
		return own
	case c.Within != nil:
		return c.Within.Setup.Timer
	default:
		return c.Setup.Timer
	}
}

// Timed reports whether there may be messages in the conversation that begin to disappear when they are read.
func (c Conversation) Timed() bool { return c.Setup.Timed || c.Within != nil && c.Within.Setup.Timed }

// timers is how many entries are read at a time to start their timers.
const timers = 100

// StartTimers starts the timers of what others wrote behind from and up to to, because a member has read it. It costs
// nothing in a conversation whose timers never counted from reading; otherwise a query of the range and a write unit for
// each message that now begins to disappear. Of more than MaxResend, only the newest begin; the others last for UnreadLife.
func StartTimers(ctx context.Context, log Log, c Conversation, reader UserID, from, to Seq, at time.Time) error {
	if !c.Timed() {
		return nil
	}
	if to > MaxResend {
		from = max(from, to-MaxResend)
	}
	for from < to {
		entries, err := log.After(ctx, c.ID, from, min(timers, int(to-from)), Strong)
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			from = e.Seq
			if e.Timer.From != SinceRead || e.From == reader || e.State.Deleted {
				continue
			}
			if err := log.Start(ctx, e, at.Add(e.Timer.After)); err != nil {
				return err
			}
		}
	}
	return nil
}
