package store

import (
	"context"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// hidden is the part of a member that tells what they have hidden.
type hidden struct {
	Hidden int        `dynamo:"hidden,omitempty"`
	Hides  []chat.Seq `dynamo:"hides,omitempty"`
}

func (h hidden) hides() chat.Hides {
	return chat.Hides{Count: h.Hidden, Seqs: h.Hides[max(0, len(h.Hides)-chat.ShownHides):]}
}

// Hide implements chat.Log with one UpdateItem for each message and one of the member, which remembers the latest for devices
// that were away. What it remembers is cut when it is twice as long as it must be. Of somebody who does not follow a thread
// nothing is remembered.
func (s *Conversations) Hide(ctx context.Context, id chat.ConversationID, user chat.UserID, seqs []chat.Seq) (hides chat.Hides, err error) {
	defer wrap(&err, "hide in %s", id)
	messages, err := s.hide(ctx, id, user, seqs)
	if err != nil || len(messages) == 0 {
		return hides, err
	}
	// Also if nothing was changed: an earlier try may have been cut short before it was remembered.
	var member hidden
	err = s.table.Update("conversation", string(id)).Range("item", memberKey(user)).
		SetExpr("'hides' = list_append(if_not_exists('hides', ?), ?)", []chat.Seq{}, messages).Add("hidden", len(messages)).
		Set("touched", s.now().UnixMilli()).
		If("attribute_exists('item')").Value(ctx, &member)
	if dynamo.IsCondCheckFailed(err) {
		return chat.Hides{Seqs: messages}, nil
	}
	if err != nil {
		return hides, err
	}
	if len(member.Hides) > 2*chat.ShownHides {
		err := s.table.Update("conversation", string(id)).Range("item", memberKey(user)).
			Set("hides", member.hides().Seqs).If("'hidden' = ?", member.Hidden).Run(ctx)
		if err != nil && !dynamo.IsCondCheckFailed(err) {
			return hides, err // otherwise the next one cuts it
		}
	}
	return chat.Hides{Count: member.Hidden, Seqs: messages}, nil
}

// hide marks messages, counting the users who hide each, and returns those that there are.
func (s *Conversations) hide(ctx context.Context, id chat.ConversationID, user chat.UserID, seqs []chat.Seq) (messages []chat.Seq, err error) {
	name := hidePrefix + string(user)
	for _, seq := range seqs {
		var there entryItem
		_, err := s.table.Update("conversation", string(id)).Range("item", entryKey(seq)).
			SetExpr("$ = ?", name, true).Add("hides", 1).
			If("'kind' = ? AND attribute_not_exists($)", string(chat.Message), name).CurrentValue(ctx, &there)
		if dynamo.IsCondCheckFailed(err) {
			continue // there is nothing
		}
		if err != nil {
			return nil, err
		}
		if there.Kind == chat.Message {
			messages = append(messages, seq)
		}
	}
	return messages, nil
}
