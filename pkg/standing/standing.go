// Package standing keeps how far members are in their conversations and what they have chosen for them, and tells those who
// are to know: start at [Keeper.Receipts].
//
// A cursor is one number, stored with the member, that only grows. What others may know of it is told live where that is cheap,
// and can be asked for with seen elsewhere; what is unread is derived from it by chat.View.Unread, here and on every device.
package standing

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// Teller tells connections, best effort.
type Teller interface {
	// Post posts a frame to connections.
	Post(ctx context.Context, frame []byte, connections []chat.ConnectionID) (gone []chat.ConnectionID)
	// Timers tells all members which timers have started.
	Timers(ctx context.Context, c chat.Conversation, started []chat.Started)
}

// Keeper keeps standings. Its fields are ports.
type Keeper struct {
	Log       chat.Log
	Standings chat.Standings
	Sessions  chat.Sessions
	Pairs     chat.Pairs
	Teller    Teller
	Now       func() time.Time
}

// reach are the connections of a session that a frame can be posted to, except one.
func (k *Keeper) reach(s chat.Session, except chat.ConnectionID) []chat.ConnectionID {
	connections, _ := s.Reachable(k.Now(), except)
	return connections
}
