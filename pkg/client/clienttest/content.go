package clienttest

import (
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// keep does what pin, hide, follow, pins and threads ask.
func (s *Server) keep(k *socket, action string, frame []byte) (any, error) {
	switch action {
	case "pin":
		var r wire.Pin
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.pin(k, r)
	case "hide":
		var r wire.Hide
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.hide(k, r)
	case "follow":
		var r wire.Follow
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.follow(k.user, r)
	case "pins":
		var r wire.Pins
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.pinned(k.user, r)
	default:
		var r wire.Threads
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.threads(k.user, r)
	}
}

// admits reports whether a user may read and write: in a thread that is decided by its parent.
func (l *log) admits(user chat.UserID) bool {
	if l.parent != nil {
		return l.parent.admits(user)
	}
	return slices.Contains(l.members, user)
}

// enter finds a conversation of a user.
func (s *Server) enter(user chat.UserID, id chat.ConversationID) (*log, error) {
	if l, ok := s.logs[id]; ok && l.admits(user) {
		return l, nil
	}
	return nil, &chat.Error{Code: chat.Forbidden}
}

// message finds a message that is there for a user.
func (l *log) message(user chat.UserID, seq chat.Seq) (*wire.Entry, error) {
	if int(seq) <= len(l.entries) {
		e := l.shown(user, l.entries[seq-1:seq])[0]
		if e.Event == chat.Message && !e.Deleted && !e.Expired {
			return &l.entries[seq-1], nil
		}
	}
	return nil, &chat.Error{Code: chat.NotFound}
}

func (s *Server) pin(k *socket, r wire.Pin) (any, error) {
	l, err := s.enter(k.user, r.Conversation)
	if err != nil {
		return nil, err
	}
	e := wire.Entry{Event: chat.Pinned, ID: r.ID, From: k.user, Body: wire.Body{Target: r.Seq, Off: r.Off}}
	if there, err := l.find(e, r.After); there != nil || err != nil {
		return accept(there, err)
	}
	if !l.can(k.user, chat.CanPin) {
		return nil, &chat.Error{Code: chat.Forbidden}
	}
	others := slices.DeleteFunc(slices.Clone(l.pins), func(seq chat.Seq) bool { return seq == r.Seq })
	if r.Off {
		if len(others) == len(l.pins) {
			return nil, &chat.Error{Code: chat.NotFound}
		}
		l.pins = others
		return s.append(k, l, e), nil
	}
	if _, err := l.message(k.user, r.Seq); err != nil {
		return nil, err
	}
	l.pins = append(others, r.Seq)
	return s.append(k, l, e), nil
}

func (s *Server) hide(k *socket, r wire.Hide) (any, error) {
	l, err := s.enter(k.user, r.Conversation)
	if err != nil {
		return nil, err
	}
	messages := slices.DeleteFunc(slices.Clone(r.Seqs), func(seq chat.Seq) bool {
		return int(seq) > len(l.entries) || l.entries[seq-1].Event != chat.Message
	})
	if len(messages) == 0 {
		return nil, &chat.Error{Code: chat.NotFound}
	}
	l.hides[k.user] = append(l.hides[k.user], messages...)
	hid := wire.Hid{Conversation: r.Conversation, Hides: wire.Hides{Count: len(l.hides[k.user]), Seqs: messages}}
	told := hid
	told.Event = wire.EventHides
	frame, _ := wire.Encode(told)
	for other := range s.socks {
		if other != k && other.user == k.user {
			other.write(frame)
		}
	}
	return hid, nil
}

func (s *Server) follow(user chat.UserID, r wire.Follow) (any, error) {
	l, err := s.enter(user, r.Conversation)
	if err != nil {
		return nil, err
	}
	if r.Off {
		l.members = slices.DeleteFunc(l.members, func(m chat.UserID) bool { return m == user })
	} else {
		l.follow(user)
	}
	return wire.Followed{Conversation: r.Conversation, Following: !r.Off}, nil
}

func (l *log) follow(users ...chat.UserID) {
	for _, user := range users {
		if !slices.Contains(l.members, user) {
			l.members = append(l.members, user)
		}
	}
}

func (s *Server) pinned(user chat.UserID, r wire.Pins) (any, error) {
	l, err := s.enter(user, r.Conversation)
	if err != nil {
		return nil, err
	}
	out := wire.Pinned{Pins: []chat.Seq{}, Entries: []wire.Entry{}}
	for _, seq := range l.pins {
		if _, err := l.message(user, seq); err == nil {
			out.Pins = append(out.Pins, seq)
			out.Entries = slices.Insert(out.Entries, 0, l.shown(user, l.entries[seq-1:seq])[0])
		}
	}
	return out, nil
}

func (s *Server) threads(user chat.UserID, r wire.Threads) (any, error) {
	if _, err := s.enter(user, r.Conversation); err != nil {
		return nil, err
	}
	out := wire.ThreadList{Threads: []wire.ThreadLine{}}
	for _, root := range r.Roots {
		id := chat.ThreadID(r.Conversation, root)
		if l, ok := s.logs[id]; ok {
			last := l.entries[len(l.entries)-1]
			out.Threads = append(out.Threads, wire.ThreadLine{
				Root: root, Conversation: id, Head: last.Seq, At: last.At, From: last.From, Size: len(l.members), Following: slices.Contains(l.members, user),
			})
		}
	}
	return out, nil
}

// about makes the thread about a message, which its first message announces.
func (s *Server) about(user chat.UserID, at wire.Place) (*log, error) {
	parent, err := s.enter(user, at.Conversation)
	if err != nil {
		return nil, err
	}
	root, err := parent.message(user, at.Seq)
	if err != nil {
		return nil, err
	}
	l := newLog(wire.Conversation{
		Conversation: chat.ThreadID(at.Conversation, at.Seq), Kind: chat.Thread, Parent: at.Conversation, Root: at.Seq,
	}, "", []chat.UserID{root.From})
	l.parent = parent
	return l, nil
}

// tellThread tells a thread's parent, once, that there is one.
func (s *Server) tellThread(from chat.UserID, l *log, id chat.MessageID) {
	root := &l.parent.entries[l.conversation.Root-1]
	if root.Thread != "" {
		return
	}
	root.Thread = l.conversation.Conversation
	s.append(nil, l.parent, wire.Entry{Event: chat.Threaded, ID: id, From: from, Body: wire.Body{Target: root.Seq, Thread: root.Thread}})
}

// show puts a message of a thread into its parent, too.
func (s *Server) show(l *log, seq chat.Seq) {
	e := l.entries[seq-1]
	body := e.Body
	body.InParent, body.Reply, body.Of = false, l.conversation.Root, &wire.Place{Conversation: e.Conversation, Seq: seq}
	s.append(nil, l.parent, wire.Entry{Event: chat.Message, ID: e.ID.FollowUp(), From: e.From, Body: body})
}

// mirror changes what a thread's parent shows as a message in the thread was changed.
func (s *Server) mirror(l *log, change wire.Entry) {
	if l.parent == nil {
		return
	}
	now := l.entries[change.Body.Target-1]
	at := wire.Place{Conversation: l.conversation.Conversation, Seq: now.Seq}
	for i := range l.parent.entries {
		shown := &l.parent.entries[i]
		if shown.Body.Of == nil || *shown.Body.Of != at {
			continue
		}
		switch change.Event {
		case chat.Edited:
			shown.Body.Text, shown.Body.Mentions, shown.Body.Everybody = now.Body.Text, now.Body.Mentions, now.Body.Everybody
			shown.Version, shown.Edited = now.Version, now.Edited
		case chat.Deleted:
			shown.Body, shown.Version, shown.Edited, shown.Deleted = wire.Body{}, 0, "", true
		default:
			return
		}
		s.append(nil, l.parent, wire.Entry{Event: change.Event, ID: change.ID.FollowUp(), From: change.From, Body: wire.Body{Target: shown.Seq}})
		return
	}
}

// repeat puts what another message says into e.
func (s *Server) repeat(user chat.UserID, source wire.Place, e *wire.Entry) error {
	missing := &chat.Error{Code: chat.NotFound}
	l, err := s.enter(user, source.Conversation)
	if err != nil {
		return missing
	}
	there, err := l.message(user, source.Seq)
	switch {
	case err != nil:
		return missing
	case there.Until != "":
		return &chat.Error{Code: chat.Forbidden}
	}
	e.Body.Text, e.Body.Attachments, e.Body.Forwarded = there.Body.Text, there.Body.Attachments, true
	return nil
}

// timer is what makes messages disappear: in a thread that of its parent.
func (l *log) timer() *wire.Timer {
	if l.parent != nil {
		return l.parent.timer()
	}
	return l.conversation.Timer
}

// place is a user's: in a thread that in its parent.
func (l *log) place(user chat.UserID) chat.Place {
	if l.parent != nil {
		return l.parent.place(user)
	}
	return l.places[user]
}

// header is what decides who may do what.
func (l *log) header() chat.Conversation {
	if l.parent != nil {
		return l.parent.header()
	}
	return chat.Conversation{Kind: l.conversation.Kind, Setup: chat.Setup{Announce: l.conversation.Announce}}
}

// isDue reports whether the time of a message is over.
func isDue(e wire.Entry) bool {
	until, err := wire.ParseTime(e.Until)
	return err == nil && !time.Now().Before(until)
}

func expire(e *wire.Entry) {
	*e = wire.Entry{
		Event: e.Event, Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, From: e.From, To: e.To, At: e.At, Thread: e.Thread, Expired: true,
	}
}
