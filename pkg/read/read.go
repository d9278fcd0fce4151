// Package read answers what a device asks of the log: what it missed, older pages, the list of conversations, the members.
// Every answer fits one frame, which API Gateway bills as one message; what does not fit is asked for again.
package read

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

const (
	// room is what an answer may hold, in bytes, so that with the reply around it, at most 460, it fits a frame. One entry
	// of wire.MaxEntry always finds room.
	room = chat.MaxFrame - 512
	// overhead is what surrounds the entries of one conversation in a sync, at most.
	overhead = 150
	// batch is how many entries are read at a time: about what a frame holds of short messages.
	batch = 200
	// readers is how many conversations are read at once.
	readers = 16
)

// Reader reads.
type Reader struct {
	Log       chat.Log
	Sessions  chat.Sessions
	Standings chat.Standings
	Pairs     chat.Pairs
	Silences  chat.Silences
	Now       func() time.Time
}

// each calls f for all of a list at once, a few at a time, and returns the results in their order.
func each[A, T any](ctx context.Context, all []A, f func(context.Context, A) (T, error)) ([]T, error) {
	out := make([]T, len(all))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, one := range all {
		group.Go(func() (err error) {
			out[i], err = f(ctx, one)
			return err
		})
	}
	return out, group.Wait()
}

// size is what an entry takes in a frame, its separating comma included.
func size(e wire.Entry) (int, error) {
	b, err := wire.Encode(e)
	return len(b) + 1, err
}
