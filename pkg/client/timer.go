package client

import (
	"context"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
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

// Start takes when messages disappear whose timers have started.
func (r *Room) Start(t Timers) {
	for _, d := range t.Messages {
		if until, err := wire.ParseTime(d.Until); err == nil && r.at(d.Seq).gone == standing {
			r.at(d.Seq).due = until
		}
	}
}

// Waiting returns the messages whose timers had not started when this was last told, oldest first. While there was no connection
// they may have: after a CaughtUp, ask Refresh about them.
func (r *Room) Waiting() []chat.Seq {
	var all []chat.Seq
	for _, seq := range r.order {
		if m := r.said[seq]; m.entry.Timer != nil && m.entry.Timer.From == chat.SinceRead && m.due.IsZero() {
			all = append(all, seq)
		}
	}
	return all
}

// Refresh asks what messages of a conversation, oldest first, say now; a Room takes the entries with Apply. It asks for a page of
// history for each chat.DefaultHistory entries at most, and only where there are such messages. With an error come those that it has.
func (c *Client) Refresh(ctx context.Context, conversation chat.ConversationID, seqs ...chat.Seq) ([]wire.Entry, error) {
	var all []wire.Entry
	for len(seqs) > 0 {
		last := seqs[len(seqs)-1]
		limit := min(chat.DefaultHistory, int(last-seqs[0])+1)
		page, err := c.History(ctx, conversation, last+1, limit)
		if err != nil {
			return all, err
		}
		for _, e := range page.Entries {
			if _, asked := slices.BinarySearch(seqs, e.Seq); asked {
				all = append(all, e)
			}
		}
		if len(page.Entries) == 0 {
			break // the user may not see them any more
		}
		n, _ := slices.BinarySearch(seqs, page.Entries[0].Seq) // long entries make a page shorter than its limit
		seqs = seqs[:min(n, len(seqs)-1)]
	}
	return all, nil
}
