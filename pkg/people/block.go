package people

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Block stops everything direct between the caller and a user, without telling the user. It costs two writes, the watchers of
// both (a read unit each, or one for each 4 KB), and for each connection by which one watched the other a post and a write; the
// caller's session, and a post to each of their other connections.
//
// The relation is written first: a first message between the two reads it again once it has made the conversation, so one of
// the two finds the other. See send.
func (k *Keeper) Block(ctx context.Context, who chat.Identity, q wire.Block) (wire.About, error) {
	if err := other(who, q.User); err != nil {
		return wire.About{}, err
	}
	if err := k.part(ctx, who.User, q.User, k.Now()); err != nil {
		return wire.About{}, err
	}
	k.Board.Part(ctx, who.User, q.User) // after all that is written, so that who watches anew meanwhile is refused
	return k.blocks(ctx, who, q.User, true)
}

// Unblock ends a block. What was hidden stays so, and nobody is told that the other one is there: who watches anew sees it. It
// costs two writes, the caller's session, and a post to each of their other connections.
func (k *Keeper) Unblock(ctx context.Context, who chat.Identity, q wire.Unblock) (wire.About, error) {
	if err := k.part(ctx, who.User, q.User, time.Time{}); err != nil {
		return wire.About{}, err
	}
	return k.blocks(ctx, who, q.User, false)
}

func (k *Keeper) part(ctx context.Context, user, other chat.UserID, since time.Time) error {
	if err := k.People.Block(ctx, user, other, since); err != nil {
		return err
	}
	return k.Directs.Part(ctx, chat.DirectID(user, other), user, !since.IsZero())
}

// blocks tells the caller's other devices whether a user is blocked.
func (k *Keeper) blocks(ctx context.Context, who chat.Identity, user chat.UserID, blocked bool) (wire.About, error) {
	return wire.About{User: user}, k.tell(ctx, who, wire.Related{Event: wire.EventRelation, User: user, Blocked: &blocked})
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
