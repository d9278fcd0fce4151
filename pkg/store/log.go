package store

import (
	"context"
	"errors"
	"slices"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// free is the condition that nothing is stored under the key yet.
const free = "attribute_not_exists('item')"

// Tail implements chat.Log with one Query of two items.
func (s *Conversations) Tail(ctx context.Context, id chat.ConversationID, read chat.Read) (tail chat.Tail, ok bool, err error) {
	defer wrap(&err, "tail of %s", id)
	var items []dynamo.Item
	err = s.table.Get("conversation", string(id)).
		Order(dynamo.Descending).Limit(2).Consistent(bool(read)).All(ctx, &items)
	if err != nil || len(items) == 0 {
		return tail, false, ignoreNotFound(err)
	}
	var head headItem
	if err := dynamo.UnmarshalItem(items[0], &head); err != nil {
		return tail, false, err
	}
	if head.Item != headKey {
		return tail, false, nil // members were written, the header that makes the conversation exist was not
	}
	tail.Conversation = head.conversation()
	if len(items) < 2 {
		return tail, true, nil
	}
	var last entryItem
	if err := dynamo.UnmarshalItem(items[1], &last); err != nil {
		return tail, false, err
	}
	if last.ID == "" {
		return tail, true, nil // a member: there is no entry yet
	}
	tail.Last, err = last.entry()
	tail.Head = tail.Last.Seq
	return tail, true, err
}

// Put implements chat.Log with one conditional Put.
func (s *Conversations) Put(ctx context.Context, e chat.Entry) (there chat.Entry, wrote bool, err error) {
	defer wrap(&err, "put %s %d", e.Conversation, e.Seq)
	var current entryItem
	wrote, err = s.table.Put(newEntry(e)).If(free).CurrentValue(ctx, &current)
	if err != nil || wrote {
		return e, wrote, err
	}
	there, err = current.entry()
	return there, false, err
}

// After implements chat.Log with one Query.
func (s *Conversations) After(ctx context.Context, id chat.ConversationID, after chat.Seq, limit int, read chat.Read) (found []chat.Entry, err error) {
	defer wrap(&err, "entries of %s after %d", id, after)
	var items []entryItem
	err = s.table.Get("conversation", string(id)).
		Range("item", dynamo.Between, entryKey(after+1), entryKey(chat.MaxSeq)).
		Limit(limit).Consistent(bool(read)).All(ctx, &items)
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return entries(items)
}

// Before implements chat.Log with one Query.
func (s *Conversations) Before(ctx context.Context, id chat.ConversationID, before chat.Seq, limit int) (found []chat.Entry, err error) {
	defer wrap(&err, "entries of %s before %d", id, before)
	var items []entryItem
	err = s.table.Get("conversation", string(id)).
		Range("item", dynamo.Between, entryKey(0), entryKey(before-1)).
		Order(dynamo.Descending).Limit(limit).All(ctx, &items)
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	slices.Reverse(items)
	return entries(items)
}

// Entry implements chat.Log with one GetItem.
func (s *Conversations) Entry(ctx context.Context, id chat.ConversationID, seq chat.Seq) (e chat.Entry, ok bool, err error) {
	defer wrap(&err, "entry %s %d", id, seq)
	var item entryItem
	err = s.table.Get("conversation", string(id)).Range("item", dynamo.Equal, entryKey(seq)).One(ctx, &item)
	if err != nil {
		return e, false, ignoreNotFound(err)
	}
	e, err = item.entry()
	return e, err == nil, err
}

// ignoreNotFound turns the library's word for "no item" into no error.
func ignoreNotFound(err error) error {
	if errors.Is(err, dynamo.ErrNotFound) {
		return nil
	}
	return err
}
