// Package schedule sends messages later. What is scheduled is checked at once as if it were sent, kept, and sent by its
// sender's name when it is due, by the same use case as every message: so whether they still may is decided then.
//
// Start at [Scheduler.Schedule] for what people ask, and at [Ticker.Tick] for what happens when the time has come.
package schedule

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Checker makes the checks of a send without sending.
type Checker interface {
	Check(ctx context.Context, who chat.Identity, r wire.Send) error
}

// Scheduler keeps what is to be sent later.
type Scheduler struct {
	Schedules chat.Schedule
	Checker   Checker
	Now       func() time.Time
}

// room is what an answer may hold, in bytes, so that with the reply around it, at most 460, it fits a frame. One message
// that could be sent always finds room.
const room = chat.MaxFrame - 512

// Schedule has a message sent later, or changes one that is scheduled and was not tried yet. It may be repeated: the same
// id with the same content is the same message, and with another content a conflict, unless it says that it replaces.
//
// What replaces must find something to replace, and what is new must be due in the future. So a repetition that comes when
// the message was sent already is refused by either and cannot send it again.
func (s *Scheduler) Schedule(ctx context.Context, who chat.Identity, r wire.Schedule) (wire.Planned, error) {
	planned := wire.Planned{ID: r.ID}
	m, err := s.read(who.User, r)
	if err != nil {
		return planned, err
	}
	if err := s.Checker.Check(ctx, who, wire.Send{ID: r.ID, To: r.To, Body: r.Body}); err != nil {
		return planned, err
	}
	if r.Replace {
		ok, err := s.Schedules.ReplaceScheduled(ctx, m)
		return planned, found(ok, err)
	}
	count, err := s.Schedules.CountScheduled(ctx, who.User)
	if err != nil {
		return planned, err
	}
	if count >= chat.MaxScheduled {
		there, known, err := s.Schedules.Scheduled(ctx, who.User, r.ID)
		switch {
		case err != nil:
			return planned, err
		case !known:
			return planned, chat.Errorf(chat.TooLarge, "at most %d scheduled messages", chat.MaxScheduled)
		}
		return planned, same(there, m)
	}
	there, wrote, err := s.Schedules.AddScheduled(ctx, m)
	if err != nil || wrote {
		return planned, err
	}
	return planned, same(there, m)
}

func (s *Scheduler) read(user chat.UserID, r wire.Schedule) (chat.Scheduled, error) {
	at, err := wire.ParseTime(r.At)
	if err != nil {
		return chat.Scheduled{}, chat.Errorf(chat.Invalid, "at: there is no such time")
	}
	if ahead := at.Sub(s.Now()); ahead < chat.MinSchedule || ahead > chat.MaxSchedule {
		return chat.Scheduled{}, chat.Errorf(chat.Invalid, "at: 5 seconds to 30 days ahead")
	}
	m := chat.Scheduled{User: user, ID: r.ID, Conversation: r.To.Conversation, Peer: r.To.User, Body: r.Body.Domain(), At: at}
	if m.Peer != "" {
		m.Conversation = chat.DirectID(user, m.Peer)
	}
	return m, nil
}

// same tells whether what is asked for is there already.
func same(there, m chat.Scheduled) error {
	if there.Conversation != m.Conversation || !there.At.Equal(m.At) || !there.Body.Same(m.Body) {
		return &chat.Error{Code: chat.Conflict}
	}
	return nil
}

func found(ok bool, err error) error {
	if err == nil && !ok {
		return chat.Errorf(chat.NotFound, "id: it was sent, is being sent, or was taken back")
	}
	return err
}

// Unschedule takes a message back that was not tried yet, or dismisses one that failed. Errors: not_found.
func (s *Scheduler) Unschedule(ctx context.Context, who chat.Identity, r wire.Unschedule) (wire.Planned, error) {
	ok, err := s.Schedules.RemoveScheduled(ctx, who.User, r.ID)
	return wire.Planned{ID: r.ID}, found(ok, err)
}

// List returns a page of what the caller has scheduled, as much as fits a frame. It costs one Query.
func (s *Scheduler) List(ctx context.Context, who chat.Identity, r wire.ListScheduled) (wire.ScheduledList, error) {
	limit := chat.DefaultPage
	if r.Limit != nil {
		limit = *r.Limit
	}
	all, err := s.Schedules.AllScheduled(ctx, who.User, r.Next, limit)
	if err != nil {
		return wire.ScheduledList{}, err
	}
	lines, cut, err := wire.Fit(all, room, wire.FromScheduled)
	list := wire.ScheduledList{Scheduled: lines}
	switch {
	case err != nil:
		return wire.ScheduledList{}, err
	case cut:
		list.Next = all[len(lines)-1].ID
	case len(all) == limit:
		list.Next = all[limit-1].ID
	}
	return list, nil
}
