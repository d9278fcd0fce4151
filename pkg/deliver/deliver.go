// Package deliver hands an entry to the people it is for: one post to every live connection of every member, and one notice
// to the push function for all members who have none. The sender's other devices are recipients, the sending connection is
// not.
//
// Posting is best effort and never fails a send, because the log is the truth: who misses a post sees the gap at the next
// entry or the next sync. Handing over to SNS and SQS is not: if that fails the sender gets no acknowledgement, sends again,
// and the delivery is done again.
package deliver

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

const (
	// workers is how many posts are in flight at once. 32 posts of 10 to 20 ms each serve 200 members in a tenth of a second.
	workers = 32
	// deadline ends the posts of one delivery: a slow consumer costs its own message, not the acknowledgement.
	deadline = 5 * time.Second
	// tries is how often one post is tried while the gateway says that it is busy.
	tries = 3
)

// notifies says whether an entry wakes the phones of a user. A message of a thread that is shown in the parent does so there. What happens to an earlier message does not, nor to others.
func notifies(e chat.Entry, user chat.UserID) bool {
	switch e.Kind {
	case chat.Message, chat.Created:
		return user != e.From && !e.State.Deleted && !e.State.Expired && !e.Body.InParent
	case chat.Added:
		return slices.Contains(e.Body.Users, user)
	default:
		return false
	}
}

// Deliverer delivers. Its fields are ports; it is safe for concurrent use.
type Deliverer struct {
	Sessions chat.Sessions
	Poster   chat.Poster
	Notifier chat.Notifier
	// Log and Shards are needed for conversations whose members are not in the header.
	Log    chat.Log
	Shards chat.Shards
	// Absences is told who turns out to have no connection any more; nil tells nobody.
	Absences chat.Absences
	Now      func() time.Time
	Logger   *slog.Logger
}

// Deliver hands e to every member of c who may see that it exists, and only its place to those who may not see the rest. Members
// of a large conversation are served by the fanout function. Who was just removed still hears of that.
func (d *Deliverer) Deliver(ctx context.Context, c chat.Conversation, e chat.Entry, except chat.ConnectionID) error {
	if c.Large() {
		return d.share(ctx, c, e, except)
	}
	seats := make([]chat.Seat, 0, len(c.Members))
	for user, place := range c.Members {
		seats = append(seats, chat.Seat{User: user, Place: place})
	}
	users, blind := audience(c, e, append(seats, gone(c, e)...))
	return d.DeliverTo(ctx, c, e, users, blind, except)
}

// gone are those whom an entry removes.
func gone(c chat.Conversation, e chat.Entry) []chat.Seat {
	var users []chat.UserID
	switch e.Kind {
	case chat.Removed:
		users = e.Body.Users
	case chat.Left:
		users = []chat.UserID{e.From}
	default: // nobody
	}
	var seats []chat.Seat
	for _, user := range users {
		if _, back := c.Members[user]; !back { // on a resend, somebody may be
			seats = append(seats, chat.Seat{User: user})
		}
	}
	return seats
}

// audience divides members into those who get the entry and those who are told only that there is one. Whoever came later
// gets neither, nor does whoever blocked its sender, or has not accepted what a stranger writes.
func audience(c chat.Conversation, e chat.Entry, seats []chat.Seat) (users, blind []chat.UserID) {
	for _, seat := range seats {
		switch {
		case e.Seq < seat.From, !c.Reaches(seat.User, e):
		case e.For(seat.User, seat.Place).Kind == chat.Hidden:
			blind = append(blind, seat.User)
		default:
			users = append(users, seat.User)
		}
	}
	return users, blind
}

// share queues the members in shards.
func (d *Deliverer) share(ctx context.Context, c chat.Conversation, e chat.Entry, except chat.ConnectionID) error {
	var shards []chat.Share
	hand := func(seats []chat.Seat) {
		users, blind := audience(c, e, seats)
		if len(users)+len(blind) > 0 {
			shards = append(shards, chat.Share{Conversation: c.ID, Seq: e.Seq, Users: users, Blind: blind, Except: except})
		}
	}
	hand(gone(c, e))
	var after chat.UserID
	for {
		// Strongly, because who is no member any more hears nothing.
		seats, err := d.Log.Members(ctx, c.ID, after, chat.Shard, chat.Strong)
		if err != nil {
			return err
		}
		hand(seats)
		if len(seats) < chat.Shard {
			return d.Shards.Hand(ctx, shards)
		}
		after = seats[len(seats)-1].User
	}
}

// target is one connection to post to. One whose token has expired is only told so, and forgotten: its client connects again
// with a fresh token and catches up, and whoever has none hears nothing more.
type target struct {
	user       chat.UserID
	connection chat.ConnectionID
	frame      []byte
	expired    bool
}

