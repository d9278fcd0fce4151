package deliver

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
)

// Hint posts a frame of the moment, which is in no log, to every connection of these users. It is best effort: nobody is
// notified, nothing comes again, and a connection that is gone is left for the next entry to find. It needs Sessions, Poster,
// Now and Logger. The error is that of Sessions.
func (d *Deliverer) Hint(ctx context.Context, frame []byte, users []chat.UserID) error {
	sessions, err := d.Sessions.Sessions(ctx, users)
	if err != nil {
		return err
	}
	var connections []chat.ConnectionID
	now := d.Now()
	for _, s := range sessions {
		reachable, _ := s.Reachable(now, "")
		connections = append(connections, reachable...)
	}
	d.Post(ctx, frame, connections)
	return nil
}

// Post posts such a frame to connections and returns those that are no more. It needs Poster and Logger.
func (d *Deliverer) Post(ctx context.Context, frame []byte, connections []chat.ConnectionID) (gone []chat.ConnectionID) {
	var targets []target
	for _, id := range connections {
		targets = append(targets, target{connection: id, frame: frame})
	}
	return d.post(ctx, targets)[""]
}
