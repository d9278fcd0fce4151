package store

import (
	"context"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// Stances implements chat.Stances with the standings, which say it too.
func (s *Conversations) Stances(ctx context.Context, id chat.ConversationID, users []chat.UserID) (all []chat.Stance, err error) {
	of := make([]chat.Membership, len(users))
	for i, user := range users {
		of[i] = chat.Membership{Conversation: id, User: user}
	}
	standings, err := s.Standings(ctx, of)
	if err != nil {
		return nil, err
	}
	found := make(map[chat.UserID]chat.Stance, len(standings))
	for _, standing := range standings {
		found[standing.User] = standing.Stance()
	}
	for _, user := range users {
		stance := found[user]
		stance.User = user
		all = append(all, stance)
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
