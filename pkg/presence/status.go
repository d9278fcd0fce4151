package presence

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Status chooses the presence of the caller, or of the caller's device, and tells those who watch if that changes what they
// see. It costs one write, and what Announce does. Errors: forbidden if the connection was logged out.
func (b *Board) Status(ctx context.Context, who chat.Identity, q wire.SetStatus) (wire.Chosen, error) {
	now := b.Now()
	var until time.Time
	if q.For != nil {
		until = now.Add(time.Duration(*q.For) * time.Second)
	}
	var before, after chat.Session
	var err error
	switch {
	case q.Status == chat.Away, q.Scope == wire.ScopeDevice:
		before, after, err = b.Presences.SetAway(ctx, who.User, who.Connection, q.Status == chat.Away, now)
	case q.Status == chat.Online:
		before, after, err = b.Presences.SetStatus(ctx, who.User, who.Connection, chat.Status{}, now)
	default:
		before, after, err = b.Presences.SetStatus(ctx, who.User, who.Connection, chat.Status{Presence: q.Status, Until: until}, now)
	}
	if err != nil {
		return wire.Chosen{}, err
	}
	b.Announce(ctx, before.Told(now), after)
	return wire.NewChosen(q.Status, until), nil
}
