package standing

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// workers is how many conversations of one frame are worked on at once.
const workers = 16

// Receipts moves the caller's cursors forward and tells of those that moved: the caller's other devices what was read; the other
// one of a direct conversation everything; in a group up to chat.MaxLiveReceipts members, when the newest message was read, its
// author. Whoever is told of several conversations gets one frame.
//
// A private reader's others are told that it was delivered, and a private reader is told of others no more than that. Nobody is
// told in a quiet conversation. Conversations that the caller is not in any more are stepped over: sync tells that they are gone.
//
// It costs, for each conversation, the query of the tail and one write unit, also if the cursor is stale; the session of the caller
// and of everybody who is told, half a read unit each; a post to each connection; and what chat.StartTimers costs. Errors: invalid if a cursor is beyond the
// last entry, which changes nothing.
func (k *Keeper) Receipts(ctx context.Context, who chat.Identity, q wire.Receipts) (struct{}, error) {
	receipts := make([]chat.Receipt, len(q.Cursors))
	for i, c := range q.Cursors {
		receipts[i] = c.Domain()
	}
	tails := make([]chat.Tail, len(receipts))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i, r := range receipts {
		group.Go(func() (err error) {
			tails[i], err = k.tail(groupCtx, who.User, r)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return struct{}{}, err
	}
	sessions, moved, err := k.advance(ctx, who.User, tails, receipts)
	if err != nil {
		return struct{}{}, err
	}
	group, groupCtx = errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i, s := range sessions {
		group.Go(func() error {
			return k.post(groupCtx, who.User, k.reach(s, who.Connection), k.news(who, sessions, i, tails, moved))
		})
	}
	return struct{}{}, group.Wait()
}

// Reached implements the receipt that travels with something else. It costs a write unit and the session of the caller and of who
// is to hear of it.
func (k *Keeper) Reached(ctx context.Context, who chat.Identity, tail chat.Tail, read chat.Seq) (heard chat.Heard, err error) {
	receipt := chat.Receipt{Conversation: tail.Conversation.ID, Read: read}
	if read > tail.Head { // it was read eventually
		if tail, err = k.tail(ctx, who.User, receipt); err != nil {
			return heard, err
		}
	}
	tails := []chat.Tail{tail}
	sessions, moved, err := k.advance(ctx, who.User, tails, []chat.Receipt{receipt})
	if err != nil {
		return heard, err
	}
	err = k.post(ctx, who.User, k.reach(sessions[0], who.Connection), k.news(who, sessions, 0, tails, moved))
	if err != nil || len(sessions) == 1 {
		return heard, err
	}
	if news := k.news(who, sessions, 1, tails, moved); len(news) > 0 {
		heard = chat.Heard{User: sessions[1].User, Connections: k.reach(sessions[1], ""), Receipt: chat.Receipt(news[0])}
	}
	return heard, nil
}

// advance moves cursors and returns what moved, and the sessions of the user, which comes first, and of those who may hear of
// it.
func (k *Keeper) advance(ctx context.Context, user chat.UserID, tails []chat.Tail, receipts []chat.Receipt) ([]chat.Session, []chat.Receipt, error) {
	sessions, err := k.audience(ctx, user, tails, receipts)
	if err != nil {
		return nil, nil, err
	}
	moved := make([]chat.Receipt, len(receipts))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i, r := range receipts {
		if tails[i].Head == 0 {
			continue
		}
		group.Go(func() (err error) {
			var was chat.Seq
			moved[i], was, err = k.Standings.Advance(groupCtx, user, r, sessions[0].Settings.Private, k.Now())
			switch {
			case err == nil:
				return chat.StartTimers(groupCtx, k.Log, tails[i].Conversation, user, max(was, tails[i].Place.From), moved[i].Read, k.Now())
			case chat.AsError(err).Code == chat.Forbidden:
				moved[i], err = chat.Receipt{}, nil // removed since
			}
			return err
		})
	}
	return sessions, moved, group.Wait()
}

// tail reads the tail of a conversation that a receipt is about. It has no Head if the user is not a member. What an eventual
// read does not show yet is looked for strongly before it is refused.
func (k *Keeper) tail(ctx context.Context, user chat.UserID, r chat.Receipt) (chat.Tail, error) {
	last := max(r.Delivered, r.Read)
	tail, err := chat.Enter(ctx, k.Log, r.Conversation, user, chat.Eventual)
	if err == nil && last > tail.Head {
		tail, err = chat.Enter(ctx, k.Log, r.Conversation, user, chat.Strong)
	}
	switch {
	case err != nil && chat.AsError(err).Code == chat.Forbidden:
		return chat.Tail{}, nil
	case err == nil && last > tail.Head:
		return chat.Tail{}, chat.Errorf(chat.Invalid, "cursors: beyond the last entry")
	}
	return tail, err
}

// listener is who hears of a receipt, or "" if nobody does.
func listener(tail chat.Tail, user chat.UserID, r chat.Receipt) chat.UserID {
	c := tail.Conversation
	switch {
	case c.Kind == chat.Direct && !c.Quiet():
		return c.Peer(user)
	case c.Kind == chat.Direct, c.Large(), c.Size > chat.MaxLiveReceipts, r.Read < tail.Head, tail.Last.Kind != chat.Message:
		return ""
	}
	author := tail.Last.From
	if _, member := c.Members[author]; !member || author == user {
		return ""
	}
	return author
}

// audience reads the session of the user, which comes first, and of those who may hear of the receipts.
func (k *Keeper) audience(ctx context.Context, user chat.UserID, tails []chat.Tail, receipts []chat.Receipt) ([]chat.Session, error) {
	users := []chat.UserID{user}
	known := map[chat.UserID]bool{"": true, user: true}
	for i, tail := range tails {
		if other := listener(tail, user, receipts[i]); !known[other] {
			known[other] = true
			users = append(users, other)
		}
	}
	return k.Sessions.Sessions(ctx, users)
}

// news is what a user, whose session is sessions[to], is to hear of what moved.
func (k *Keeper) news(who chat.Identity, sessions []chat.Session, to int, tails []chat.Tail, moved []chat.Receipt) []wire.Receipt {
	var news []wire.Receipt
	for i, r := range moved {
		line := wire.Receipt(r)
		switch {
		case to == 0:
			line.Delivered = 0 // another device of the user's has its own
		case listener(tails[i], who.User, r) != sessions[to].User:
			continue
		case sessions[0].Settings.Private || sessions[to].Settings.Private:
			line.Delivered, line.Read = max(r.Delivered, r.Read), 0
		}
		if line.Delivered > 0 || line.Read > 0 {
			news = append(news, line)
		}
	}
	return news
}

// post posts news to connections, if there are any of both.
func (k *Keeper) post(ctx context.Context, user chat.UserID, connections []chat.ConnectionID, news []wire.Receipt) error {
	if len(news) == 0 || len(connections) == 0 {
		return nil
	}
	frame, err := wire.Encode(wire.NewReceived(user, news))
	if err == nil {
		k.Teller.Post(ctx, frame, connections)
	}
	return err
}
