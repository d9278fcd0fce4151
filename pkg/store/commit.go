package store

import (
	"context"
	"errors"
	"fmt"
	"maps"

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
		item.Read, item.Since = e.Seq, e.Seq
		// Not on the condition that nothing is there: a creation that lost against another one has left members behind.
		tx.Put(s.table.Put(item))
	case c.Rank != nil:
		update := s.table.Update("conversation", string(e.Conversation)).Range("item", memberKey(c.Rank.User)).
			Set("role", c.Rank.Role).If("attribute_exists('item')")
		tx.Update(update)
	case c.Pins != nil:
		update := s.table.Update("conversation", string(e.Conversation)).Range("item", headKey).
			Set("pins", c.Pins.Seqs).Set("rules", e.Seq)
		if c.Pins.Was == 0 {
			update = update.If("attribute_exists('item') AND attribute_not_exists('rules')")
		} else {
			update = update.If("'rules' = ?", c.Pins.Was)
		}
		tx.Update(update)
	case c.Leave != "":
		tx.Delete(s.table.Delete("conversation", string(e.Conversation)).Range("item", memberKey(c.Leave)).If("attribute_exists('item')"))
	case c.Ban != "":
		tx.Put(s.table.Put(newBan(e.Conversation, c.Ban)))
	case c.Unban != "":
		tx.Delete(s.table.Delete("conversation", string(e.Conversation)).Range("item", banKey(c.Unban)))
	case c.Admit != "":
		tx.Check(s.table.Check("conversation", string(e.Conversation)).Range("item", banKey(c.Admit)).IfNotExists())
	case c.Use != "":
		update := s.table.Update("conversation", string(e.Conversation)).Range("item", inviteKey(c.Use)).
			Add("uses", 1).If("'until' > ? AND (attribute_not_exists('max') OR 'uses' < 'max')", e.At.UnixMilli())
		tx.Update(update)
	case c.Show.Seq > 0:
		update := s.table.Update("conversation", string(c.Show.Conversation)).Range("item", entryKey(c.Show.Seq)).
			Set("shown", e.Seq).If(unchanged+" AND attribute_not_exists('shown')", string(chat.Message))
		tx.Update(update)
	default:
		s.revise(tx, e, c)
	}
	return nil
}

// revise adds a change of a message to a transaction.
func (s *Conversations) revise(tx *dynamo.WriteTx, e chat.Entry, c chat.Change) {
	id := e.Conversation
	update := s.table.Update("conversation", string(id)).Range("item", entryKey(c.Seq)).If(unchanged, string(chat.Message))
	switch {
	case c.Erase != nil:
		s.erase(tx, *c.Erase)
	case c.React != nil && len(c.React.Marks) > 0:
		tx.Update(update.SetExpr("$ = ?", reactionPrefix+string(c.React.User), c.React.Marks).RemoveExpr("$", markedPrefix+string(c.React.User)))
	case c.React != nil:
		tx.Update(update.RemoveExpr("$", reactionPrefix+string(c.React.User)).RemoveExpr("$", markedPrefix+string(c.React.User)))
	case c.Aside != nil && c.Aside.Edited:
		item := editedItem{c.Aside.Text, names(c.Aside.Mentions), c.Aside.Everybody}
		tx.Update(update.SetExpr("$ = ?", editedPrefix+string(c.Aside.User), item))
	case c.Aside != nil:
		tx.Update(update.SetExpr("$ = ?", markedPrefix+string(c.Aside.User), append([]string{}, c.Aside.Marks...)))
	case c.Thread != "":
		tx.Update(update.Set("thread", string(c.Thread)).Set("announced", e.Seq).If("attribute_not_exists('thread')"))
	default:
		r := c.Rewrite
		if r.Version == 0 {
			update = update.If("attribute_not_exists('version')")
		} else {
			update = update.If("'version' = ?", r.Version)
		}
		update = update.Set("version", r.Version+1).Set("edited", r.At.UnixMilli()).RemoveExpr("$", editedPrefix+string(r.Of.From))
		if dies(r.Of) {
			tx.Update(update)
			update = s.table.Update("conversation", string(id)).Range("item", bodyKey(r.Of)).If("attribute_exists('item')")
		}
		update = update.Set("text", r.Text).Set("mentions", names(r.Mentions))
		if r.Everybody {
			update = update.Set("everybody", true)
		} else {
			update = update.Remove("everybody")
		}
		tx.Update(update)
	}
}

// erase leaves of a message who said it and when, who has hidden it, the thread about it and what shows it. A whole item takes the place of
// the old one, so that nothing else of it is left; it does so only if all of that was known.
func (s *Conversations) erase(tx *dynamo.WriteTx, e chat.Entry) {
	left := dynamo.Item{}
	for _, user := range e.State.Hides {
		left[hidePrefix+string(user)] = &types.AttributeValueMemberBOOL{Value: true}
	}
	put := s.table.Put(erased{entryItem{
		Conversation: string(e.Conversation), Item: entryKey(e.Seq), Kind: e.Kind, ID: string(e.ID),
		From: string(e.From), To: string(e.To), At: e.At.UnixMilli(), Deleted: true,
		Rules: e.Rules, Hidden: e.Hidden, Unattended: e.Unattended, Thread: string(e.State.Thread), Announced: e.State.Announced, Shown: e.State.Shown, Hides: len(e.State.Hides),
		paceItem: newPace(e.Pace),
	}, left}).If(unchanged, string(chat.Message))
	if len(e.State.Hides) == 0 {
		put = put.If("attribute_not_exists('hides')")
	} else {
		put = put.If("'hides' = ?", len(e.State.Hides))
	}
	if e.State.Thread == "" {
		put = put.If("attribute_not_exists('thread')")
	} else {
		put = put.If("'thread' = ?", string(e.State.Thread))
	}
	if e.State.Shown == 0 {
		put = put.If("attribute_not_exists('shown')")
	} else {
		put = put.If("'shown' = ?", e.State.Shown)
	}
	tx.Put(put)
	if dies(e) {
		tx.Delete(s.table.Delete("conversation", string(e.Conversation)).Range("item", bodyKey(e)))
	}
}

// erased is an entry together with attributes that are named after users.
type erased struct {
	entryItem
	more dynamo.Item
}

// MarshalDynamoItem implements dynamo.ItemMarshaler.
func (i erased) MarshalDynamoItem() (dynamo.Item, error) {
	item, err := dynamo.MarshalItem(i.entryItem)
	maps.Copy(item, i.more)
	return item, err
}
