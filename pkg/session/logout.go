package session

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Devices forgets where a device is notified.
type Devices interface {
	Unregister(ctx context.Context, who chat.Identity, q wire.Unregister) (wire.Registered, error)
}

// Logout ends what the caller's device has: first its notifications, so that nothing that follows can leave a phone ringing
// for somebody else, then its connections. Those who watch are told at once. Other connections of the device are closed; the
// one that asked gets the reply and no entry after it, and its client closes it: a function cannot do that once it has replied.
// Repeating it is no error. The token is the issuer's to revoke.
func (k *Keeper) Logout(ctx context.Context, who chat.Identity, _ wire.Logout) (wire.LoggedOut, error) {
	if who.Device != "" {
		if _, err := k.Devices.Unregister(ctx, who, wire.Unregister{}); err != nil {
			return wire.LoggedOut{}, err
		}
	}
	sessions, err := k.Presences.Present(ctx, []chat.UserID{who.User})
	if err != nil {
		return wire.LoggedOut{}, err
	}
	now := k.Now()
	told := sessions[0].Told(now)
	ended := []chat.ConnectionID{who.Connection}
	for _, c := range sessions[0].Connections {
		if c.ID != who.Connection && c.Device == who.Device && who.Device != "" {
			ended = append(ended, c.ID)
		}
	}
	s, err := k.Presences.Quit(ctx, who.User, now, ended...)
	if err != nil {
		return wire.LoggedOut{}, err
	}
	k.Board.Announce(ctx, told, s)
	for _, id := range ended[1:] {
		_ = k.Poster.Close(ctx, id) // it gets nothing any more in any case
	}
	return wire.LoggedOut{Device: who.Device}, nil
}
