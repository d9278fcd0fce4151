package clienttest

import (
	"crypto/rand"
	"maps"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// govern does what changes a group.
func (s *Server) govern(k *socket, action string, frame []byte) (any, error) {
	switch action {
	case "add":
		var r wire.Add
		return s.decide(k, frame, &r, &r.Govern, chat.CanAdd, func(l *log) (wire.Entry, error) {
			users := slices.DeleteFunc(r.Users, func(user chat.UserID) bool { return slices.Contains(l.members, user) })
			for _, user := range users {
				l.join(user)
			}
			return wire.Entry{Event: chat.Added, Body: wire.Body{Users: users}}, nil
		})
	case "remove":
		var r wire.Remove
		return s.decide(k, frame, &r, &r.Govern, chat.CanRemove, func(l *log) (wire.Entry, error) {
			users, err := l.below(k.user, r.Users)
			for _, user := range r.Users {
				l.banned[user] = err == nil && (r.Ban || l.banned[user])
			}
			if err == nil {
				l.remove(users...)
			}
			return wire.Entry{Event: chat.Removed, Body: wire.Body{Users: users}}, err
		})
	case "leave":
		var r wire.Leave
		return s.decide(k, frame, &r, &r.Govern, "", func(l *log) (wire.Entry, error) {
			e := wire.Entry{Event: chat.Left}
			owned := l.places[k.user].Role == chat.Owner
			l.remove(k.user)
			if owned && len(l.members) > 0 { // the real one chooses by rank and age
				e.Body.Users, e.Body.Role = l.members[:1:1], chat.Owner
				l.rank(chat.Owner, l.members[0])
			}
			return e, nil
		})
	case "role":
		var r wire.Rank
		return s.decide(k, frame, &r, &r.Govern, chat.CanRank, func(l *log) (wire.Entry, error) {
			own := l.places[k.user].Role
			users, err := l.below(k.user, r.Users)
			if err != nil || own != chat.Owner && !own.Above(r.Role) {
				return wire.Entry{}, &chat.Error{Code: chat.Forbidden}
			}
			if l.rank(r.Role, users...); r.Role == chat.Owner {
				l.rank(chat.Admin, k.user)
			}
			return wire.Entry{Event: chat.Ranked, Body: wire.Body{Users: users, Role: r.Role}}, nil
		})
	case "change":
		var r wire.Amend
		return s.decide(k, frame, &r, &r.Govern, chat.CanChange, func(l *log) (wire.Entry, error) {
			return wire.Entry{Event: chat.Changed, Body: wire.Body{Setup: l.amend(*r.Setup)}}, nil
		})
	default:
		return s.link(k, action, frame)
	}
}

// decide reads a change of a group and makes it, unless it was made before or changes nothing.
func (s *Server) decide(k *socket, frame []byte, r wire.Request, q *wire.Govern, need chat.Capability, change func(*log) (wire.Entry, error)) (any, error) {
	if err := wire.Decode(frame, r); err != nil {
		return nil, err
	}
	l, ok := s.logs[q.Conversation]
	unchanged := wire.Governed{Conversation: q.Conversation, Unchanged: true}
	switch {
	case (!ok || !slices.Contains(l.members, k.user)) && need == "":
		return unchanged, nil
	case !ok, !slices.Contains(l.members, k.user):
		return nil, &chat.Error{Code: chat.Forbidden}
	}
	for _, e := range l.entries {
		if e.From == k.user && e.ID == q.ID {
			return wire.Governed{Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, At: e.At}, nil
		}
	}
	if need != "" && !l.can(k.user, need) {
		return nil, &chat.Error{Code: chat.Forbidden}
	}
	e, err := change(l)
	if err != nil {
		return nil, err
	}
	if len(e.Body.Users) == 0 && e.Event != chat.Left && e.Event != chat.Changed {
		return unchanged, nil
	}
	e.ID, e.From = q.ID, k.user
	return s.governed(k, l, e), nil
}

func (s *Server) governed(k *socket, l *log, e wire.Entry) wire.Governed {
	a := s.append(k, l, e)
	return wire.Governed{Conversation: a.Conversation, Seq: a.Seq, ID: a.ID, At: a.At}
}

// link does what is about links into groups.
func (s *Server) link(k *socket, action string, frame []byte) (any, error) {
	switch action {
	case "invite":
		var r wire.Invite
		l, err := s.inviting(k, frame, &r, &r.Conversation)
		if err != nil {
			return nil, err
		}
		random := make([]byte, 16)
		_, _ = rand.Read(random) // never fails
		if r.ID != "" {
			random = []byte(r.ID)
		}
		code := chat.NewInviteCode(r.Conversation, random)
		if there := l.invites[code.ID()]; there != nil {
			return wire.Invited{Code: code, InviteLine: wire.FromInvite(*there)}, nil
		}
		i := &chat.Invite{ID: code.ID(), Conversation: r.Conversation, By: k.user, Created: time.Now(), Expires: time.Now().Add(chat.InviteLife)}
		if r.ExpiresIn != nil {
			i.Expires = i.Created.Add(time.Duration(*r.ExpiresIn) * time.Second)
		}
		if r.MaxUses != nil {
			i.Max = *r.MaxUses
		}
		l.invites[i.ID] = i
		return wire.Invited{Code: code, InviteLine: wire.FromInvite(*i)}, nil
	case "invites":
		var r wire.Invites
		l, err := s.inviting(k, frame, &r, &r.Conversation)
		if err != nil {
			return nil, err
		}
		list := wire.InviteList{Invites: []wire.InviteLine{}}
		for _, id := range slices.Sorted(maps.Keys(l.invites)) {
			if i := l.invites[id]; i.Open(time.Now()) {
				list.Invites = append(list.Invites, wire.FromInvite(*i))
			}
		}
		return list, nil
	case "revoke":
		var r wire.Revoke
		l, err := s.inviting(k, frame, &r, &r.Conversation)
		if err == nil {
			delete(l.invites, r.Invite)
		}
		return wire.Revoked{Invite: r.Invite}, err
	case "preview":
		var r wire.Preview
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		l, _, err := s.open(k.user, r.Code)
		if err != nil {
			return nil, err
		}
		return wire.Previewed{Conversation: l.conversation.Conversation, Name: l.conversation.Name, Size: len(l.members)}, nil
	case "join":
		var r wire.Join
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		if l := s.logs[r.Code.Conversation()]; l != nil && slices.Contains(l.members, k.user) {
			return wire.Governed{Conversation: l.conversation.Conversation, Unchanged: true}, nil
		}
		l, i, err := s.open(k.user, r.Code)
		if err != nil {
			return nil, err
		}
		i.Uses++
		l.join(k.user)
		return s.governed(k, l, wire.Entry{Event: chat.Joined, ID: r.ID, From: k.user}), nil
	}
	return nil, &chat.Error{Code: chat.UnknownAction}
}

// inviting reads a request about the links of a group from somebody who may make some.
func (s *Server) inviting(k *socket, frame []byte, r wire.Request, id *chat.ConversationID) (*log, error) {
	if err := wire.Decode(frame, r); err != nil {
		return nil, err
	}
	l, ok := s.logs[*id]
	if !ok || !slices.Contains(l.members, k.user) || !l.can(k.user, chat.CanInvite) {
		return nil, &chat.Error{Code: chat.Forbidden}
	}
	return l, nil
}

// open finds the group that a link leads into.
func (s *Server) open(user chat.UserID, code chat.InviteCode) (*log, *chat.Invite, error) {
	l, ok := s.logs[code.Conversation()]
	if ok {
		if i := l.invites[code.ID()]; i != nil && i.Open(time.Now()) && !l.banned[user] {
			return l, i, nil
		}
	}
	return nil, nil, &chat.Error{Code: chat.NotFound}
}

func (l *log) can(user chat.UserID, capability chat.Capability) bool {
	return l.header().Can(l.place(user).Role, capability)
}

func (l *log) join(user chat.UserID) {
	place := chat.Place{Role: chat.Member, From: chat.Seq(len(l.entries) + 1)}
	if l.conversation.History == chat.FromStart {
		place.From = 0
	}
	l.members, l.places[user] = append(slices.Clone(l.members), user), place
	delete(l.banned, user)
}

func (l *log) remove(users ...chat.UserID) {
	l.members = slices.DeleteFunc(slices.Clone(l.members), func(user chat.UserID) bool { return slices.Contains(users, user) })
	for _, user := range users {
		delete(l.places, user)
	}
}

func (l *log) rank(role chat.Role, users ...chat.UserID) {
	for _, user := range users {
		l.places[user] = chat.Place{Role: role, From: l.places[user].From}
	}
}

// below returns those users who are members, if all of these are below another one.
func (l *log) below(user chat.UserID, users []chat.UserID) ([]chat.UserID, error) {
	members := slices.DeleteFunc(slices.Clone(users), func(other chat.UserID) bool { return !slices.Contains(l.members, other) })
	for _, other := range members {
		if !l.places[user].Role.Above(l.places[other].Role) {
			return nil, &chat.Error{Code: chat.Forbidden}
		}
	}
	return members, nil
}

func (l *log) amend(a wire.Amendment) *wire.Setup {
	out := &wire.Setup{Name: a.Name, Announce: a.Announce, Slow: a.Slow, History: a.History}
	c := &l.conversation
	if a.Name != nil {
		c.Name = *a.Name
	}
	if a.Announce != nil {
		c.Announce = *a.Announce
	}
	if a.Slow != nil {
		c.Slow = *a.Slow
	}
	if a.History != nil {
		c.History = *a.History
	}
	if a.Timer != nil {
		if c.Timer, out.Timer = a.Timer, a.Timer; a.Timer.After == 0 {
			c.Timer = nil
		}
	}
	if a.Picture != nil {
		c.Picture, out.Picture = a.Picture.Media, &a.Picture.Media
	}
	return out
}
