package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// standingItem is what a member's item says about how far they are and what they have chosen. Nothing that is absent was ever
// said, so members who only write cost nothing.
type standingItem struct {
	Conversation string    `dynamo:"conversation,hash"`
	Item         string    `dynamo:"item,range"`
	Role         chat.Role `dynamo:"role"`
	From         chat.Seq  `dynamo:"from,omitempty"`
	Read         chat.Seq  `dynamo:"read,omitempty"`
	Shown        chat.Seq  `dynamo:"shown,omitempty"`
	Delivered    chat.Seq  `dynamo:"delivered,omitempty"`
	Marked       chat.Seq  `dynamo:"marked,omitempty"`
	MarkedAt     chat.Seq  `dynamo:"markedat,omitempty"`
	Pinned       bool      `dynamo:"pinned,omitempty"`
	Archived     chat.Seq  `dynamo:"archived,omitempty"`
	Muted        int64     `dynamo:"muted,omitempty"`
	Mentions     bool      `dynamo:"mentionsonly,omitempty"`
	Cleared      chat.Seq  `dynamo:"cleared,omitempty"`
	Touched      int64     `dynamo:"touched,omitempty"`
	hidden
}

func (i standingItem) standing() chat.Standing {
	return chat.Standing{
		Conversation: chat.ConversationID(i.Conversation),
		Seat: chat.Seat{
			User: chat.UserID(strings.TrimPrefix(i.Item, memberPrefix)), Place: chat.Place{Role: i.Role, From: i.From},
		},
		Read: i.Read, Shown: i.Shown, Delivered: max(i.Delivered, i.Read), Marked: i.Marked, MarkedAt: i.MarkedAt,
		Pinned: i.Pinned, Archived: i.Archived, Muted: millis(i.Muted), Mentions: i.Mentions, Cleared: i.Cleared, Touched: millis(i.Touched), Hides: i.hides(),
	}
}

// Advance implements chat.Standings. Only what is read beyond is stored as delivered, so that one write says both and neither
// can fall back: what has been read counts as delivered when it is read back.
func (s *Conversations) Advance(ctx context.Context, user chat.UserID, r chat.Receipt, private bool, at time.Time) (moved chat.Receipt, err error) {
	defer wrap(&err, "advance %s", r.Conversation)
	want := chat.Receipt{Conversation: r.Conversation, Read: r.Read}
	if r.Delivered > r.Read {
		want.Delivered = r.Delivered
	}
	for want.Read > 0 || want.Delivered > 0 {
		update := s.standing(chat.Membership{Conversation: r.Conversation, User: user}, at)
		if want.Read > 0 {
			update = update.Set("read", want.Read).Remove("marked", "markedat").
				If("attribute_not_exists('read') OR 'read' < ?", want.Read)
			if !private {
				update = update.Set("shown", want.Read)
			}
		}
		if want.Delivered > 0 {
			update = update.Set("delivered", want.Delivered).
				If("(attribute_not_exists('delivered') OR 'delivered' < ?) AND (attribute_not_exists('read') OR 'read' < ?)", want.Delivered, want.Delivered)
		}
		there, made, err := tryMember(ctx, update)
		if err != nil || made {
			return want, err
		}
		// One of them at least is stale; the other one is tried alone.
		if there.Read >= want.Read {
			want.Read = 0
		}
		if max(there.Read, there.Delivered) >= want.Delivered {
			want.Delivered = 0
		}
	}
	return chat.Receipt{Conversation: r.Conversation}, nil
}

// Mark implements chat.Standings.
func (s *Conversations) Mark(ctx context.Context, m chat.Membership, seq, head chat.Seq, at time.Time) (err error) {
	defer wrap(&err, "mark %s", m.Conversation)
	update := s.standing(m, at)
	if seq > 0 {
		update = update.Set("marked", seq).Set("markedat", head)
	} else {
		update = update.Remove("marked", "markedat")
	}
	_, _, err = tryMember(ctx, update)
	return err
}

