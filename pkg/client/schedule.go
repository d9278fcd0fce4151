package client

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Schedule has a message sent later, chat.MinSchedule to chat.MaxSchedule ahead by the server's clock, and returns its id,
// with which it arrives as an Entry within chat.ScheduleEvery of that time, on all devices. Whether the user may still
// write there is decided then; if not, NotSent tells. It fails in the way of the reading methods, and with an *Error for
// what could not be sent now either.
func (c *Client) Schedule(ctx context.Context, to wire.Target, content wire.Content, at time.Time) (chat.MessageID, error) {
	id := newID()
	return id, c.schedule(ctx, wire.Schedule{ID: id, To: to, Body: content, At: wire.Time(at)})
}

// Reschedule replaces all of a message that waits. chat.NotFound means that it was sent, is being sent, or was taken back.
func (c *Client) Reschedule(ctx context.Context, id chat.MessageID, to wire.Target, content wire.Content, at time.Time) error {
	return c.schedule(ctx, wire.Schedule{ID: id, To: to, Body: content, At: wire.Time(at), Replace: true})
}

func (c *Client) schedule(ctx context.Context, frame wire.Schedule) error {
	frame.Head = wire.Head{Action: "schedule", Ref: c.calls.ref()}
	return c.ask(ctx, frame.Ref, frame, new(wire.Planned))
}

// Unschedule takes a message back that waits, or dismisses one that failed. chat.NotFound means that it was sent, is being
// sent, or was taken back: also by this call, if its first answer was lost.
func (c *Client) Unschedule(ctx context.Context, id chat.MessageID) error {
	ref := c.calls.ref()
	return c.ask(ctx, ref, wire.Unschedule{Head: wire.Head{Action: "unschedule", Ref: ref}, ID: id}, new(wire.Planned))
}

// Scheduled lists what the user has scheduled, also what failed within chat.ScheduleRetention, in the order of the ids.
func (c *Client) Scheduled(ctx context.Context) ([]wire.Scheduled, error) {
	var all []wire.Scheduled
	limit := chat.MaxPage
	for next := chat.MessageID(""); ; {
		ref := c.calls.ref()
		var page wire.ScheduledList
		err := c.ask(ctx, ref, wire.ListScheduled{Head: wire.Head{Action: "scheduled", Ref: ref}, Next: next, Limit: &limit}, &page)
		all = append(all, page.Scheduled...)
		if err != nil || page.Next == "" {
			return all, err
		}
		next = page.Next
	}
}

// failed takes the event of a scheduled message that was not sent.
func (c *Client) failed(frame []byte) {
	var e wire.Failed
	if json.Unmarshal(frame, &e) == nil {
		c.queue.push(NotSent{e})
	}
}
