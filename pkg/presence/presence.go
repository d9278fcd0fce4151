// Package presence tells people whether others are there. It tells only those who asked to watch, only of changes, and only
// what they may see: nothing of who has blocked them or whom they have blocked, and when somebody was last seen only within
// the audience that somebody chose.
//
// What a presence is follows from the session ([chat.Session.Presence]). Who changes a session knows what it was before and
// after ([chat.Session.Told]); if that differs, and only then, the watchers are read and told (Announce). Whoever watches is
// registered first and reads the session then, both strongly: so a change is in what is read, or is told.
package presence

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// deadline ends an announcement: it happens while somebody connects, who is not to wait for it.
const deadline = 2 * time.Second

// Poster posts a frame to connections and returns those that are no more.
type Poster interface {
	Post(ctx context.Context, frame []byte, connections []chat.ConnectionID) (gone []chat.ConnectionID)
}

// Board is where presence is shown. Its fields are ports; it is safe for concurrent use.
type Board struct {
	Presences chat.Presences
	Watchers  chat.Watchers
	Pairs     chat.Pairs
	Poster    Poster
	Now       func() time.Time
	Logger    *slog.Logger
}

// Announce tells those who watch a user what the session is now if they were told something else before. It costs one read
// unit for each 4 KB of watchers, one for each watcher, and a post to each. It is best effort: who is not told finds out when
// they watch anew, at the latest with their next connection.
func (b *Board) Announce(ctx context.Context, told chat.Shown, s chat.Session) {
	now := b.Now()
	if !chat.News(told, s.Presence(now)) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if err := b.announce(ctx, s, now); err != nil {
		b.Logger.WarnContext(ctx, "presence not announced", "error", err)
	}
}

func (b *Board) announce(ctx context.Context, s chat.Session, now time.Time) error {
	watchers, err := b.Watchers.Watchers(ctx, s.User)
	if err != nil {
		return err
	}
	watchers = slices.DeleteFunc(watchers, func(w chat.Watcher) bool { return !now.Before(w.Until) })
	if len(watchers) == 0 {
		return nil
	}
	users := make([]chat.UserID, len(watchers))
	for i, w := range watchers {
		users[i] = w.User
	}
	pairs, err := b.Pairs.Between(ctx, s.User, users)
	if err != nil {
		return err
	}
	frames := map[chat.Shown][]chat.ConnectionID{}
	for i, w := range watchers {
		// Seen from the watcher, what the user decided is theirs.
		if p := (chat.Pair{Ours: pairs[i].Theirs, Theirs: pairs[i].Ours}); !p.Apart() {
			shown := s.To(p, now)
			frames[shown] = append(frames[shown], w.Connection)
		}
	}
	var gone []chat.ConnectionID
	for shown, connections := range frames { // one, or two if not everybody may know when somebody was last seen
		frame, err := wire.Encode(wire.NewChanged(shown, now))
		if err != nil {
			return err
		}
		gone = append(gone, b.Poster.Post(ctx, frame, connections)...)
	}
	watchers = slices.DeleteFunc(watchers, func(w chat.Watcher) bool { return !slices.Contains(gone, w.Connection) })
	return b.Watchers.Unwatch(ctx, s.User, watchers...)
}

// Part shows each of two people, one of whom has blocked the other, to the other one as somebody who is not there, and has them
// watch each other no more. It costs the watchers of both (one read unit for each 4 KB), and for each connection by which one
// watched the other a post and a write. It is best effort like Announce. To be repeated it needs nothing: who is apart cannot
// watch.
func (b *Board) Part(ctx context.Context, one, other chat.UserID) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if err := errors.Join(b.conceal(ctx, one, other), b.conceal(ctx, other, one)); err != nil {
		b.Logger.WarnContext(ctx, "presence not concealed", "error", err)
	}
}

// conceal ends that somebody watches a user.
func (b *Board) conceal(ctx context.Context, user, from chat.UserID) error {
	watchers, err := b.Watchers.Watchers(ctx, user)
	if err != nil {
		return err
	}
	watchers = slices.DeleteFunc(watchers, func(w chat.Watcher) bool { return w.User != from })
	if len(watchers) == 0 {
		return nil
	}
	now := b.Now()
	var connections []chat.ConnectionID
	for _, w := range watchers {
		if now.Before(w.Until) {
			connections = append(connections, w.Connection)
		}
	}
	frame, err := wire.Encode(wire.NewChanged(chat.Concealed(user), now))
	if err != nil {
		return err
	}
	if err := b.Watchers.Unwatch(ctx, user, watchers...); err != nil {
		return err
	}
	b.Poster.Post(ctx, frame, connections)
	return nil
}

// Lapse tells how present somebody is a connection of whom left chat.Grace ago, unless they are back. It may be repeated: if it
// was cut off before everybody was told, it tells them then.
func (b *Board) Lapse(ctx context.Context, a chat.Absence) error {
	left := time.UnixMilli(a.Left)
	s, err := b.Presences.Lapse(ctx, a.User, left)
	if err != nil || !s.Left.IsZero() && !s.Left.Equal(left) {
		return err // they have left again since, and that will be told
	}
	now := b.Now()
	rest := s.Settled()
	shown := rest.Presence(now)
	gone := shown.Presence == chat.Offline && !(s.Status.Presence == chat.Invisible && s.Status.Lasts(now))
	if gone || chat.News(s.Told(now), shown) {
		return b.announce(ctx, rest, now)
	}
	return nil
}
