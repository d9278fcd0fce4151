package people

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Mute silences a user, or a conversation, for the caller. It costs one write, and a query for a conversation.
func (k *Keeper) Mute(ctx context.Context, who chat.Identity, q wire.Mute) (wire.About, error) {
	about := wire.About{User: q.User, Conversation: q.Conversation}
	until := q.Deadline()
	if !q.Off && !until.After(k.Now()) {
		return about, chat.Errorf(chat.Invalid, "until: a time to come")
	}
	if q.User != "" {
		if err := other(who, q.User); err != nil {
			return about, err
		}
		return about, k.People.Mute(ctx, who.User, q.User, until)
	}
	if _, err := chat.Enter(ctx, k.Log, q.Conversation, who.User, chat.Eventual); err != nil {
		return about, err
	}
	return about, k.Stances.Quieten(ctx, q.Conversation, chat.Stance{User: who.User, Muted: until, Mentions: q.Mentions}, k.Now())
}
