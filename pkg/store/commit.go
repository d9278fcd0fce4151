package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// unchanged is the condition that a message can still be changed.
const unchanged = "'kind' = ? AND attribute_not_exists('deleted')"

// Commit implements chat.Log with one transaction.
func (s *Conversations) Commit(ctx context.Context, e chat.Entry, changes ...chat.Change) (there chat.Entry, wrote bool, err error) {
	defer wrap(&err, "commit %s %d", e.Conversation, e.Seq)
	tx := s.db.WriteTx().Put(s.table.Put(newEntry(e)).If(free)).IncludeAllItemsInCondCheckFail(true)
	for _, c := range changes {
		if err := s.change(tx, e, c); err != nil {
			return e, false, err
		}
	}
	err = tx.Run(ctx)
	if err == nil {
		return e, true, nil
	}
	canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		return e, false, err
	}
	reasons := map[string]bool{}
	for i, reason := range canceled.CancellationReasons {
		if reason.Code == nil {
			continue
		}
		if i == 0 && *reason.Code == refused {
			there, err = entryOf(reason.Item)
			return there, false, err
		}
		reasons[*reason.Code] = true
	}
	switch {
	case reasons[refused], reasons["TransactionConflict"]:
		return e, false, chat.ErrStale
	case reasons["ThrottlingError"], reasons["ProvisionedThroughputExceeded"]:
		return e, false, fmt.Errorf("%w: %w", &chat.Error{Code: chat.Unavailable}, err)
	default:
		return e, false, err
	}
}

// refused is why a transaction was cancelled whose condition does not hold (DynamoDB API reference, TransactWriteItems).
const refused = "ConditionalCheckFailed"

// change adds a change to the transaction of an entry.
func (s *Conversations) change(tx *dynamo.WriteTx, e chat.Entry, c chat.Change) error {
	switch {
	case c.Header != nil:
		head := newHead(c.Header.Conversation)
		head.Rules = e.Seq
		update, err := s.replaceHead(head)
		if err != nil {
			return err
		}
		if c.Header.Was == 0 {
			update = update.If("attribute_exists('item') AND attribute_not_exists('rules')")
		} else {
			update = update.If("'rules' = ?", c.Header.Was)
		}
		tx.Update(asDirect(update, head))
	case c.Join != nil:
		item := newMember(e.Conversation, *c.Join)
		item.Read = e.Seq
		tx.Put(s.table.Put(item).If(free))
	case c.Rank != nil:
		update := s.table.Update("conversation", string(e.Conversation)).Range("item", memberKey(c.Rank.User)).
			Set("role", c.Rank.Role).If("attribute_exists('item')")
		tx.Update(update)
	case c.Leave != "":
		tx.Delete(s.table.Delete("conversation", string(e.Conversation)).Range("item", memberKey(c.Leave)).If("attribute_exists('item')"))
	default:
		s.revise(tx, e.Conversation, c)
	}
	return nil
}

// revise adds a change of a message to a transaction.
func (s *Conversations) revise(tx *dynamo.WriteTx, id chat.ConversationID, c chat.Change) {
	update := s.table.Update("conversation", string(id)).Range("item", entryKey(c.Seq)).If(unchanged, string(chat.Message))
	switch {
	case c.Erase != nil:
		// What is left says who and when. A whole item takes the place of the old one, so that nothing of it is left.
		tx.Put(s.table.Put(entryItem{
			Conversation: string(id), Item: entryKey(c.Seq), Kind: c.Erase.Kind, ID: string(c.Erase.ID),
			From: string(c.Erase.From), To: string(c.Erase.To), At: c.Erase.At.UnixMilli(), Deleted: true,
			paceItem: newPace(c.Erase.Pace),
			Rules:    c.Erase.Rules, Hidden: c.Erase.Hidden,
		}).If(unchanged, string(chat.Message)))
	case c.React != nil && len(c.React.Marks) > 0:
		tx.Update(update.SetExpr("$ = ?", reactionPrefix+string(c.React.User), c.React.Marks))
	case c.React != nil:
		tx.Update(update.RemoveExpr("$", reactionPrefix+string(c.React.User)))
	default:
		r := c.Rewrite
		if r.Version == 0 {
			update = update.If("attribute_not_exists('version')")
		} else {
			update = update.If("'version' = ?", r.Version)
		}
		update = update.Set("text", r.Text).Set("version", r.Version+1).Set("edited", r.At.UnixMilli()).Set("mentions", names(r.Mentions))
		if r.Everybody {
			update = update.Set("everybody", true)
		} else {
			update = update.Remove("everybody")
		}
		tx.Update(update)
	}
}
