package people

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Settings changes the caller's settings that are given and returns all. It costs one write, or half a read unit if none is.
func (k *Keeper) Settings(ctx context.Context, who chat.Identity, q wire.Settings) (wire.Preferences, error) {
	change := chat.SettingsChange{Seen: q.Seen, Messages: q.Messages, Groups: q.Groups, Private: q.Private}
	if change == (chat.SettingsChange{}) {
		sessions, err := k.Sessions.Sessions(ctx, []chat.UserID{who.User})
		if err != nil {
			return wire.Preferences{}, err
		}
		return wire.FromSettings(sessions[0].Settings), nil
	}
	settings, err := k.Sessions.ChangeSettings(ctx, who.User, change, k.Now())
	return wire.FromSettings(settings), err
}
