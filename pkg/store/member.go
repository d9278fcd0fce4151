package store

import (
	"context"

	"github.com/guregu/dynamo/v2"
	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
)

// writers is how many members are written at once when a group is created.
const writers = 32

// Create implements chat.Log with one conditional Put per member and one for the header.
func (s *Conversations) Create(ctx context.Context, c chat.Conversation, members map[chat.UserID]chat.Place) (there chat.Conversation, made bool, err error) {
	defer wrap(&err, "create %s", c.ID)
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for user, place := range members {
		item := newMember(c.ID, chat.Seat{User: user, Place: place})
		group.Go(func() error {
			err := s.table.Put(item).If(free).Run(groupCtx)
			if dynamo.IsCondCheckFailed(err) {
				return nil // an earlier try wrote it
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return there, false, err
	}
	c.Epoch = s.epoch
	var current headItem
	made, err = s.table.Put(newHead(c)).If(free).CurrentValue(ctx, &current)
	if err != nil || made {
		return c, made, err
	}
	return current.conversation(), false, nil
}

// Member implements chat.Log with one GetItem.
func (s *Conversations) Member(ctx context.Context, id chat.ConversationID, user chat.UserID) (place chat.Place, ok bool, err error) {
	defer wrap(&err, "member of %s", id)
	var item memberItem
	err = s.table.Get("conversation", string(id)).Range("item", dynamo.Equal, memberKey(user)).Consistent(true).One(ctx, &item)
	if err != nil {
		return place, false, ignoreNotFound(err)
	}
	return item.seat().Place, true, nil
}

// Members implements chat.Log with one Query.
func (s *Conversations) Members(ctx context.Context, id chat.ConversationID, after chat.UserID, limit int, read chat.Read) (seats []chat.Seat, err error) {
	defer wrap(&err, "members of %s", id)
	query := s.table.Get("conversation", string(id)).Limit(limit).Consistent(bool(read))
	if after == "" {
		query = query.Range("item", dynamo.BeginsWith, memberPrefix)
	} else {
		// Behind after and before the entries: the prefix is one character, and '$' follows '#'.
		query = query.Range("item", dynamo.Between, memberKey(after)+"\x00", "A$")
	}
	var items []memberItem
	if err := query.All(ctx, &items); err != nil {
		return nil, ignoreNotFound(err)
	}
	for _, item := range items {
		seats = append(seats, item.seat())
	}
	return seats, nil
}

// Conversations implements chat.Log with one Query of the index.
func (s *Conversations) Conversations(ctx context.Context, user chat.UserID, after chat.ConversationID, limit int) (ids []chat.ConversationID, err error) {
	defer wrap(&err, "conversations of a user")
	query := s.table.Get("user", string(user)).Index(s.index).Limit(limit)
	if after != "" {
		query = query.Range("conversation", dynamo.Greater, string(after))
	}
	var items []memberItem
	if err := query.All(ctx, &items); err != nil {
		return nil, ignoreNotFound(err)
	}
	for _, item := range items {
		ids = append(ids, chat.ConversationID(item.Conversation))
	}
	return ids, nil
}
