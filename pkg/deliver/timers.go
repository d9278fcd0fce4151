package deliver

import (
	"context"
	"maps"
	"slices"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Timers tells every connection of every member, the reader's own too, which timers have started: one frame for each
// chat.MaxTimers. It is best effort, like Hint, and needs the same: whoever misses it finds it in the messages when they come back.
// Nobody is told in a large conversation. It costs half a read unit for each member, and the posts.
func (d *Deliverer) Timers(ctx context.Context, c chat.Conversation, started []chat.Started) {
	users := slices.Collect(maps.Keys(c.Members))
	if len(users) == 0 {
		return
	}
	for some := range slices.Chunk(started, chat.MaxTimers) {
		frame, err := wire.Encode(wire.NewTimers(c.ID, some))
		if err == nil {
			err = d.Hint(ctx, frame, users)
		}
		if err != nil {
			d.Logger.WarnContext(ctx, "timers not told", "error", err)
			return
		}
	}
}
