package clienttest

import (
	"maps"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// person is what a user shows and has decided.
type person struct {
	profile  wire.ProfileLine
	settings chat.Settings
	toward   map[chat.UserID]chat.Relation
	muted    map[chat.ConversationID]chat.Stance
}

func (s *Server) person(user chat.UserID) *person {
	p, ok := s.people[user]
	if !ok {
		p = &person{profile: wire.ProfileLine{User: user}, toward: map[chat.UserID]chat.Relation{}, muted: map[chat.ConversationID]chat.Stance{}}
		s.people[user] = p
	}
	return p
}

// Relation is what a user has decided about another one.
func (s *Server) Relation(user, other chat.UserID) chat.Relation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.person(user).toward[other]
}

// Stance is how a user wants to be disturbed by a conversation.
func (s *Server) Stance(user chat.UserID, id chat.ConversationID) chat.Stance {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.person(user).muted[id]
}

// doPeople does what is asked about people; ok is false if it is about something else.
func (s *Server) doPeople(k *socket, action string, frame []byte) (result any, ok bool, err error) {
	switch action {
	case "profile":
		result, err = read(frame, func(q wire.Profile) (any, error) { return s.profile(k, q), nil })
	case "profiles":
		result, err = read(frame, func(q wire.Profiles) (any, error) { return s.profiles(k.user, q), nil })
	case "contact":
		result, err = read(frame, func(q wire.Contact) (any, error) {
			return s.relate(k.user, q.User, func(r *chat.Relation) { r.Contact, r.Name = !q.Remove, q.Name }), nil
		})
	case "contacts":
		result, err = read(frame, func(wire.Contacts) (any, error) { return s.contacts(k.user), nil })
	case "block":
		result, err = read(frame, func(q wire.Block) (any, error) {
			return s.block(k, q.User, time.Now()), nil
		})
	case "unblock":
		result, err = read(frame, func(q wire.Unblock) (any, error) {
			return s.block(k, q.User, time.Time{}), nil
		})
	case "blocked":
		result, err = read(frame, func(wire.Blocked) (any, error) { return s.blocked(k.user), nil })
	case "mute":
		result, err = read(frame, func(q wire.Mute) (any, error) { return s.mute(k, q), nil })
	case "muted":
		result, err = read(frame, func(wire.Muted) (any, error) { return s.muted(k.user), nil })
	case "settings":
		result, err = read(frame, func(q wire.Settings) (any, error) { return s.settings(k.user, q), nil })
	case "accept":
		result, err = read(frame, func(q wire.Accept) (any, error) { return s.accept(k.user, q) })
	default:
		return nil, false, nil
	}
	return result, true, err
}

// read reads a frame strictly before it is acted on.
func read[Q any, P interface {
	*Q
	wire.Request
}](frame []byte, act func(Q) (any, error)) (any, error) {
	var q Q
	if err := wire.Decode(frame, P(&q)); err != nil {
		return nil, err
	}
	return act(q)
}

func (s *Server) profile(k *socket, q wire.Profile) wire.ProfileLine {
	p := s.person(k.user)
	p.profile = wire.ProfileLine{User: k.user, Name: q.Name, About: q.About, Picture: q.Picture, Version: p.profile.Version + 1}
	s.tell(k, k.user, wire.ProfileChanged{Event: wire.EventProfile, ProfileLine: p.profile})
	return p.profile
}

func (s *Server) profiles(user chat.UserID, q wire.Profiles) wire.ProfileList {
	list := wire.ProfileList{Profiles: []wire.ProfileLine{}}
	for _, other := range q.Users[:min(len(q.Users), 20)] { // as if more did not fit
		p := s.person(other)
		line := p.profile
		if !p.toward[user].Blocked.IsZero() {
			line.About, line.Picture = "", ""
		}
		list.Profiles = append(list.Profiles, line)
	}
	return list
}

func (s *Server) relate(user, other chat.UserID, change func(*chat.Relation)) wire.About {
	toward := s.person(user).toward
	r := toward[other]
	change(&r)
	toward[other] = r
	return wire.About{User: other}
}

