package clienttest

import (
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// change does what an edit, a deletion or a reaction asks, by the rules of the real one.
func (s *Server) change(k *socket, kind chat.EntryKind, r wire.Change, revision wire.Revision, marks []string) (wire.Accepted, error) {
	l, ok := s.logs[r.Conversation]
	if !ok || !l.admits(k.user) {
		return wire.Accepted{}, &chat.Error{Code: chat.Forbidden}
	}
	e := wire.Entry{Event: kind, ID: r.ID, From: k.user, Body: wire.Body{Target: r.Seq, Reactions: marks}}
	if there, err := l.find(e, r.After); there != nil || err != nil {
		return accept(there, err)
	}
	if int(r.Seq) > len(l.entries) {
		return wire.Accepted{}, &chat.Error{Code: chat.NotFound}
	}
	target := &l.entries[r.Seq-1]
	if target.Event != chat.Message || target.Deleted || isDue(*target) || slices.Contains(l.hides[k.user], r.Seq) {
		return wire.Accepted{}, &chat.Error{Code: chat.NotFound}
	}
	var err error
	switch kind {
	case chat.Edited:
		err = l.edit(k.user, target, revision)
	case chat.Deleted:
		err = l.erase(k.user, target)
	default:
		err = l.react(k.user, r.Seq, marks)
	}
	if err != nil {
		return wire.Accepted{}, err
	}
	accepted := s.append(k, l, e)
	s.mirror(l, e)
	return accepted, nil
}

func (l *log) edit(user chat.UserID, target *wire.Entry, revision wire.Revision) error {
	switch {
	case target.From != user, target.Body.Forwarded, age(target) > chat.EditWindow, target.Version >= chat.MaxEdits:
		return &chat.Error{Code: chat.Forbidden}
	case revision.Text == "" && len(target.Body.Attachments) == 0:
		return &chat.Error{Code: chat.Invalid}
	}
	if err := l.refers(user, wire.Content{Regard: revision.Regard}); err != nil {
		return err
	}
	target.Body.Text, target.Body.Mentions, target.Body.Everybody = revision.Text, revision.Mentions, revision.Everybody
	target.Version, target.Edited = target.Version+1, wire.Time(time.Now())
	return nil
}

func (l *log) erase(user chat.UserID, target *wire.Entry) error {
	if !l.can(user, chat.CanErase) && (target.From != user || age(target) > chat.DeleteWindow) {
		return &chat.Error{Code: chat.Forbidden}
	}
	target.Body, target.Version, target.Edited, target.Deleted, target.Until = wire.Body{}, 0, "", true, ""
	delete(l.marks, target.Seq)
	return nil
}

func (l *log) react(user chat.UserID, seq chat.Seq, marks []string) error {
	kinds := map[string]bool{}
	for _, mark := range marks {
		kinds[mark] = true
	}
	for other, theirs := range l.marks[seq] {
		for _, mark := range theirs {
			kinds[mark] = kinds[mark] || other != user
		}
	}
	different := 0
	for _, there := range kinds {
		if there {
			different++
		}
	}
	if different > chat.MaxKinds {
		return &chat.Error{Code: chat.TooLarge}
	}
	if l.marks[seq] == nil {
		l.marks[seq] = map[chat.UserID][]string{}
	}
	l.marks[seq][user] = marks
	return nil
}

// refers checks what a body refers to.
func (l *log) refers(user chat.UserID, c wire.Content) error {
	if int(c.Reply) > len(l.entries) {
		return &chat.Error{Code: chat.NotFound}
	}
	for _, mentioned := range c.Mentions {
		if !l.admits(mentioned) {
			return &chat.Error{Code: chat.Invalid}
		}
	}
	if c.Everybody && !l.can(user, chat.CanEverybody) {
		return &chat.Error{Code: chat.Forbidden}
	}
	return nil
}

// find returns the entry that a resend of e is already.
func (l *log) find(e wire.Entry, after *chat.Seq) (*wire.Entry, error) {
	if after == nil {
		return nil, nil //nolint:nilnil // a first attempt is nothing yet
	}
	if len(l.entries) > int(*after)+chat.MaxResend || len(l.entries) < int(*after) {
		return nil, &chat.Error{Code: chat.Behind}
	}
	for i, there := range l.entries[*after:] {
		if there.From == e.From && there.ID == e.ID {
			if there.Event != e.Event || there.Body.Target != e.Body.Target {
				return nil, &chat.Error{Code: chat.Conflict}
			}
			return &l.entries[int(*after)+i], nil
		}
	}
	return nil, nil //nolint:nilnil // it is not there
}

// shown are entries as a reader gets them: messages with their reactions, edits with what the message says now, and nothing
// of what is due, or hidden from the reader.
func (l *log) shown(user chat.UserID, entries []wire.Entry) []wire.Entry {
	shown := slices.Clone(entries)
	for i := range shown {
		e := &shown[i]
		if slices.Contains(l.hides[user], e.Seq) || e.Event == chat.Edited && slices.Contains(l.hides[user], e.Body.Target) {
			*e = wire.Entry{Event: chat.Hidden, Conversation: e.Conversation, Seq: e.Seq}
			continue
		}
		switch e.Event {
		case chat.Message:
			if isDue(*e) {
				expire(e)
				continue
			}
			e.Reactions = wire.FromEntry(chat.Entry{State: chat.State{Reactions: l.marks[e.Seq]}}).Reactions
		case chat.Edited:
			target := l.entries[e.Body.Target-1]
			target.Body.Target, target.Body.InParent, target.Body.Of = e.Body.Target, false, nil
			if isDue(target) {
				expire(&target)
				target.Body.Target = e.Body.Target
			}
			e.Body, e.Version, e.Edited, e.Deleted, e.Expired = target.Body, target.Version, target.Edited, target.Deleted, target.Expired
		default: // the others show what they were written as
		}
	}
	return shown
}

func age(e *wire.Entry) time.Duration {
	at, _ := wire.ParseTime(e.At)
	return time.Since(at)
}

func accept(e *wire.Entry, err error) (wire.Accepted, error) {
	if err != nil {
		return wire.Accepted{}, err
	}
	return wire.Accepted{Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, At: e.At}, nil
}
