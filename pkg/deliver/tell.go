package deliver

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Tell posts a frame to every live connection of one user but one: what a user does that concerns nobody else. It is best
// effort: what is told so is found again in what devices ask for when they connect.
func (d *Deliverer) Tell(ctx context.Context, user chat.UserID, frame []byte, except chat.ConnectionID) {
	sessions, err := d.Sessions.Sessions(ctx, []chat.UserID{user})
	if err != nil {
		d.Logger.WarnContext(ctx, "own devices not told", "error", err)
		return
	}
	expired, err := wire.Encode(wire.NewError("", &chat.Error{Code: chat.Unauthenticated}))
	if err != nil {
		d.Logger.WarnContext(ctx, "own devices not told", "error", err)
		return
	}
	now := d.Now()
	var targets []target
	for _, connection := range sessions[0].Live(now) {
		switch {
		case connection.ID == except:
		case connection.Expired(now):
			targets = append(targets, target{user, connection.ID, expired, true})
		default:
			targets = append(targets, target{user, connection.ID, frame, false})
		}
	}
	d.prune(ctx, now, d.post(ctx, targets))
}
