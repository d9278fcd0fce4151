package clienttest

import (
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// typing tells the others. It has no reply.
func (s *Server) typing(k *socket, r wire.Typing) error {
	l, ok := s.logs[r.Conversation]
	if !ok || !slices.Contains(l.members, k.user) {
		return &chat.Error{Code: chat.Forbidden}
	}
	composing := wire.NewComposing(r.Conversation, k.user, r.Kind)
	if r.Read != nil {
		if int(*r.Read) > len(l.entries) {
			return &chat.Error{Code: chat.Invalid}
		}
		s.advance(k, l, chat.Receipt{Conversation: r.Conversation, Read: *r.Read}, true)
		composing.Read = *r.Read
	}
	frame, _ := wire.Encode(composing)
	for to := range s.socks {
		if to.user != k.user && slices.Contains(l.members, to.user) {
			to.write(frame)
		}
	}
	return nil
}

// presence is how a user is seen. There is no grace here.
func (s *Server) presence(user chat.UserID) chat.Shown {
	session := chat.Session{User: user, LastSeen: s.seen[user], Status: s.status[user]}
	for k := range s.socks {
		if k.user == user {
			session.Connections = append(session.Connections, chat.Connection{Since: time.Now(), Away: k.away})
		}
	}
	return session.Presence(time.Now())
}

// announce tells those who watch a user if what they see has changed.
func (s *Server) announce(user chat.UserID, told chat.Shown) {
	now := s.presence(user)
	if !chat.News(told, now) {
		return
	}
	frame, _ := wire.Encode(wire.NewChanged(now, time.Now()))
	for k := range s.socks {
		if k.watching[user] {
			k.write(frame)
		}
	}
}

func (s *Server) watch(k *socket, r wire.Watch) wire.Watched {
	var out wire.Watched
	for _, user := range r.Users {
		k.watching[user] = true
		out.Presences = append(out.Presences, wire.FromShown(s.presence(user), time.Now()))
	}
	return out
}

func (k *socket) unwatch(r wire.Unwatch) {
	for _, user := range r.Users {
		delete(k.watching, user)
	}
}

func (s *Server) setStatus(k *socket, r wire.SetStatus) wire.Chosen {
	told := s.presence(k.user)
	now := time.Now()
	s.seen[k.user], k.away = now, r.Status == chat.Away
	var until time.Time
	if r.For != nil {
		until = now.Add(time.Duration(*r.For) * time.Second)
	}
	switch {
	case r.Status == chat.Away, r.Scope == wire.ScopeDevice:
	case r.Status == chat.Online:
		delete(s.status, k.user)
	default:
		s.status[k.user] = chat.Status{Presence: r.Status, Since: now, Until: until}
	}
	s.announce(k.user, told)
	return wire.NewChosen(r.Status, until)
}

// logout ends a device. The client closes the connection that asked.
func (s *Server) logout(k *socket) wire.LoggedOut {
	told := s.presence(k.user)
	delete(s.pushed, k.device)
	for other := range s.socks {
		if other.user == k.user && other.device == k.device {
			delete(s.socks, other)
			if other != k {
				_ = other.conn.CloseNow()
			}
		}
	}
	s.announce(k.user, told)
	return wire.LoggedOut{Device: k.device}
}
