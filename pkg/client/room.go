package client

import (
	"cmp"
	"slices"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Room is what the messages of one conversation say now. A program keeps one for each conversation, gives it every Entry
// that Handle gets, and draws its Messages; after Restarted it begins with a new one. The zero value is empty and ready.
//
// It takes entries in any order and any number of times, so pages of history can be added whenever they come. What it
// shows is right when it has, from some seq on, all entries up to now: then every change of what it shows is among them,
// and two devices that have them show the same, whether they were there when it happened or not. So reactions are counted
// from their entries, with everybody's name, and not from the summary that comes with a message.
//
// It is not safe for concurrent use.
type Room struct {
	order []chat.Seq // of what is known of said, ascending
	said  map[chat.Seq]*said
	// typists are those of whom it was told that they are doing something (typing.go).
	typists map[chat.UserID]typist
}

// said is a message, or what is known of one that has not come yet.
type said struct {
	entry   wire.Entry // its Seq is 0 if it has not come yet
	edit    wire.Entry // the entry of the newest edit, if there is one
	deleted bool
	marks   map[chat.UserID]marked
}

// marked is what a user has on a message since seq.
type marked struct {
	seq   chat.Seq
	marks []string
}

// Apply takes an entry. It returns the seq of the message that looks different now: the target of a change, or the entry's
// own.
func (r *Room) Apply(e wire.Entry) chat.Seq {
	switch e.Event {
	case chat.Edited:
		m := r.at(e.Body.Target)
		// Of two with the same version the later one counts: what somebody edits while they are blocked has versions of its own.
		if e.Version > m.edit.Version || e.Version == m.edit.Version && e.Seq > m.edit.Seq {
			m.edit = e
		}
		m.erase(e.Deleted)
	case chat.Deleted:
		r.at(e.Body.Target).erase(true)
	case chat.Reacted:
		r.at(e.Body.Target).react(e)
	case chat.Hidden:
		r.hide(e.Seq)
	default:
		m := r.at(e.Seq)
		if m.entry.Seq == 0 {
			i, _ := slices.BinarySearch(r.order, e.Seq)
			r.order = slices.Insert(r.order, i, e.Seq)
		}
		if m.entry.Seq == 0 || e.Version > m.entry.Version {
			m.entry = e
		}
		m.erase(e.Deleted || m.deleted)
		if e.Seq == r.order[len(r.order)-1] {
			delete(r.typists, e.From) // this is what it was
		}
		return e.Seq
	}
	return cmp.Or(e.Body.Target, e.Seq)
}

// hide forgets what the user is not to see any more.
func (r *Room) hide(seq chat.Seq) {
	if i, ok := slices.BinarySearch(r.order, seq); ok {
		r.order = slices.Delete(r.order, i, i+1)
	}
	delete(r.said, seq)
}

// Messages returns everything that was said, oldest first, and nothing that changed it: messages as history would show
// them now, with everybody who reacted, and what else is in the log, like "created". What is deleted is there without a
// body.
func (r *Room) Messages() []wire.Entry {
	all := make([]wire.Entry, 0, len(r.order))
	for _, seq := range r.order {
		all = append(all, r.said[seq].now())
	}
	return all
}

// Message returns the one with a seq; ok is false if it has not come.
func (r *Room) Message(seq chat.Seq) (e wire.Entry, ok bool) {
	if m := r.said[seq]; m != nil && m.entry.Seq > 0 {
		return m.now(), true
	}
	return wire.Entry{}, false
}

// Marks returns what a user has on a message.
func (r *Room) Marks(seq chat.Seq, user chat.UserID) []string {
	if m := r.said[seq]; m != nil {
		return slices.Clone(m.marks[user].marks)
	}
	return nil
}

func (r *Room) at(seq chat.Seq) *said {
	m := r.said[seq]
	if m == nil {
		m = &said{marks: map[chat.UserID]marked{}}
		if r.said == nil {
			r.said = map[chat.Seq]*said{}
		}
		r.said[seq] = m
	}
	return m
}

func (m *said) react(e wire.Entry) {
	if !m.deleted && e.Seq > m.marks[e.From].seq {
		m.marks[e.From] = marked{e.Seq, e.Body.Reactions}
	}
}

// erase keeps nothing of a message but its place.
func (m *said) erase(deleted bool) {
	if !deleted {
		return
	}
	m.deleted, m.edit = true, wire.Entry{}
	clear(m.marks)
	e := m.entry
	m.entry = wire.Entry{Event: e.Event, Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, From: e.From, To: e.To, At: e.At, Deleted: true}
}

// now is the message with its changes.
func (m *said) now() wire.Entry {
	e := m.entry
	if m.edit.Version > e.Version {
		e.Body.Text, e.Body.Mentions, e.Body.Everybody = m.edit.Body.Text, m.edit.Body.Mentions, m.edit.Body.Everybody
		e.Version, e.Edited = m.edit.Version, m.edit.Edited
	}
	e.Reactions = m.reactions()
	return e
}

// reactions are the marks, the most frequent first, and who has them.
func (m *said) reactions() []wire.Reaction {
	users := map[string][]chat.UserID{}
	for user, has := range m.marks {
		for _, mark := range has.marks {
			users[mark] = append(users[mark], user)
		}
	}
	var all []wire.Reaction
	for mark, have := range users {
		slices.Sort(have)
		all = append(all, wire.Reaction{Mark: mark, Count: len(have), Users: have})
	}
	slices.SortFunc(all, func(a, b wire.Reaction) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Mark, b.Mark))
	})
	return all
}
