package clienttest

import (
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// standing is how far a member is; everybody's begins with nothing.
func (l *log) standing(user chat.UserID) *chat.Standing {
	s := l.standings[user]
	if s == nil {
		s = &chat.Standing{Conversation: l.conversation.Conversation, Seat: chat.Seat{User: user}}
		l.standings[user] = s
	}
	return s
}

// unread counts by the rule of the real one.
func (s *Server) unread(l *log, user chat.UserID) chat.Unread {
	var entries []chat.Entry
	for _, e := range l.entries {
		entries = append(entries, chat.Entry{
			Seq: e.Seq, Kind: e.Event, From: e.From, State: chat.State{Deleted: e.Deleted},
			Body: chat.Body{Mentions: e.Body.Mentions, Everybody: e.Body.Everybody, InParent: e.Body.InParent},
		})
	}
	silent := map[chat.UserID]bool{}
	for other, r := range s.person(user).toward {
		silent[other] = !r.Blocked.IsZero() || r.Muted.After(time.Now())
	}
	return l.standing(user).View(silent).Unread(entries)
}

// changed reports whether a line of the list has changed since a time.
func (l *log) changed(user chat.UserID, since string) bool {
	touched := l.standing(user).Touched
	if l.conversation.Kind == chat.Direct {
		if theirs := l.standing(l.other(user)).Touched; theirs.After(touched) {
			touched = theirs
		}
	}
	return l.entries[len(l.entries)-1].At >= since || wire.Time(touched) >= since
}

// first is the first seq that a member looks at.
func (l *log) first(user chat.UserID) chat.Seq {
	s := *l.standing(user)
	s.From = l.places[user].From
	return s.First()
}

// own is what a line says of the user.
func (s *Server) own(l *log, user chat.UserID) wire.Own {
	own := wire.NewOwn(*l.standing(user), chat.Seq(len(l.entries)), time.Now())
	own.Unread = wire.FromUnread(s.unread(l, user))
	if l.conversation.Kind == chat.Direct {
		peer := l.standing(l.other(user))
		own.PeerRead, own.PeerPresence = peer.Read, s.presence(peer.User).Presence
		if peer.Delivered > peer.Read {
			own.PeerDelivered = peer.Delivered
		}
	}
	return own
}

// receipts moves cursors and tells everybody else in the conversations, and the user's other devices.
func (s *Server) receipts(k *socket, r wire.Receipts) error {
	for _, c := range r.Cursors {
		l, ok := s.logs[c.Conversation]
		moved := c.Domain()
		if !ok || !slices.Contains(l.members, k.user) {
			continue
		}
		if int(max(moved.Read, moved.Delivered)) > len(l.entries) {
			return &chat.Error{Code: chat.Invalid}
		}
		s.advance(k, l, moved, false)
	}
	return nil
}

// advance moves the cursors of a member and tells the user's other devices, and unless it travels with something else also the
// others.
func (s *Server) advance(k *socket, l *log, r chat.Receipt, travels bool) {
	mine := l.standing(k.user)
	mine.Touched = time.Now()
	if r.Read > mine.Read {
		mine.Read, mine.Marked, mine.MarkedAt = r.Read, 0, 0
		mine.Delivered = max(mine.Delivered, r.Read)
	} else {
		r.Read = 0
	}
	if r.Delivered > mine.Delivered {
		mine.Delivered = r.Delivered
	} else {
		r.Delivered = 0
	}
	for to := range s.socks {
		line := wire.Receipt(r)
		if to.user == k.user {
			line.Delivered = 0
		}
		if to == k || travels && to.user != k.user || !slices.Contains(l.members, to.user) || line.Read == 0 && line.Delivered == 0 {
			continue
		}
		frame, _ := wire.Encode(wire.NewReceived(k.user, []wire.Receipt{line}))
		to.write(frame)
	}
}

func (s *Server) mark(k *socket, r wire.Mark) (wire.Preferred, error) {
	l, ok := s.logs[r.Conversation]
	if !ok || !slices.Contains(l.members, k.user) {
		return wire.Preferred{}, &chat.Error{Code: chat.Forbidden}
	}
	mine, out := l.standing(k.user), wire.Preferred{Conversation: r.Conversation, Marked: new(chat.Seq)}
	mine.Touched = time.Now()
	mine.Marked, mine.MarkedAt = 0, 0
	if r.Seq != nil {
		mine.Marked, mine.MarkedAt = *r.Seq, chat.Seq(len(l.entries))
		*out.Marked, out.MarkedAt = mine.Marked, mine.MarkedAt
	}
	s.tellOwn(k, out)
	return out, nil
}

func (s *Server) prefs(k *socket, r wire.Prefs) (wire.Preferred, error) {
	l, ok := s.logs[r.Conversation]
	if !ok || !slices.Contains(l.members, k.user) {
		return wire.Preferred{}, &chat.Error{Code: chat.Forbidden}
	}
	mine := l.standing(k.user)
	mine.Touched = time.Now()
	if r.Pinned != nil {
		mine.Pinned = *r.Pinned
	}
	if r.Archived != nil {
		mine.Archived = 0
		if *r.Archived {
			mine.Archived = chat.Seq(len(l.entries))
		}
	}
	out := wire.Preferred{Conversation: r.Conversation, Pinned: r.Pinned, Archived: r.Archived}
	if r.Cleared != nil {
		mine.Cleared = max(mine.Cleared, *r.Cleared)
		out.Cleared = mine.Cleared
	}
	s.tellOwn(k, out)
	return out, nil
}

// tellOwn tells the user's other devices.
func (s *Server) tellOwn(k *socket, p wire.Preferred) {
	frame, _ := wire.Encode(p.Told())
	for to := range s.socks {
		if to != k && to.user == k.user {
			to.write(frame)
		}
	}
}

func (s *Server) seenBy(user chat.UserID, r wire.Seen) (wire.SeenBy, error) {
	l, ok := s.logs[r.Conversation]
	switch {
	case !ok || !slices.Contains(l.members, user):
		return wire.SeenBy{}, &chat.Error{Code: chat.Forbidden}
	case int(r.Seq) > len(l.entries):
		return wire.SeenBy{}, &chat.Error{Code: chat.NotFound}
	}
	out := wire.SeenBy{Users: []wire.SeenLine{}}
	for _, m := range slices.SortedFunc(slices.Values(l.members), func(a, b chat.UserID) int { return strings.Compare(string(a), string(b)) }) {
		if m == l.entries[r.Seq-1].From {
			continue
		}
		out.Of++
		read := l.standing(m).Read >= r.Seq || slices.ContainsFunc(l.entries[r.Seq:], func(e wire.Entry) bool {
			return e.From == m && e.Event == chat.Message
		})
		if !read && l.standing(m).Delivered < r.Seq {
			continue
		}
		out.Delivered++
		if read {
			out.Read++
		}
		out.Users = append(out.Users, wire.SeenLine{User: m, Read: read})
	}
	return out, nil
}

func (s *Server) explain(user chat.UserID, id chat.ConversationID) (wire.Explained, error) {
	l, ok := s.logs[id]
	if !ok || !slices.Contains(l.members, user) {
		return wire.Explained{}, &chat.Error{Code: chat.Forbidden}
	}
	return wire.NewExplained(*l.standing(user), chat.Seq(len(l.entries)), s.unread(l, user)), nil
}

// Standing is how far a member is in a conversation.
func (s *Server) Standing(id chat.ConversationID, user chat.UserID) chat.Standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := s.logs[id]; ok {
		return *l.standing(user)
	}
	return chat.Standing{}
}

// Unread is what somebody has not read, by the rule of the real one.
func (s *Server) Unread(id chat.ConversationID, user chat.UserID) chat.Unread {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := s.logs[id]; ok {
		return s.unread(l, user)
	}
	return chat.Unread{}
}
