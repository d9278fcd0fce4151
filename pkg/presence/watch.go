package presence

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// writers is how many users are watched at once.
const writers = 16

// Watch registers the caller's connection with each of these users and returns their presence. It costs a write unit or more
// for each (see chat.Watchers), one read unit for the session of each, and one for their relation to the caller. Who has
// blocked the caller, or is blocked, is not registered, and looks like somebody who is not there.
func (b *Board) Watch(ctx context.Context, who chat.Identity, q wire.Watch) (wire.Watched, error) {
	now := b.Now()
	pairs, err := b.Pairs.Between(ctx, who.User, q.Users)
	if err != nil {
		return wire.Watched{}, err
	}
	until := now.Add(chat.ConnectionLife + chat.ConnectionMargin)
	if !who.Expires.IsZero() && who.Expires.Before(until) {
		until = who.Expires
	}
	watcher := chat.Watcher{User: who.User, Device: who.Device, Connection: who.Connection, Until: until}
	added := make([]bool, len(q.Users))
	group, writing := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for i, user := range q.Users {
		if added[i] = pairs[i].Apart(); added[i] {
			continue // they hear of nobody that this is so
		}
		group.Go(func() (err error) {
			added[i], err = b.Watchers.Watch(writing, user, watcher, now)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return wire.Watched{}, err
	}
	sessions, err := b.Presences.Present(ctx, q.Users)
	if err != nil {
		return wire.Watched{}, err
	}
	var out wire.Watched
	for i, s := range sessions {
		out.Presences = append(out.Presences, wire.FromShown(s.To(pairs[i], now), now))
		if !added[i] {
			out.Full = append(out.Full, s.User)
		}
	}
	return out, nil
}

// Unwatch removes the caller's connection again, for a write each.
func (b *Board) Unwatch(ctx context.Context, who chat.Identity, q wire.Unwatch) (wire.Unwatched, error) {
	watcher := chat.Watcher{User: who.User, Device: who.Device, Connection: who.Connection}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for _, user := range q.Users {
		group.Go(func() error { return b.Watchers.Unwatch(ctx, user, watcher) })
	}
	return wire.Unwatched{}, group.Wait()
}
