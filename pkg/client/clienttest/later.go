package clienttest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// later is what is not said yet.
type later struct {
	drafts    map[kept]wire.Draft
	scheduled map[planned]wire.Scheduled
}

type kept struct {
	user         chat.UserID
	conversation chat.ConversationID
}

type planned struct {
	user chat.UserID
	id   chat.MessageID
}

// Tick sends what is due. What goes to a conversation that its sender is not in fails.
func (s *Server) Tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, m := range s.later.scheduled {
		at, _ := wire.ParseTime(m.At)
		if at.After(time.Now()) || m.Code != "" {
			continue
		}
		_, err := s.send(nil, p.user, wire.Send{ID: m.ID, To: m.To, Body: m.Body})
		if err == nil {
			delete(s.later.scheduled, p)
			continue
		}
		m.Code = chat.AsError(err).Code
		s.later.scheduled[p] = m
		s.tell(nil, p.user, wire.NewFailed(m.ID, m.Code))
	}
}

// tell sends an event to the connections of a user except one.
func (s *Server) tell(except *socket, user chat.UserID, event any) {
	frame, _ := wire.Encode(event)
	for k := range s.socks {
		if k != except && k.user == user {
			k.write(frame)
		}
	}
}

func (s *Server) doLater(k *socket, action string, frame []byte) (any, error) {
	if s.later.drafts == nil {
		s.later = later{map[kept]wire.Draft{}, map[planned]wire.Scheduled{}}
	}
	switch action {
	case "draft":
		var r wire.SetDraft
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.draft(k, r), nil
	case "drafts":
		return s.drafts(k.user), nil
	case "schedule":
		var r wire.Schedule
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.schedule(k.user, r)
	case "unschedule":
		var r wire.Unschedule
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		p := planned{k.user, r.ID}
		if _, ok := s.later.scheduled[p]; !ok {
			return nil, &chat.Error{Code: chat.NotFound}
		}
		delete(s.later.scheduled, p)
		return wire.Planned{ID: r.ID}, nil
	case "scheduled":
		list := wire.ScheduledList{Scheduled: []wire.Scheduled{}}
		for p, m := range s.later.scheduled {
			if p.user == k.user {
				list.Scheduled = append(list.Scheduled, m)
			}
		}
		slices.SortFunc(list.Scheduled, func(a, b wire.Scheduled) int { return strings.Compare(string(a.ID), string(b.ID)) })
		return list, nil
	}
	return s.govern(k, action, frame)
}

func (s *Server) draft(k *socket, r wire.SetDraft) wire.Drafted {
	d := wire.Draft{
		Event: wire.EventDraft, Conversation: r.To.Conversation, User: r.To.User, Body: r.Body, At: wire.Time(time.Now()),
	}
	if d.User != "" {
		d.Conversation = chat.DirectID(k.user, d.User)
	}
	if key := (kept{k.user, d.Conversation}); d.Body == nil {
		delete(s.later.drafts, key)
	} else {
		s.later.drafts[key] = d
	}
	s.tell(k, k.user, d)
	return wire.Drafted{Conversation: d.Conversation, At: d.At}
}

func (s *Server) drafts(user chat.UserID) wire.DraftList {
	list := wire.DraftList{Drafts: []wire.Draft{}}
	for key, d := range s.later.drafts {
		if key.user == user {
			list.Drafts = append(list.Drafts, d)
		}
	}
	slices.SortFunc(list.Drafts, func(a, b wire.Draft) int { return cmp.Compare(a.Conversation, b.Conversation) })
	return list
}

func (s *Server) schedule(user chat.UserID, r wire.Schedule) (wire.Planned, error) {
	p := planned{user, r.ID}
	at, _ := wire.ParseTime(r.At)
	_, known := s.later.scheduled[p]
	switch {
	case time.Until(at) < chat.MinSchedule || time.Until(at) > chat.MaxSchedule:
		return wire.Planned{}, chat.Errorf(chat.Invalid, "at: 5 seconds to 30 days ahead")
	case r.Replace && !known:
		return wire.Planned{}, &chat.Error{Code: chat.NotFound}
	}
	s.later.scheduled[p] = wire.Scheduled{ID: r.ID, To: r.To, Body: r.Body, At: r.At}
	return wire.Planned{ID: r.ID}, nil
}
