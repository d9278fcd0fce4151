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

// Commit implements chat.Log with one transaction of two writes.
func (s *Conversations) Commit(ctx context.Context, e chat.Entry, c chat.Change) (there chat.Entry, wrote bool, err error) {
	defer wrap(&err, "commit %s %d", e.Conversation, e.Seq)
	tx := s.db.WriteTx().Put(s.table.Put(newEntry(e)).If(free)).IncludeAllItemsInCondCheckFail(true)
	err = s.change(tx, e.Conversation, c).Run(ctx)
	if err == nil {
		return e, true, nil
	}
	canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		return e, false, err
	}
	put, change := code(canceled, 0), code(canceled, 1)
	switch {
	case put == "ConditionalCheckFailed":
		there, err = entryOf(canceled.CancellationReasons[0].Item)
		return there, false, err
	case put == "TransactionConflict", change == "TransactionConflict", change == "ConditionalCheckFailed":
		return e, false, chat.ErrStale
	case throttled[put], throttled[change]:
		return e, false, fmt.Errorf("%w: %w", &chat.Error{Code: chat.Unavailable}, err)
	default:
		return e, false, err
	}
}

// throttled are the reasons for which a transaction may succeed later (DynamoDB API reference, TransactWriteItems).
var throttled = map[string]bool{"ThrottlingError": true, "ProvisionedThroughputExceeded": true}

// code is why the i-th action of a transaction was refused, "None" or "" if it was not.
func code(canceled *types.TransactionCanceledException, i int) string {
	if i >= len(canceled.CancellationReasons) || canceled.CancellationReasons[i].Code == nil {
		return ""
	}
	return *canceled.CancellationReasons[i].Code
}

// change adds the change to the transaction.
func (s *Conversations) change(tx *dynamo.WriteTx, id chat.ConversationID, c chat.Change) *dynamo.WriteTx {
	update := s.table.Update("conversation", string(id)).Range("item", entryKey(c.Seq)).If(unchanged, string(chat.Message))
	switch {
	case c.Erase != nil:
		// What is left says who and when. A whole item takes the place of the old one, so that nothing of it is left.
		return tx.Put(s.table.Put(entryItem{
			Conversation: string(id), Item: entryKey(c.Seq), Kind: c.Erase.Kind, ID: string(c.Erase.ID),
			From: string(c.Erase.From), To: string(c.Erase.To), At: c.Erase.At.UnixMilli(), Hidden: c.Erase.Hidden, Deleted: true,
		}).If(unchanged, string(chat.Message)))
	case c.React != nil && len(c.React.Marks) > 0:
		return tx.Update(update.SetExpr("$ = ?", reactionPrefix+string(c.React.User), c.React.Marks))
	case c.React != nil:
		return tx.Update(update.RemoveExpr("$", reactionPrefix+string(c.React.User)))
	default:
		r := c.Rewrite
		if r.Version == 0 {
			update = update.If("attribute_not_exists('version')")
		} else {
			update = update.If("'version' = ?", r.Version)
		}
		update = update.Set("text", r.Text).Set("version", r.Version+1).Set("edited", r.At.UnixMilli()).Set("mentions", names(r.Mentions))
		if r.Everybody {
			return tx.Update(update.Set("everybody", true))
		}
		return tx.Update(update.Remove("everybody"))
	}
}
