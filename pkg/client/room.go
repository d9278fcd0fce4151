package client

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

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
	// cleared is up to where nothing is shown any more.
	cleared chat.Seq
	// typists are those of whom it was told that they are doing something (typing.go).
	typists map[chat.UserID]typist
}

// said is a message, or what is known of one that has not come yet.
type said struct {
	entry  wire.Entry // its Seq is 0 if it has not come yet
	edit   wire.Entry // the entry of the newest edit, if there is one
	gone   gone
	hidden bool // from the user
	thread chat.ConversationID
	pin    pinned
	marks  map[chat.UserID]marked
	due    time.Time // when it disappears; zero if that is not known
}

// gone is why there is nothing left of a message but its place.
type gone int

const (
	standing gone = iota
	expired
	deleted
)

// marked is what a user has on a message since seq.
type marked struct {
	seq   chat.Seq
	marks []string
}

// pinned is whether a message is pinned, since seq.
type pinned struct {
	seq chat.Seq
	on  bool
}

// Apply takes an entry. It returns the seq of the message that looks different now: the target of a change, or the entry's
// own.
func (r *Room) Apply(e wire.Entry) chat.Seq {
	if at := cmp.Or(e.Body.Target, e.Seq); at <= r.cleared {
		return at
	}
	switch e.Event {
	case chat.Edited:
		m := r.at(e.Body.Target)
		// Of two with the same version the later one counts: what somebody edits while they are blocked has versions of its own.
		newer := e.Version > m.edit.Version || e.Version == m.edit.Version && e.Seq > m.edit.Seq
		if newer && m.gone == standing {
			m.edit = e
		}
		m.erase(lost(e))
	case chat.Deleted:
		r.at(e.Body.Target).erase(deleted)
	case chat.Reacted:
		r.at(e.Body.Target).react(e)
	case chat.Pinned:
		if m := r.at(e.Body.Target); e.Seq > m.pin.seq {
			m.pin = pinned{e.Seq, !e.Body.Off}
		}
	case chat.Threaded:
		r.at(e.Body.Target).thread = e.Body.Thread
	case chat.Hidden:
		r.Hide(e.Seq)
	default:
		r.say(e)
		if n := len(r.order); n > 0 && e.Seq == r.order[n-1] {
			delete(r.typists, e.From) // this is what it was
		}
	}
	return cmp.Or(e.Body.Target, e.Seq)
}

// say takes what was said.
func (r *Room) say(e wire.Entry) {
	m := r.at(e.Seq)
	if m.hidden {
		return
	}
	if m.entry.Seq == 0 {
		i, _ := slices.BinarySearch(r.order, e.Seq)
		r.order = slices.Insert(r.order, i, e.Seq)
	}
	if m.entry.Seq == 0 || e.Version > m.entry.Version {
		m.entry = e
	}
	m.thread = cmp.Or(m.thread, e.Thread)
	if until, err := wire.ParseTime(e.Until); err == nil {
		m.due = until
	}
	m.erase(max(m.gone, lost(e)))
}

// lost is why an entry shows nothing of its message.
func lost(e wire.Entry) gone {
	switch {
	case e.Deleted:
		return deleted
	case e.Expired:
		return expired
	default:
		return standing
	}
}

// Hide forgets messages that the user is not to see any more, and does not take them again.
func (r *Room) Hide(seqs ...chat.Seq) {
	for _, seq := range seqs {
		if i, ok := slices.BinarySearch(r.order, seq); ok {
			r.order = slices.Delete(r.order, i, i+1)
		}
		r.at(seq).hidden = true
		r.said[seq].entry, r.said[seq].edit = wire.Entry{}, wire.Entry{}
	}
}

// Clear forgets everything up to a seq, and does not take it again.
func (r *Room) Clear(upTo chat.Seq) {
	r.cleared = max(r.cleared, upTo)
	r.order = slices.DeleteFunc(r.order, func(seq chat.Seq) bool { return seq <= r.cleared })
	maps.DeleteFunc(r.said, func(seq chat.Seq, _ *said) bool { return seq <= r.cleared })
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
	if m := r.said[seq]; m != nil && m.entry.Seq > 0 && !m.hidden {
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
	if m.gone == standing && e.Seq > m.marks[e.From].seq {
		m.marks[e.From] = marked{e.Seq, e.Body.Reactions}
	}
}

// erase keeps nothing of a message but its place.
func (m *said) erase(why gone) {
	if why == standing {
		return
	}
	m.gone, m.edit, m.due = max(m.gone, why), wire.Entry{}, time.Time{}
	clear(m.marks)
	e := m.entry
	m.entry = wire.Entry{
		Event: e.Event, Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, From: e.From, To: e.To, At: e.At,
		Deleted: m.gone == deleted, Expired: m.gone == expired,
	}
}

// now is the message with its changes.
func (m *said) now() wire.Entry {
	e := m.entry
	if m.edit.Version > e.Version {
		e.Body.Text, e.Body.Mentions, e.Body.Everybody = m.edit.Body.Text, m.edit.Body.Mentions, m.edit.Body.Everybody
		e.Version, e.Edited = m.edit.Version, m.edit.Edited
	}
	e.Reactions, e.Thread = m.reactions(), m.thread
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
