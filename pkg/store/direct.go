package store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// Part implements chat.Directs with one UpdateItem.
func (s *Conversations) Part(ctx context.Context, id chat.ConversationID, by chat.UserID, blocked bool) (err error) {
	defer wrap(&err, "part %s", id)
	update := s.table.Update("conversation", string(id)).Range("item", headKey).If("attribute_exists('item')")
	if blocked {
		update = update.AddStringsToSet("blocked", string(by))
	} else {
		update = update.DeleteStringsFromSet("blocked", string(by))
	}
	return unlessUnmet(update.Run(ctx))
}

// Accept implements chat.Directs with one UpdateItem.
func (s *Conversations) Accept(ctx context.Context, id chat.ConversationID, user chat.UserID) (err error) {
	defer wrap(&err, "accept %s", id)
	return unlessUnmet(s.table.Update("conversation", string(id)).Range("item", headKey).
		Remove("request").Set("accepted", s.now().UnixMilli()).If("'request' = ?", string(user)).Run(ctx))
}

// unlessUnmet is no error if nothing was changed because the condition did not hold.
func unlessUnmet(err error) error {
	if dynamo.IsCondCheckFailed(err) {
		return nil
	}
	return err
}

// asDirect adds the condition that what the two of a direct conversation have decided is still what the new header says: that
// changes without an entry, so the header's rules do not show it.
func asDirect(update *dynamo.Update, head headItem) *dynamo.Update {
	if head.Kind != chat.Direct {
		return update
	}
	if len(head.Blocked) == 0 {
		update = update.If("attribute_not_exists('blocked')")
	} else {
		update = update.If("'blocked' = ?", &types.AttributeValueMemberSS{Value: head.Blocked})
	}
	if head.Request == "" {
		return update.If("attribute_not_exists('request')")
	}
	return update.If("'request' = ?", head.Request)
}
