// Package session keeps track of who is connected. A connection is written once when it comes and once when it goes;
// presence follows from what is there. $disconnect is best effort, so a connection also ends when a post to it answers 410
// (see deliver) and when it is older than API Gateway lets any live (chat.Session.Live).
package session

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Board tells those who watch somebody of a change.
type Board interface {
	// Announce tells what the session shows now if that differs from what they were told before. It does not fail.
	Announce(ctx context.Context, told chat.Shown, s chat.Session)
}

// Keeper records connections.
type Keeper struct {
	Sessions chat.Sessions
	// Poster closes what gives way; it is not needed to disconnect.
	Poster chat.Poster
	// Board is needed to connect and to log out, Absences to disconnect, Presences to disconnect and to log out, and Devices to
	// log out.
	Board     Board
	Absences  chat.Absences
	Presences chat.Presences
	Devices   Devices
	Now       func() time.Time
	Logger    *slog.Logger
}

// Connect records the caller's connection and tells those who watch, unless the last one left so recently that they do not
// know. If the user has too many, the oldest are told, closed and forgotten, and so are those that outlived their time.
func (k *Keeper) Connect(ctx context.Context, who chat.Identity) error {
	now := k.Now()
	s, err := k.Sessions.Connect(ctx, who.User, chat.Connection{ID: who.Connection, Device: who.Device, Since: now, Expires: who.Expires})
	if err != nil {
		return err
	}
	told := s.Without(who.Connection).Told(now)
	k.Board.Announce(ctx, told, s.Settled())
	live := s.Live(now)
	if len(live) == len(s.Connections) && len(live) <= chat.MaxConnections {
		return nil
	}
	excess := live[:max(0, len(live)-chat.MaxConnections)]
	keep := live[len(excess):]
	if err := k.Sessions.Disconnect(ctx, who.User, now, except(s.Connections, keep)...); err != nil {
		return err
	}
	frame, err := wire.Encode(wire.NewError("", &chat.Error{Code: chat.Replaced}))
	if err != nil {
		return err
	}
	for _, c := range excess {
		// Best effort: it may be gone already, and the new connection must not fail for it. It is closed even if it could not
		// be told why, because from now on it would look connected and get nothing.
		if err := k.Poster.Post(ctx, c.ID, frame); !errors.Is(err, chat.ErrGone) {
			_ = k.Poster.Close(ctx, c.ID)
		}
	}
	return nil
}

// Disconnect forgets the caller's connection. If the user is less present without it, those who watch are told after chat.Grace,
// unless the user is back by then.
func (k *Keeper) Disconnect(ctx context.Context, who chat.Identity) error {
	now := k.Now()
	s, err := k.Presences.Leave(ctx, who.User, now, who.Connection)
	if err != nil || !chat.News(s.Told(now), s.Settled().Presence(now)) {
		return err
	}
	if err := k.Absences.Hand(ctx, chat.Absence{User: who.User, Left: s.Left.UnixMilli()}); err != nil {
		k.Logger.WarnContext(ctx, "absence not handed over", "error", err)
	}
	return nil
}

func except(all, keep []chat.Connection) []chat.ConnectionID {
	kept := map[chat.ConnectionID]bool{}
	for _, c := range keep {
		kept[c.ID] = true
	}
	var rest []chat.ConnectionID
	for _, c := range all {
		if !kept[c.ID] {
			rest = append(rest, c.ID)
		}
	}
	return rest
}
