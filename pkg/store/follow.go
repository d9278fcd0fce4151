package store

import (
	"context"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// Follow implements chat.Log with one Put and one UpdateItem of the header. The member is written first: whoever is in the
// header is therefore listed, and a step that was cut short is done again.
func (s *Conversations) Follow(ctx context.Context, thread chat.ConversationID, user chat.UserID, read chat.Seq) (ok bool, err error) {
	defer wrap(&err, "follow %s", thread)
	item := newMember(thread, chat.Seat{User: user, Place: chat.Place{Role: chat.Member}})
	item.Read = read
	if err := s.table.Put(item).If(free).Run(ctx); err != nil && !dynamo.IsCondCheckFailed(err) {
		return false, err
	}
	err = s.table.Update("conversation", string(thread)).Range("item", headKey).
		SetExpr("'members'.$ = ?", string(user), placeItem{}).
		If("attribute_exists('item') AND (attribute_exists('members'.$) OR size('members') < ?)", string(user), chat.MaxFollowers).
		Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return false, s.forget(ctx, thread, user)
	}
	return err == nil, err
}

// Unfollow implements chat.Log with one UpdateItem of the header and one DeleteItem.
func (s *Conversations) Unfollow(ctx context.Context, thread chat.ConversationID, user chat.UserID) (err error) {
	defer wrap(&err, "unfollow %s", thread)
	err = s.table.Update("conversation", string(thread)).Range("item", headKey).
		RemoveExpr("'members'.$", string(user)).If("attribute_exists('item')").Run(ctx)
	if err != nil && !dynamo.IsCondCheckFailed(err) {
		return err
	}
	return s.forget(ctx, thread, user)
}

func (s *Conversations) forget(ctx context.Context, id chat.ConversationID, user chat.UserID) error {
	return s.table.Delete("conversation", string(id)).Range("item", memberKey(user)).Run(ctx)
}

// Places implements chat.Log with one BatchGetItem per hundred.
func (s *Conversations) Places(ctx context.Context, id chat.ConversationID, users []chat.UserID) (places map[chat.UserID]chat.Place, err error) {
	defer wrap(&err, "places in %s", id)
	places = map[chat.UserID]chat.Place{}
	if len(users) == 0 {
		return places, nil // the library refuses a batch without keys
	}
	keys := make([]dynamo.Keyed, len(users))
	for i, user := range users {
		keys[i] = dynamo.Keys{string(id), memberKey(user)}
	}
	var items []memberItem
	if err := s.table.Batch("conversation", "item").Get(keys...).Consistent(true).All(ctx, &items); err != nil {
		return places, ignoreNotFound(err)
	}
	for _, item := range items {
		seat := item.seat()
		places[seat.User] = seat.Place
	}
	return places, nil
}
