package people

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Block stops everything direct between the caller and a user, without telling the user. It costs two writes, the watchers of
// both (a read unit each, or one for each 4 KB), and for each connection by which one watched the other a post and a write.
//
// The relation is written first: a first message between the two reads it again once it has made the conversation, so one of
// the two finds the other. See send.
func (k *Keeper) Block(ctx context.Context, who chat.Identity, q wire.Block) (wire.About, error) {
	if err := other(who, q.User); err != nil {
		return wire.About{}, err
	}
	about, err := k.part(ctx, who.User, q.User, k.Now())
	if err == nil {
		k.Board.Part(ctx, who.User, q.User) // last, so that who watches anew meanwhile is refused
	}
	return about, err
}

// Unblock ends a block. What was hidden stays so, and nobody is told that the other one is there: who watches anew sees it. It
// costs two writes.
func (k *Keeper) Unblock(ctx context.Context, who chat.Identity, q wire.Unblock) (wire.About, error) {
	return k.part(ctx, who.User, q.User, time.Time{})
}

func (k *Keeper) part(ctx context.Context, user, other chat.UserID, since time.Time) (wire.About, error) {
	if err := k.People.Block(ctx, user, other, since); err != nil {
		return wire.About{}, err
	}
	return wire.About{User: other}, k.Directs.Part(ctx, chat.DirectID(user, other), user, !since.IsZero())
}

// BlockedBy lists a page of those whom the caller has blocked. It costs a Query.
func (k *Keeper) BlockedBy(ctx context.Context, who chat.Identity, q wire.Blocked) (wire.BlockedList, error) {
	list := wire.BlockedList{Blocked: []wire.BlockedLine{}}
	relations, next, err := k.page(ctx, who, q.Relations, func(r chat.Relation) bool { return !r.Blocked.IsZero() })
	for _, r := range relations {
		list.Blocked = append(list.Blocked, wire.BlockedLine{User: r.User, Since: wire.Time(r.Blocked)})
	}
	list.Next = next
	return list, err
}

// Accept lets a stranger's conversation in. Accepting what is no request changes nothing. It costs a query and a write.
func (k *Keeper) Accept(ctx context.Context, who chat.Identity, q wire.Accept) (wire.About, error) {
	about := wire.About{Conversation: q.Conversation}
	if _, err := chat.Enter(ctx, k.Log, q.Conversation, who.User, chat.Eventual); err != nil {
		return about, err
	}
	return about, k.Directs.Accept(ctx, q.Conversation, who.User)
}