func (s *Server) contacts(user chat.UserID) wire.ContactList {
	list := wire.ContactList{Contacts: []wire.ContactLine{}}
	toward := s.person(user).toward
	for _, other := range slices.Sorted(maps.Keys(toward)) {
		if r := toward[other]; r.Contact {
			line := wire.ContactLine{User: other, Name: r.Name}
			if profile := s.person(other).profile; profile.Version > 0 {
				line.Profile = &profile
			}
			list.Contacts = append(list.Contacts, line)
		}
	}
	return list
}

func (s *Server) blocked(user chat.UserID) wire.BlockedList {
	list := wire.BlockedList{Blocked: []wire.BlockedLine{}}
	toward := s.person(user).toward
	for _, other := range slices.Sorted(maps.Keys(toward)) {
		if since := toward[other].Blocked; !since.IsZero() {
			list.Blocked = append(list.Blocked, wire.BlockedLine{User: other, Since: wire.Time(since)})
		}
	}
	return list
}

func (s *Server) block(k *socket, user chat.UserID, since time.Time) wire.About {
	blocked := !since.IsZero()
	s.tell(k, k.user, wire.Related{Event: wire.EventRelation, User: user, Blocked: &blocked})
	return s.relate(k.user, user, func(r *chat.Relation) { r.Blocked = since })
}

func (s *Server) mute(k *socket, q wire.Mute) wire.About {
	until := q.Deadline()
	if q.User != "" {
		s.tell(k, k.user, wire.Related{Event: wire.EventRelation, User: q.User, Muted: wire.Until(until)})
		return s.relate(k.user, q.User, func(r *chat.Relation) { r.Muted = until })
	}
	s.person(k.user).muted[q.Conversation] = chat.Stance{User: k.user, Muted: until, Mentions: q.Mentions}
	s.tell(k, k.user, wire.Preferred{Conversation: q.Conversation, Muted: wire.Until(until), MentionsOnly: q.Mentions}.Told())
	return wire.About{Conversation: q.Conversation}
}

func (s *Server) muted(user chat.UserID) wire.MutedList {
	list := wire.MutedList{Muted: []wire.MutedLine{}}
	toward := s.person(user).toward
	for _, other := range slices.Sorted(maps.Keys(toward)) {
		if until := toward[other].Muted; until.After(time.Now()) {
			list.Muted = append(list.Muted, wire.MutedLine{User: other, Until: wire.Time(until)})
		}
	}
	return list
}

func (s *Server) settings(user chat.UserID, q wire.Settings) wire.Preferences {
	p := s.person(user)
	for to, from := range map[*chat.Audience]chat.Audience{&p.settings.Seen: q.Seen, &p.settings.Messages: q.Messages, &p.settings.Groups: q.Groups} {
		if from != "" {
			*to = from
		}
	}
	if q.Private != nil {
		p.settings.Private = *q.Private
	}
	return wire.FromSettings(p.settings)
}

func (s *Server) accept(user chat.UserID, q wire.Accept) (any, error) {
	l, ok := s.logs[q.Conversation]
	if !ok || !slices.Contains(l.members, user) {
		return nil, &chat.Error{Code: chat.Forbidden}
	}
	l.answered(user)
	return wire.About{Conversation: q.Conversation}, nil
}

// answered ends the request to a user.
func (l *log) answered(user chat.UserID) {
	if l.request == user {
		l.request = ""
	}
}

// welcome decides whether the first message to somebody is one.
func (s *Server) welcome(l *log, from, to chat.UserID) error {
	p := s.person(to)
	switch {
	case p.settings.Messages == chat.Nobody:
		return &chat.Error{Code: chat.Forbidden}
	case !p.settings.Messages.Admits(p.toward[from].Contact):
		l.request = to
	}
	return nil
}

// apart reports whether the other one of a direct conversation has blocked a user, and whether the user has blocked them.
func (s *Server) apart(l *log, user chat.UserID) (blocked, blocks bool) {
	if l.conversation.Kind != chat.Direct {
		return false, false
	}
	other := l.other(user)
	return !s.person(other).toward[user].Blocked.IsZero(), !s.person(user).toward[other].Blocked.IsZero()
}

// to are entries as one user gets them.
func (l *log) to(user chat.UserID, entries []wire.Entry) []wire.Entry {
	shown := l.shown(user, entries)
	for i, e := range shown {
		if l.hidden[e.Seq] && e.From != user {
			shown[i] = wire.Entry{Event: chat.Hidden, Conversation: e.Conversation, Seq: e.Seq}
		}
	}
	return shown
}
