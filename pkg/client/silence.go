package client

import (
	"context"
	"maps"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Silenced tells that the user has muted or blocked somebody, or not any more, on this device or another one, or that the time of a
// mute is over: so what is unread may be another everywhere. Ask Unread again; Blocked and Muted tell who it is.
type Silenced struct{}

func (Silenced) event() {}

// Muted lists all whom the user has muted, in the order of their ids, without those whose time is over.
func (c *Client) Muted(ctx context.Context) ([]wire.MutedLine, error) {
	var all []wire.MutedLine
	for next := chat.UserID(""); ; {
		q := wire.Muted{Relations: c.relations("muted", next)}
		var page wire.MutedList
		err := c.ask(ctx, q.Ref, q, &page)
		all = append(all, page.Muted...)
		if err != nil || page.Next == "" {
			return all, err
		}
		next = page.Next
	}
}

// silences is whom the user does not want to hear. tally guards it.
type silences struct {
	blocked map[chat.UserID]bool
	muted   map[chat.UserID]time.Time
	// changes counts what was told one by one: what was listed meanwhile may be older. listed means that a list was taken.
	changes int
	listed  bool
}

func (s *silences) block(user chat.UserID) {
	if s.blocked == nil {
		s.blocked = map[chat.UserID]bool{}
	}
	s.blocked[user] = true
}

func (s *silences) mute(user chat.UserID, until time.Time) {
	if s.muted == nil {
		s.muted = map[chat.UserID]time.Time{}
	}
	s.muted[user] = until
}

// at is those who do not count at a time.
func (s *silences) at(now time.Time) map[chat.UserID]bool {
	silent := make(map[chat.UserID]bool, len(s.blocked)+len(s.muted))
	for user := range s.blocked {
		silent[user] = true
	}
	for user, until := range s.muted {
		if until.After(now) {
			silent[user] = true
		}
	}
	return silent
}

// keepSilence knows whom the user has muted and blocked: it asks when the client has caught up, and notes when a mute is over.
func (c *Client) keepSilence() {
	over := time.NewTimer(0)
	defer over.Stop()
	for {
		select {
		case <-c.life.Done():
			return
		case <-c.listing:
			c.listSilences()
		case <-c.silenced:
		case <-over.C:
		}
		now := time.Now()
		if c.tally.expire(now) {
			c.queue.push(Silenced{})
		}
		over.Stop()
		if next := c.tally.nextExpiry(); !next.IsZero() {
			over.Reset(next.Sub(now))
		}
	}
}

// listSilences asks whom the user has muted and blocked, again if that changes meanwhile.
func (c *Client) listSilences() {
	for {
		before := c.tally.silenceChanges()
		blocked, err := c.Blocked(c.life)
		if err != nil {
			c.log.Warn("blocked not listed", "error", err)
			return
		}
		muted, err := c.Muted(c.life)
		if err != nil {
			c.log.Warn("muted not listed", "error", err)
			return
		}
		if changed, ok := c.tally.list(blocked, muted, before); ok {
			if changed {
				c.queue.push(Silenced{})
			}
			return
		}
	}
}

// related takes what was decided about a user, here or on another device.
func (c *Client) related(r wire.Related) {
	c.tally.relate(r)
	c.queue.push(Silenced{})
	signal(c.silenced)
}

// relate takes what was decided about a user. What the server counted before does not hold any more.
func (t *tally) relate(r wire.Related) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.silent.changes++
	if r.Blocked != nil && *r.Blocked {
		t.silent.block(r.User)
	} else if r.Blocked != nil {
		delete(t.silent.blocked, r.User)
	}
	if until, err := wire.ParseTime(r.Muted); err == nil && until.After(time.Now()) {
		t.silent.mute(r.User, until)
	} else if err == nil {
		delete(t.silent.muted, r.User)
	}
	t.recount()
}

// recount gives up what the server has counted, but where everything is read.
func (t *tally) recount() {
	for _, r := range t.rows {
		if r.view.Marked > 0 || r.view.Read < r.baseHead {
			r.base = nil
		}
	}
}

// silenceChanges counts what was told one by one.
func (t *tally) silenceChanges() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.silent.changes
}

// list takes all whom the user has blocked and muted; ok is false if something has changed since there were so many changes. The
// first list says nothing new about what the server has counted, with the same people in mind.
func (t *tally) list(blocked []wire.BlockedLine, muted []wire.MutedLine, changes int) (changed, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.silent.changes != changes {
		return false, false
	}
	was := t.silent
	t.silent = silences{changes: changes, listed: true}
	for _, l := range blocked {
		t.silent.block(l.User)
	}
	for _, l := range muted {
		if until, err := wire.ParseTime(l.Until); err == nil {
			t.silent.mute(l.User, until)
		}
	}
	changed = !maps.Equal(was.blocked, t.silent.blocked) || !maps.EqualFunc(was.muted, t.silent.muted, time.Time.Equal)
	if changed && was.listed {
		t.recount()
	}
	return changed, true
}

// expire forgets those who are not muted any more and reports whether there were any.
func (t *tally) expire(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := len(t.silent.muted)
	maps.DeleteFunc(t.silent.muted, func(_ chat.UserID, until time.Time) bool { return !until.After(now) })
	if len(t.silent.muted) == before {
		return false
	}
	t.recount()
	return true
}

// nextExpiry is when the next mute is over; zero if none will be.
func (t *tally) nextExpiry() (next time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, until := range t.silent.muted {
		if until.Before(chat.Forever) && (next.IsZero() || until.Before(next)) {
			next = until
		}
	}
	return next
}
