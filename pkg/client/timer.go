package client

import (
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// Expire takes away what the messages said whose time is over, by the clock of the program. It returns their seqs, and when to
// call it again: the zero time if nothing is known to be due.
func (r *Room) Expire(now time.Time) (gone []chat.Seq, next time.Time) {
	for _, seq := range r.order {
		m := r.said[seq]
		switch {
		case m.due.IsZero():
		case !now.Before(m.due):
			m.erase(expired)
			gone = append(gone, seq)
		case next.IsZero() || m.due.Before(next):
			next = m.due
		}
	}
	return gone, next
}

// Read starts the timers of the messages up to a seq that count from when somebody else first reads them: somebody did, at a
// time. What was read before keeps its time.
func (r *Room) Read(reader chat.UserID, to chat.Seq, at time.Time) {
	for _, seq := range r.order {
		if seq > to {
			return
		}
		m := r.said[seq]
		if t := m.entry.Timer; t != nil && t.From == chat.SinceRead && m.entry.From != reader && m.due.IsZero() {
			m.due = at.Add(time.Duration(t.After) * time.Second)
		}
	}
}
