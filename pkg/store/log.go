package store

import (
	"context"
	"errors"
	"slices"
	"strings"

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
	var last struct {
		Item string `dynamo:"item,range"`
	}
	if err := dynamo.UnmarshalItem(items[1], &last); err != nil {
		return tail, false, err
	}
	if !strings.HasPrefix(last.Item, entryPrefix) {
		return tail, true, nil // a member: there is no entry yet
	}
	tail.Last, err = entryOf(items[1])
	tail.Head = tail.Last.Seq
	return tail, true, err
}

// Put implements chat.Log with one conditional Put; two, if the message disappears.
func (s *Conversations) Put(ctx context.Context, e chat.Entry) (there chat.Entry, wrote bool, err error) {
	defer wrap(&err, "put %s %d", e.Conversation, e.Seq)
	if err := s.putBody(ctx, e); err != nil {
		return e, false, err
	}
	var current dynamo.Item
	wrote, err = s.table.Put(newEntry(e)).If(free).CurrentValue(ctx, &current)
	if err != nil || wrote {
		return e, wrote, err
	}
	there, err = entryOf(current)
	return there, false, err
}

// After implements chat.Log with one Query.
func (s *Conversations) After(ctx context.Context, id chat.ConversationID, after chat.Seq, limit int, read chat.Read) (found []chat.Entry, err error) {
	defer wrap(&err, "entries of %s after %d", id, after)
	var items []dynamo.Item
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
	var items []dynamo.Item
	err = s.table.Get("conversation", string(id)).
		Range("item", dynamo.Between, entryKey(0), entryKey(before-1)).
		Order(dynamo.Descending).Limit(limit).Consistent(true).All(ctx, &items)
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	slices.Reverse(items)
	return entries(items)
}

// Entry implements chat.Log with one GetItem.
func (s *Conversations) Entry(ctx context.Context, id chat.ConversationID, seq chat.Seq) (e chat.Entry, ok bool, err error) {
	defer wrap(&err, "entry %s %d", id, seq)
	var item dynamo.Item
	err = s.table.Get("conversation", string(id)).Range("item", dynamo.Equal, entryKey(seq)).Consistent(true).One(ctx, &item)
	if err != nil {
		return e, false, ignoreNotFound(err)
	}
	e, err = entryOf(item)
	return e, err == nil, err
}

// Entries implements chat.Log with one BatchGetItem per hundred.
func (s *Conversations) Entries(ctx context.Context, id chat.ConversationID, seqs []chat.Seq) (found []chat.Entry, err error) {
	defer wrap(&err, "%d entries of %s", len(seqs), id)
	if len(seqs) == 0 {
		return nil, nil // the library refuses a batch without keys
	}
	keys := make([]dynamo.Keyed, len(seqs))
	for i, seq := range seqs {
		keys[i] = dynamo.Keys{string(id), entryKey(seq)}
	}
	var items []dynamo.Item
	err = s.table.Batch("conversation", "item").Get(keys...).Consistent(true).All(ctx, &items)
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return entries(items)
}

// ignoreNotFound turns the library's word for "no item" into no error.
func ignoreNotFound(err error) error {
	if errors.Is(err, dynamo.ErrNotFound) {
		return nil
	}
	return err
}
