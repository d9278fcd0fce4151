package read

import (
	"context"
	"slices"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// History returns the entries before a seq, or the newest, oldest first. If a frame does not hold as many as asked for,
// the older ones are left out and More is true.
func (r *Reader) History(ctx context.Context, who chat.Identity, q wire.History) (wire.Page, error) {
	tail, err := chat.Enter(ctx, r.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return wire.Page{}, err
	}
	if err := chat.StepOverCleared(ctx, r.Standings, who.User, &tail); err != nil {
		return wire.Page{}, err
	}
	before := tail.Head + 1
	if q.Before != nil {
		before = min(before, *q.Before)
	}
	first := max(tail.Place.From, 1)
	limit := orDefault(q.Limit, chat.DefaultHistory)
	if before > first { // nothing before the first is read
		limit = min(limit, int(before-first))
	} else {
		return wire.Page{Entries: []wire.Entry{}, Head: tail.Head}, nil
	}
	entries, err := r.Log.Before(ctx, q.Conversation, before, limit)
	if err != nil {
		return wire.Page{}, err
	}
	if err := chat.Join(ctx, r.Log, q.Conversation, entries); err != nil {
		return wire.Page{}, err
	}
	page := wire.Page{Entries: []wire.Entry{}, Head: tail.Head}
	left := room
	for _, e := range slices.Backward(entries) {
		line := wire.FromEntry(e.For(who.User, tail.Place))
		bytes, err := size(line)
		if err != nil {
			return page, err
		}
		if bytes > left && len(page.Entries) > 0 {
			break
		}
		page.Entries = append(page.Entries, line)
		left -= bytes
	}
	slices.Reverse(page.Entries)
	page.More = len(page.Entries) > 0 && page.Entries[0].Seq > first
	return page, nil
}

func orDefault(limit *int, otherwise int) int {
	if limit == nil {
		return otherwise
	}
	return *limit
}