// Prefer implements chat.Standings.
func (s *Conversations) Prefer(ctx context.Context, m chat.Membership, p chat.Preference, at time.Time) (standing chat.Standing, err error) {
	defer wrap(&err, "prefer %s", m.Conversation)
	update := s.standing(m, at)
	if p.Pinned != nil {
		update = put(update, "pinned", *p.Pinned)
	}
	if p.Archived != nil {
		update = put(update, "archived", *p.Archived)
	}
	if p.Cleared != nil {
		update = update.Set("cleared", *p.Cleared).If("attribute_not_exists('cleared') OR 'cleared' < ?", *p.Cleared)
	}
	var item standingItem
	err = update.Value(ctx, &item)
	switch {
	case dynamo.IsCondCheckFailed(err) && p.Cleared != nil: // as much is cleared already, or there is no such member
		p.Cleared = nil
		return s.Prefer(ctx, m, p, at)
	case dynamo.IsCondCheckFailed(err):
		err = &chat.Error{Code: chat.Forbidden}
	}
	return item.standing(), err
}

// put sets an attribute, or removes it if it is to be zero.
func put[T comparable](update *dynamo.Update, name string, value T) *dynamo.Update {
	var zero T
	if value == zero {
		return update.Remove(name)
	}
	return update.Set(name, value)
}

// standing is an update of a member, if it is one.
func (s *Conversations) standing(m chat.Membership, at time.Time) *dynamo.Update {
	return s.table.Update("conversation", string(m.Conversation)).Range("item", memberKey(m.User)).
		Set("touched", at.UnixMilli()).If("attribute_exists('item')")
}

// tryMember makes an update of a member, or returns what is there if its condition does not hold.
func tryMember(ctx context.Context, update *dynamo.Update) (there standingItem, made bool, err error) {
	err = update.IncludeItemInCondCheckFail(true).Run(ctx)
	if err == nil {
		return there, true, nil
	}
	failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err)
	switch {
	case !ok:
		return there, false, err
	case failed.Item == nil:
		return there, false, &chat.Error{Code: chat.Forbidden}
	}
	return there, false, dynamo.UnmarshalItem(failed.Item, &there)
}

// Standings implements chat.Standings with one BatchGetItem per hundred.
func (s *Conversations) Standings(ctx context.Context, of []chat.Membership) (all []chat.Standing, err error) {
	defer wrap(&err, "%d standings", len(of))
	if len(of) == 0 {
		return nil, nil // the library refuses a batch without keys
	}
	keys := make([]dynamo.Keyed, len(of))
	for i, m := range of {
		keys[i] = dynamo.Keys{string(m.Conversation), memberKey(m.User)}
	}
	var items []standingItem
	if err := s.table.Batch("conversation", "item").Get(keys...).All(ctx, &items); ignoreNotFound(err) != nil {
		return nil, err
	}
	return standings(items), nil
}

// Roll implements chat.Standings with one Query.
func (s *Conversations) Roll(ctx context.Context, id chat.ConversationID) (all []chat.Standing, err error) {
	defer wrap(&err, "roll of %s", id)
	var items []standingItem
	err = s.table.Get("conversation", string(id)).Range("item", dynamo.BeginsWith, memberPrefix).Limit(chat.MaxMembers).All(ctx, &items)
	return standings(items), ignoreNotFound(err)
}

func standings(items []standingItem) []chat.Standing {
	all := make([]chat.Standing, len(items))
	for i, item := range items {
		all[i] = item.standing()
	}
	return all
}

// Silent implements chat.Silences with one BatchGetItem.
func (p *People) Silent(ctx context.Context, user chat.UserID, others []chat.UserID, now time.Time) (silent map[chat.UserID]bool, err error) {
	defer wrap(&err, "silent among %d users", len(others))
	if len(others) == 0 {
		return nil, nil //nolint:nilnil // nobody is
	}
	keys := make([]dynamo.Keyed, len(others))
	for i, other := range others {
		keys[i] = dynamo.Keys{string(user), relationPrefix + string(other)}
	}
	var items []relationItem
	if err := p.table.Batch("user", "item").Get(keys...).All(ctx, &items); ignoreNotFound(err) != nil {
		return nil, err
	}
	silent = map[chat.UserID]bool{}
	for _, item := range items {
		if r := item.relation(); !r.Blocked.IsZero() || now.Before(r.Muted) {
			silent[r.User] = true
		}
	}
	return silent, nil
}
