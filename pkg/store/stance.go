package store

import (
	"context"
	"strings"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// stanceItem is what a member's item says about how to disturb them.
type stanceItem struct {
	Conversation string   `dynamo:"conversation,hash"`
	Item         string   `dynamo:"item,range"`
	Muted        int64    `dynamo:"muted,omitempty"`
	Mentions     bool     `dynamo:"mentionsonly,omitempty"`
	Read         chat.Seq `dynamo:"read,omitempty"`
}

// Stances implements chat.Stances with one BatchGetItem per hundred.
func (s *Conversations) Stances(ctx context.Context, id chat.ConversationID, users []chat.UserID) (all []chat.Stance, err error) {
	defer wrap(&err, "stances of %d members of %s", len(users), id)
	if len(users) == 0 {
		return nil, nil
	}
	keys := make([]dynamo.Keyed, len(users))
	for i, user := range users {
		keys[i] = dynamo.Keys{string(id), memberKey(user)}
	}
	var items []stanceItem
	if err := s.table.Batch("conversation", "item").Get(keys...).All(ctx, &items); ignoreNotFound(err) != nil {
		return nil, err
	}
	found := make(map[chat.UserID]stanceItem, len(items))
	for _, item := range items {
		found[chat.UserID(strings.TrimPrefix(item.Item, memberPrefix))] = item
	}
	for _, user := range users {
		item := found[user]
		all = append(all, chat.Stance{User: user, Muted: millis(item.Muted), Mentions: item.Mentions, Read: item.Read})
	}
	return all, nil
}

// Quieten implements chat.Stances with one UpdateItem.
func (s *Conversations) Quieten(ctx context.Context, id chat.ConversationID, stance chat.Stance, at time.Time) (err error) {
	defer wrap(&err, "quieten %s", id)
	update := setTime(s.table.Update("conversation", string(id)).Range("item", memberKey(stance.User)), "muted", stance.Muted).
		Set("touched", at.UnixMilli())
	if stance.Mentions {
		update = update.Set("mentionsonly", true)
	} else {
		update = update.Remove("mentionsonly")
	}
	err = update.If("attribute_exists('item')").Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return &chat.Error{Code: chat.Forbidden}
	}
	return err
}
