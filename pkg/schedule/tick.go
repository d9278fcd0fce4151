package schedule

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

const (
	// workers is how many messages are sent at once. A send takes some 30 ms, so that a tick sends about 20,000.
	workers = 16
	// shift is for how long a tick begins with further messages. What it leaves is first in the next one.
	shift = 40 * time.Second
)

// Sender sends a message as its use case does for a frame: package send.
type Sender interface {
	Send(ctx context.Context, who chat.Identity, r wire.Send) (chat.Entry, error)
}

// Teller posts a frame to the connections of a user, except one, as well as it can.
type Teller interface {
	Tell(ctx context.Context, user chat.UserID, frame []byte, except chat.ConnectionID)
}

// Ticker sends what is due.
type Ticker struct {
	Schedules chat.Schedule
	Sender    Sender
	Log       chat.Log
	Devices   Teller
	Logger    *slog.Logger
}

// Tick sends all that is due at the time now, which is that of the event that caused it: nothing is sent early, however the
// clocks differ. Two ticks may run at once, and one may die at any step: see send. It returns an error only if it could not
// find out what is due; what meets a temporary error is left for the next tick.
func (t *Ticker) Tick(ctx context.Context, now time.Time) error {
	over, cancel := context.WithTimeout(ctx, shift)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(workers)
	var failed error
	for due, err := range t.Schedules.Due(ctx, now) {
		if err != nil || over.Err() != nil {
			failed = err
			break
		}
		group.Go(func() error {
			if err := t.fire(ctx, now, due); err != nil {
				t.Logger.ErrorContext(ctx, "scheduled message not sent", "error", err, "id", due.ID)
			}
			return nil
		})
	}
	_ = group.Wait() // each has told its own error
	return failed
}

// fire sends one message, if it is still due.
func (t *Ticker) fire(ctx context.Context, now time.Time, due chat.Due) error {
	m, ok, err := t.Schedules.Scheduled(ctx, due.User, due.ID)
	if err != nil || !ok || m.Failed != "" || m.At.After(now) {
		return err
	}
	if m.After == nil {
		if m, ok, err = t.claim(ctx, m); err != nil || !ok {
			return err
		}
	}
	line := wire.FromScheduled(m)
	_, err = t.Sender.Send(ctx, chat.Identity{User: m.User}, wire.Send{ID: m.ID, To: line.To, Body: line.Body, After: m.After})
	if err == nil {
		return t.Schedules.Settle(ctx, m.User, m.ID)
	}
	why := chat.AsError(err).Code
	if chat.PolicyOf(why).Temporary && now.Sub(m.At) < chat.SchedulePatience {
		return err
	}
	return t.fail(ctx, now, m, why)
}

// claim notes the head of the conversation before the first attempt. The attempt and all that follow say that they come
// after it, which is what makes each of them know the message that another has stored: so it is sent once.
func (t *Ticker) claim(ctx context.Context, m chat.Scheduled) (chat.Scheduled, bool, error) {
	tail, _, err := t.Log.Tail(ctx, m.Conversation, chat.Eventual)
	if err != nil {
		return m, false, err
	}
	return t.Schedules.Claim(ctx, m, tail.Head)
}

// fail keeps the message with the reason and tells its sender's devices.
func (t *Ticker) fail(ctx context.Context, now time.Time, m chat.Scheduled, why chat.Code) error {
	if err := t.Schedules.Fail(ctx, m.User, m.ID, why, now.Add(chat.ScheduleRetention)); err != nil {
		return err
	}
	frame, err := wire.Encode(wire.NewFailed(m.ID, why))
	if err != nil {
		return err
	}
	t.Devices.Tell(ctx, m.User, frame, "")
	return nil
}
