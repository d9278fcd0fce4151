package people

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Mute silences a user, or a conversation, for the caller, and tells their other devices: what a muted user says does not count
// as unread, and that is the same everywhere. It costs one write, and a query for a conversation; the caller's session, and a
// post to each of their other connections.
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
		if err := k.People.Mute(ctx, who.User, q.User, until); err != nil {
			return about, err
		}
		return about, k.tell(ctx, who, wire.Related{Event: wire.EventRelation, User: q.User, Muted: wire.Until(until)})
	}
	if _, err := chat.Enter(ctx, k.Log, q.Conversation, who.User, chat.Eventual); err != nil {
		return about, err
	}
	stance := chat.Stance{User: who.User, Muted: until, Mentions: q.Mentions}
	if err := k.Stances.Quieten(ctx, q.Conversation, stance, k.Now()); err != nil {
		return about, err
	}
	chosen := wire.Preferred{Conversation: q.Conversation, Muted: wire.Until(until), MentionsOnly: q.Mentions}
	return about, k.tell(ctx, who, chosen.Told())
}

// MutedBy lists a page of those whom the caller has muted, without those whose time is over. It costs a Query.
func (k *Keeper) MutedBy(ctx context.Context, who chat.Identity, q wire.Muted) (wire.MutedList, error) {
	list := wire.MutedList{Muted: []wire.MutedLine{}}
	relations, next, err := k.page(ctx, who, q.Relations, func(r chat.Relation) bool { return r.Muted.After(k.Now()) })
	for _, r := range relations {
		list.Muted = append(list.Muted, wire.MutedLine{User: r.User, Until: wire.Time(r.Muted)})
	}
	list.Next = next
	return list, err
}
