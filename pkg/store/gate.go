package store

import (
	"context"
	"strings"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// kept is how long an invitation is kept after it has ended, so that its makers see that it has.
const kept = 24 * time.Hour

// banItem says that a user is kept out.
type banItem struct {
	Conversation string `dynamo:"conversation,hash"`
	Item         string `dynamo:"item,range"`
}

func newBan(id chat.ConversationID, user chat.UserID) banItem {
	return banItem{string(id), banKey(user)}
}

func banKey(user chat.UserID) string { return banPrefix + string(user) }

// inviteItem is a link into a group. The code that opens it is not in it.
type inviteItem struct {
	Conversation string `dynamo:"conversation,hash"`
	Item         string `dynamo:"item,range"`
	By           string `dynamo:"by"`
	Created      int64  `dynamo:"created"`
	Until        int64  `dynamo:"until"`
	Uses         int    `dynamo:"uses"`
	Max          int    `dynamo:"max,omitempty"`
	Revoked      int64  `dynamo:"revoked,omitempty"` // what until was before it was revoked; until is 0 then, so nobody joins by it
	Expires      int64  `dynamo:"expires"`           // when it is swept
}

func inviteKey(id chat.InviteID) string { return invitePrefix + string(id) }

func (i inviteItem) invite() chat.Invite {
	until, revoked := i.Until, i.Revoked > 0
	if revoked {
		until = i.Revoked
	}
	return chat.Invite{
		ID: chat.InviteID(strings.TrimPrefix(i.Item, invitePrefix)), Conversation: chat.ConversationID(i.Conversation),
		By: chat.UserID(i.By), Created: millis(i.Created), Expires: millis(until), Uses: i.Uses, Max: i.Max, Revoked: revoked,
	}
}

// PutInvite implements chat.Gate with one conditional PutItem.
func (s *Conversations) PutInvite(ctx context.Context, i chat.Invite) (there chat.Invite, wrote bool, err error) {
	defer wrap(&err, "put an invitation to %s", i.Conversation)
	var item inviteItem
	wrote, err = s.table.Put(inviteItem{
		Conversation: string(i.Conversation), Item: inviteKey(i.ID), By: string(i.By), Created: i.Created.UnixMilli(),
		Until: i.Expires.UnixMilli(), Uses: i.Uses, Max: i.Max, Expires: i.Expires.Add(kept).Unix(),
	}).If(free).CurrentValue(ctx, &item)
	if err != nil || wrote {
		return i, wrote, err
	}
	return item.invite(), false, nil
}

// Invite implements chat.Gate with one GetItem.
func (s *Conversations) Invite(ctx context.Context, id chat.ConversationID, invite chat.InviteID) (i chat.Invite, ok bool, err error) {
	defer wrap(&err, "invitation to %s", id)
	var item inviteItem
	err = s.table.Get("conversation", string(id)).Range("item", dynamo.Equal, inviteKey(invite)).Consistent(true).One(ctx, &item)
	if err != nil {
		return i, false, ignoreNotFound(err)
	}
	return item.invite(), true, nil
}

// Invites implements chat.Gate with one Query.
func (s *Conversations) Invites(ctx context.Context, id chat.ConversationID, limit int) (all []chat.Invite, err error) {
	defer wrap(&err, "invitations to %s", id)
	var items []inviteItem
	err = s.table.Get("conversation", string(id)).Range("item", dynamo.BeginsWith, invitePrefix).
		Limit(limit).Consistent(true).All(ctx, &items)
	for _, item := range items {
		all = append(all, item.invite())
	}
	return all, ignoreNotFound(err)
}

// Revoke implements chat.Gate with one UpdateItem.
func (s *Conversations) Revoke(ctx context.Context, id chat.ConversationID, invite chat.InviteID) (err error) {
	defer wrap(&err, "revoke an invitation to %s", id)
	err = s.table.Update("conversation", string(id)).Range("item", inviteKey(invite)).
		SetExpr("'revoked' = 'until'").Set("until", 0).If("attribute_exists('item') AND attribute_not_exists('revoked')").Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return nil
	}
	return err
}

// Forget implements chat.Gate with one DeleteItem.
func (s *Conversations) Forget(ctx context.Context, id chat.ConversationID, invite chat.InviteID) (err error) {
	defer wrap(&err, "forget an invitation to %s", id)
	return s.table.Delete("conversation", string(id)).Range("item", inviteKey(invite)).Run(ctx)
}

// Ban implements chat.Gate with one PutItem for each user.
func (s *Conversations) Ban(ctx context.Context, id chat.ConversationID, users []chat.UserID) (err error) {
	defer wrap(&err, "ban from %s", id)
	for _, user := range users {
		if err := s.table.Put(newBan(id, user)).Run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Banned implements chat.Gate with one BatchGetItem per hundred users.
func (s *Conversations) Banned(ctx context.Context, id chat.ConversationID, users []chat.UserID) (banned map[chat.UserID]bool, err error) {
	defer wrap(&err, "banned from %s", id)
	if len(users) == 0 {
		return nil, nil
	}
	keys := make([]dynamo.Keyed, len(users))
	for i, user := range users {
		keys[i] = dynamo.Keys{string(id), banKey(user)}
	}
	var items []banItem
	err = s.table.Batch("conversation", "item").Get(keys...).Consistent(true).All(ctx, &items)
	banned = map[chat.UserID]bool{}
	for _, item := range items {
		banned[chat.UserID(strings.TrimPrefix(item.Item, banPrefix))] = true
	}
	return banned, ignoreNotFound(err)
}

// Speak implements chat.Log with one UpdateItem.
func (s *Conversations) Speak(ctx context.Context, id chat.ConversationID, e chat.Entry, slow time.Duration) (before chat.Spoken, ok bool, err error) {
	defer wrap(&err, "speak in %s", id)
	var item memberItem
	ok, err = s.table.Update("conversation", string(id)).Range("item", memberKey(e.From)).
		Set("spoke", e.At.UnixMilli()).Set("said", string(e.ID)).Set("tried", e.Seq).
		If("attribute_exists('item') AND (attribute_not_exists('spoke') OR 'spoke' <= ?)", e.At.Add(-slow).UnixMilli()).
		CurrentValue(ctx, &item)
	if dynamo.IsCondCheckFailed(err) { // there is no such member, so there is no value to read
		err = nil
	}
	return chat.Spoken{ID: chat.MessageID(item.Said), Seq: item.Tried, At: millis(item.Spoke)}, ok, err
}
