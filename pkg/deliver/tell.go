package deliver

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
)

// Post posts a frame of the moment, which is in no log, to connections and returns those that are no more. It is best effort:
// nobody is notified and nothing comes again. It needs Poster and Logger.
func (d *Deliverer) Post(ctx context.Context, frame []byte, connections []chat.ConnectionID) (gone []chat.ConnectionID) {
	var targets []target
	for _, id := range connections {
		targets = append(targets, target{connection: id, frame: frame})
	}
	return d.post(ctx, targets)[""]
}
