package deliver

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
)

// Tell posts a frame to the live connections of one user, except one. It is for what is in no log: whoever misses it asks
// when they connect. So that it fails is noted and no error. It costs half a read unit and the posts.
func (d *Deliverer) Tell(ctx context.Context, user chat.UserID, frame []byte, except chat.ConnectionID) {
	sessions, err := d.Sessions.Sessions(ctx, []chat.UserID{user})
	if err == nil {
		_, err = d.reach(ctx, d.Now(), sessions, except, func(int) []byte { return frame })
	}
	if err != nil {
		d.Logger.WarnContext(ctx, "devices not told", "error", err)
	}
}
