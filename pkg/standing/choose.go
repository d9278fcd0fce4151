package standing

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Mark makes everything from a seq on count as unread for the caller, until they read on or write; without a seq it takes that
// back. No cursor moves, so nobody else can tell. It costs a strong query of the tail, one write unit and the caller's session, and
// a post to each of their other connections, as Prefs does. Errors: forbidden; invalid beyond the last entry.
func (k *Keeper) Mark(ctx context.Context, who chat.Identity, q wire.Mark) (wire.Preferred, error) {
	tail, err := chat.Enter(ctx, k.Log, q.Conversation, who.User, chat.Strong)
	if err != nil {
		return wire.Preferred{}, err
	}
	seq, chosen := chat.Seq(0), wire.Preferred{Conversation: q.Conversation}
	if q.Seq != nil {
		seq, chosen.MarkedAt = *q.Seq, tail.Head
	}
	chosen.Marked = &seq
	if seq > tail.Head {
		return chosen, chat.Errorf(chat.Invalid, "seq: beyond the last entry")
	}
	if err := k.Standings.Mark(ctx, chat.Membership{Conversation: q.Conversation, User: who.User}, seq, tail.Head, k.Now()); err != nil {
		return chosen, err
	}
	return chosen, k.own(ctx, who, chosen)
}

// Prefs pins a conversation, puts it away or clears it for the caller. What is cleared is never shown to them again; nobody else
// can tell. Errors: forbidden; invalid for what is cleared beyond the last entry.
func (k *Keeper) Prefs(ctx context.Context, who chat.Identity, q wire.Prefs) (wire.Preferred, error) {
	chosen := wire.Preferred{Conversation: q.Conversation, Pinned: q.Pinned, Archived: q.Archived}
	tail, err := chat.Enter(ctx, k.Log, q.Conversation, who.User, chat.Strong)
	if err != nil {
		return chosen, err
	}
	if q.Cleared != nil && *q.Cleared > tail.Head {
		return chosen, chat.Errorf(chat.Invalid, "cleared: beyond the last entry")
	}
	change := chat.Preference{Pinned: q.Pinned, Cleared: q.Cleared}
	if q.Archived != nil {
		at := chat.Seq(0)
		if *q.Archived {
			at = max(tail.Head, 1)
		}
		change.Archived = &at
	}
	own, err := k.Standings.Prefer(ctx, chat.Membership{Conversation: q.Conversation, User: who.User}, change, k.Now())
	if err != nil {
		return chosen, err
	}
	if q.Cleared != nil {
		chosen.Cleared = own.Cleared
	}
	return chosen, k.own(ctx, who, chosen)
}

// own tells the caller's other devices.
func (k *Keeper) own(ctx context.Context, who chat.Identity, chosen wire.Preferred) error {
	sessions, err := k.Sessions.Sessions(ctx, []chat.UserID{who.User})
	if err != nil {
		return err
	}
	connections := k.reach(sessions[0], who.Connection)
	if len(connections) == 0 {
		return nil
	}
	frame, err := wire.Encode(chosen.Told())
	if err == nil {
		k.Teller.Post(ctx, frame, connections)
	}
	return err
}