// DeliverTo hands e to these users, and to the blind ones that there is an entry.
func (d *Deliverer) DeliverTo(ctx context.Context, c chat.Conversation, e chat.Entry, users, blind []chat.UserID, except chat.ConnectionID) error {
	frame, err := wire.Encode(wire.FromEntry(e))
	if err != nil {
		return err
	}
	placeholder, err := wire.Encode(wire.FromEntry(chat.Entry{Conversation: e.Conversation, Seq: e.Seq, Kind: chat.Hidden}))
	if err != nil {
		return err
	}
	sessions, err := d.Sessions.Sessions(ctx, slices.Concat(users, blind))
	if err != nil {
		return err
	}
	now := d.Now()
	gone, err := d.reach(ctx, now, sessions, except, func(i int) []byte {
		if i < len(users) {
			return frame
		}
		return placeholder
	})
	if err != nil {
		return err
	}
	var offline []chat.UserID
	for _, s := range sessions[:len(users)] {
		if notifies(e, s.User) && len(s.Live(now)) == len(gone[s.User]) {
			offline = append(offline, s.User)
		}
	}
	if len(offline) == 0 {
		return nil
	}
	return d.Notifier.Notify(ctx, chat.Notice{Conversation: e.Conversation, Parent: c.Parent, Seq: e.Seq, Title: c.Title(), Users: offline})
}

// reach posts to the connections of sessions, except one: those of the i-th get frame(i), or only the news that their token
// has expired. It forgets those that are no more, and returns them.
func (d *Deliverer) reach(ctx context.Context, now time.Time, sessions []chat.Session, except chat.ConnectionID, frame func(i int) []byte) (map[chat.UserID][]chat.ConnectionID, error) {
	expired, err := wire.Encode(wire.NewError("", &chat.Error{Code: chat.Unauthenticated}))
	if err != nil {
		return nil, err
	}
	var targets []target
	for i, s := range sessions {
		reachable, stale := s.Reachable(now, except)
		for _, id := range reachable {
			targets = append(targets, target{s.User, id, frame(i), false})
		}
		for _, id := range stale {
			targets = append(targets, target{s.User, id, expired, true})
		}
	}
	gone := d.post(ctx, targets)
	d.prune(ctx, now, gone)
	d.absent(ctx, now, sessions, gone)
	return gone, nil
}

// post sends every target its frame and returns the connections of each user that are no more.
func (d *Deliverer) post(ctx context.Context, targets []target) map[chat.UserID][]chat.ConnectionID {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	gone := map[chat.UserID][]chat.ConnectionID{}
	failed := 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	queue := make(chan target)
	for range min(workers, len(targets)) {
		wg.Go(func() {
			for t := range queue {
				var err error
				if t.expired {
					_ = d.Poster.Post(ctx, t.connection, t.frame) // whatever comes of it, it is the last
				} else if err = d.postOne(ctx, t.connection, t.frame); err == nil {
					continue
				}
				mu.Lock()
				if t.expired || errors.Is(err, chat.ErrGone) {
					gone[t.user] = append(gone[t.user], t.connection)
				} else {
					failed++
				}
				mu.Unlock()
			}
		})
	}
	for _, t := range targets {
		queue <- t
	}
	close(queue)
	wg.Wait()
	if failed > 0 {
		d.Logger.WarnContext(ctx, "posts failed", "failed", failed, "posts", len(targets))
	}
	return gone
}

// postOne tries again while the gateway is busy, each connection by itself: one slow consumer must not slow a room.
func (d *Deliverer) postOne(ctx context.Context, connection chat.ConnectionID, frame []byte) error {
	for try := 1; ; try++ {
		err := d.Poster.Post(ctx, connection, frame)
		if !errors.Is(err, chat.ErrBusy) || try == tries {
			return err
		}
		select {
		case <-time.After(rand.N(time.Duration(try) * 100 * time.Millisecond)):
		case <-ctx.Done():
			return err
		}
	}
}

// prune forgets exactly the connections that are gone. If that fails the next delivery finds them again.
func (d *Deliverer) prune(ctx context.Context, now time.Time, gone map[chat.UserID][]chat.ConnectionID) {
	for user, connections := range gone {
		if err := d.Sessions.Disconnect(ctx, user, now, connections...); err != nil {
			d.Logger.WarnContext(ctx, "prune failed", "error", err)
		}
	}
}

// absent tells whose connections were found dead if that changes how present they are. If it fails, those who watch them find
// out when they watch anew.
func (d *Deliverer) absent(ctx context.Context, now time.Time, sessions []chat.Session, gone map[chat.UserID][]chat.ConnectionID) {
	for _, s := range sessions {
		if d.Absences == nil || len(gone[s.User]) == 0 {
			continue
		}
		rest := s.Settled()
		for _, id := range gone[s.User] {
			rest = rest.Without(id)
		}
		if !chat.News(s.Told(now), rest.Presence(now)) {
			continue
		}
		if err := d.Absences.Hand(ctx, chat.Absence{User: s.User, Left: now.UnixMilli()}); err != nil {
			d.Logger.WarnContext(ctx, "absence not handed over", "error", err)
		}
	}
}
