package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// chorus lets all members write at the same moment: the log decides on one order, and it is the same for all.
func (d *demo) chorus(ctx context.Context, t *talk) error {
	texts := map[chat.UserID]string{
		"ann": "What a day!", "bob": "Again next week?", "cat": "Yes!!", "dan": "With a second boat", "eve": "And more cake 🍰",
	}
	results := make([]wire.Accepted, len(cast))
	errs := make([]error, len(cast))
	var all sync.WaitGroup
	for i, user := range cast {
		all.Go(func() {
			results[i], errs[i] = d.people[user].Send(ctx, client.To(t.id), client.Text(texts[user]))
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("%s to %s: %w", cast[i], t.name, err)
		}
		t.note(results[i])
	}
	if err := d.people["ann"].sees(ctx, wire.Accepted{Conversation: t.id, Seq: t.last}); err != nil {
		return err
	}
	for _, e := range d.people["ann"].log(t) {
		if e.Seq+chat.Seq(len(cast)) > t.last {
			d.tell("%5s ▸ %-11s #%-3d %s", e.From, t.name, e.Seq, e.Body.Text)
		}
	}
	return d.pause(ctx)
}
