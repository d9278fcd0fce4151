package app

import (
	"context"

	"github.com/parley-im/parley/events"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// hello tells a client who it is to the server, what time it is there and what the limits are: those that are published,
// from the very file.
func hello(_ context.Context, who chat.Identity, _ wire.Hello) (wire.Welcome, error) {
	limits, err := events.Limits()
	if err != nil {
		return wire.Welcome{}, err
	}
	w := wire.Welcome{
		User: who.User, Device: who.Device, Now: wire.Time(now()), Expires: wire.Time(who.Expires),
		Limits: map[string]int64{}, Version: Version,
	}
	for _, l := range limits {
		w.Limits[l.Name] = l.Value
	}
	return w, nil
}
